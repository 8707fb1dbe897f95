package place

import "strings"

// mostListed is how many names a message lists beside a guess.
const mostListed = 12

// Choose says which name to write in place of an unknown one: the one that it may be a misspelling
// of, and the names that there are: "did you mean f1? Otherwise use one of bleu, f1". A long list
// is left out if there is a guess.
func Choose(name string, all []string) string {
	guess := Nearest(name, all)
	switch {
	case len(all) == 0:
		return "there is none"
	case guess == "":
		return "use " + OneOf(all)
	case len(all) > mostListed || len(all) == 1:
		return "did you mean " + guess + "?"
	}
	return "did you mean " + guess + "? Otherwise use " + OneOf(all)
}

// Nearest is the name that a misspelt one may mean, or "": at most two letters differ, and fewer
// than half, where capitals, and - for _, don't count, and two letters in each other's place count
// once. Without such a name it is the only one that begins with the misspelt one.
func Nearest(name string, all []string) string {
	plain := plainly(name)
	best, least := "", min(3, (len(name)+1)/2)
	var longer []string
	for _, one := range all {
		other := plainly(one)
		if n := distance(plain, other); n < least {
			best, least = one, n
		}
		if len(plain) > 2 && strings.HasPrefix(other, plain) {
			longer = append(longer, one)
		}
	}
	if best == "" && len(longer) == 1 {
		return longer[0]
	}
	return best
}

func plainly(name string) string { return strings.ReplaceAll(strings.ToLower(name), "-", "_") }

// distance is the number of letters to insert, remove, replace or swap with the next between two
// texts, where no letter is changed twice (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := last[j]
			if a[i] != b[j] {
				cost++
			}
			row[j+1] = min(cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
