package reproduce

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var worldFile = regexp.MustCompile(`world/[\w/.-]+`)

// What chooses a checkpoint, a policy or a few-shot prefix reads no file that a reported
// number comes from, so no reported number profits from a choice.
func TestChoosingAndReportingShareNoFile(t *testing.T) {
	for _, b := range Budgets() {
		choosing, reporting := map[string]string{}, map[string]string{}
		o := Options{Budget: b, Seeds: 1, Sweeps: b.Sweeps}
		folder := t.TempDir()
		for _, z := range b.Sizes {
			writePrefix(t, folder, z)
		}
		for _, s := range o.Steps(3) {
			if s.File == nil {
				continue
			}
			text, err := s.File.Write(folder)
			if err != nil {
				t.Fatal(err)
			}
			evaluates := strings.Contains(text, "\nevaluate: ")
			for line := range strings.Lines(text) {
				into := map[string]string{}
				switch {
				case s.Args[0] == "run" && strings.HasPrefix(s.Name, "prefixes-"), strings.HasPrefix(line, "evaluate: "):
					into = choosing
				case s.Args[0] == "run":
					into = reporting
				case evaluates && s.Args[1] != "ppo": // by the validation loss
					_, line, _ = strings.Cut(line, "validation: ")
					line, _, _ = strings.Cut(line, "]")
					into = choosing
				}
				for _, file := range worldFile.FindAllString(line, -1) {
					into[file] = s.Name
				}
			}
		}
		for _, want := range []string{"world/prompts/sft-validation.jsonl", "world/prompts/ppo-validation.jsonl", "world/demonstrations-validation.jsonl"} {
			if choosing[want] == "" {
				t.Errorf("%s: nothing is chosen by %s", b.Name, want)
			}
		}
		for _, want := range []string{"world/prompts/test.jsonl", "world/prompts/test-gpt.jsonl", "world/pretrain-validation.jsonl"} {
			if reporting[want] == "" {
				t.Errorf("%s: nothing is reported on %s", b.Name, want)
			}
		}
		for file, by := range choosing {
			if reporting[file] != "" {
				t.Errorf("%s: %s chooses by %s, on which %s reports", b.Name, by, file, reporting[file])
			}
		}
	}
}

// Comparisons of two rounds have no prompt in common, nor have those that measure reward models
// and those that train one; and every slice is in its set.
func TestComparisonsShareNoPrompt(t *testing.T) {
	type part struct {
		round    string
		from, to int
	}
	for _, b := range Budgets() {
		o := Options{Budget: b, Seeds: 1, Sweeps: b.Sweeps}
		sizes, parts := map[string]int{}, map[string][]part{}
		number := func(args []string, flag string) int {
			i := slices.Index(args, flag)
			if i < 0 {
				t.Fatalf("%v has no %s", args, flag)
			}
			n, err := strconv.Atoi(args[i+1])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for _, s := range o.Steps(3) {
			switch {
			case s.Name == "world":
				for _, set := range []string{rmTrain, rmValidation} {
					sizes[set] = number(s.Args, "--"+set)
				}
			case s.Args[0] == "generate":
				round, _, _ := strings.Cut(s.Name, "-of-")
				skip := number(s.Args, "--skip")
				set := strings.TrimSuffix(s.Args[slices.Index(s.Args, "--prompts")+1][len("./world/prompts/"):], ".jsonl")
				parts[set] = append(parts[set], part{round, skip, skip + number(s.Args, "--limit")})
			}
		}
		if sets := slices.Sorted(maps.Keys(parts)); !slices.Equal(sets, []string{rmTrain, rmValidation}) {
			t.Fatalf("%s: comparisons of %v", b.Name, sets)
		}
		for set, all := range parts {
			for i, p := range all {
				if p.from >= p.to || p.to > sizes[set] {
					t.Errorf("%s: %s has %d prompts, %s takes %d to %d", b.Name, set, sizes[set], p.round, p.from, p.to)
				}
				for _, q := range all[:i] {
					if p.round != q.round && p.from < q.to && q.from < p.to {
						t.Errorf("%s: %s and %s share prompts of %s: %v, %v", b.Name, p.round, q.round, set, p, q)
					}
				}
			}
		}
	}
}
