package data

import (
	"cmp"
	"crypto/sha256"
	"slices"
)

// SplitPreferences holds out the preferences of a share of the prompts, those of one prompt
// all on one side. Which prompts depends only on their texts. So a larger share includes a
// smaller one, and other trainings on the same file hold out the same prompts.
func SplitPreferences(all []Preference, share float64) (kept, held []Preference) {
	return Split(all, share, func(c Preference) string { return c.Prompt })
}

// LimitPreferences keeps the preferences of so many prompts, at most. Which prompts depends only
// on their texts, and a larger number keeps those of a smaller one. It returns how many there are.
func LimitPreferences(all []Preference, limit int) (kept []Preference, prompts int) {
	of := func(c Preference) string { return c.Prompt }
	order := byHash(all, of)
	limit = min(limit, len(order))
	kept, _ = partition(all, order[:limit], of)
	return kept, limit
}

// Split holds out what belongs to a share of the groups, all of one group on one side, as
// [SplitPreferences] does with prompts.
func Split[T any](all []T, share float64, group func(T) string) (kept, held []T) {
	order := byHash(all, group)
	held, kept = partition(all, order[:int(share*float64(len(order)))], group)
	return kept, held
}

// byHash lists the distinct prompts in the order of their hashes.
func byHash[T any](all []T, prompt func(T) string) []string {
	keys := map[string][sha256.Size]byte{}
	var prompts []string
	for _, c := range all {
		if p := prompt(c); keys[p] == ([sha256.Size]byte{}) {
			keys[p] = sha256.Sum256([]byte(p))
			prompts = append(prompts, p)
		}
	}
	slices.SortFunc(prompts, func(a, b string) int {
		x, y := keys[a], keys[b]
		return cmp.Or(slices.Compare(x[:], y[:]), cmp.Compare(a, b))
	})
	return prompts
}

// partition separates what belongs to some prompts from the rest, both in their order.
func partition[T any](all []T, prompts []string, prompt func(T) string) (of, rest []T) {
	in := map[string]bool{}
	for _, p := range prompts {
		in[p] = true
	}
	for _, c := range all {
		if in[prompt(c)] {
			of = append(of, c)
		} else {
			rest = append(rest, c)
		}
	}
	return of, rest
}

// SplitDemonstrations holds out the demonstrations of a share of the prompts, as
// [SplitPreferences] does.
func SplitDemonstrations(all []Demonstration, share float64) (kept, held []Demonstration) {
	return Split(all, share, func(d Demonstration) string { return d.Prompt })
}
