package suitefile

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/harness/leaf/printable"
	"assay/models"
	"assay/models/bpe"
	"assay/suites"
	"assay/suites/score"
)

// CheckOptions say how a suite file is checked.
type CheckOptions struct {
	Folder   string // of data sets, or ""
	Tokenize string // folder of a checkpoint whose tokenizer counts tokens, or ""
	Shown    int    // examples to render for each condition
}

// Check reads a suite file and its data, renders every prompt, and writes what a run would
// ask: numbers, notices, and the first examples of each condition in full. An error is what
// is wrong, with its place.
func Check(path string, o CheckOptions, w io.Writer) error {
	c, err := read(path)
	if err != nil {
		return err
	}
	s := c.suite()
	set, read, err := c.loadRows(suites.Files{Folder: o.Folder})
	if err != nil {
		return err
	}
	var tokenizer *bpe.Tokenizer
	if o.Tokenize != "" {
		if tokenizer, err = bpe.Load(strings.TrimPrefix(o.Tokenize, "gpt:")); err != nil {
			return err
		}
	}
	var names []string
	for _, m := range s.Metrics {
		names = append(names, m.Name)
	}
	scored := "metrics " + strings.Join(names, ", ")
	if len(names) == 0 {
		scored = "no metrics: a plan's judges score the answers"
		if slices.ContainsFunc(set.Examples, func(ex suites.Example) bool { return score.HasText(ex.References) }) {
			scored += ", and see the references with view: [reference]"
		}
	}
	fmt.Fprintf(w, "suite %s: %s; %s\n", s.Name, plural.Of(len(set.Examples), "example"), scored)
	read.summarise(w)
	for _, n := range set.Notices {
		fmt.Fprintf(w, "  %s\n", n)
	}
	conditions := s.Conditions
	if conditions == nil {
		conditions = []string{""}
	}
	for _, condition := range conditions {
		checkCondition(w, &s, set, condition, tokenizer, o.Shown)
	}
	return nil
}

func checkCondition(w io.Writer, s *suites.Suite, set *suites.Set, condition string, tokenizer *bpe.Tokenizer, shown int) {
	var sizes []int
	for i := range set.Examples {
		r := set.Ask(&set.Examples[i], condition)
		sizes = append(sizes, sizeOf(&r, tokenizer))
	}
	slices.Sort(sizes)
	unit := "character"
	if tokenizer != nil {
		unit = "token"
	}
	title := "prompts"
	if condition != "" {
		title = "condition " + condition
	}
	fmt.Fprintf(w, "\n%s: %d to %s, median %d\n", title, sizes[0], plural.Of(sizes[len(sizes)-1], unit), sizes[len(sizes)/2])
	for i := range min(shown, len(set.Examples)) {
		ex := &set.Examples[i]
		r := set.Ask(ex, condition)
		fmt.Fprintf(w, "\n  example %d of %d\n", i+1, len(set.Examples))
		if r.System != "" {
			block(w, "system", r.System)
		}
		for _, t := range r.Turns {
			block(w, t.Role, t.Content)
		}
		block(w, "prompt", r.Prompt)
		for _, choice := range r.Choices {
			block(w, "choice", choice)
		}
		for _, reference := range ex.References {
			block(w, "reference", reference)
		}
	}
}

// sizeOf counts a request's tokens, or its characters without a tokenizer. Of choices the
// longest counts.
func sizeOf(r *models.Request, tokenizer *bpe.Tokenizer) int {
	texts := []string{r.System, r.Prompt}
	for _, t := range r.Turns {
		texts = append(texts, t.Content)
	}
	count := func(text string) int {
		if tokenizer == nil {
			return len([]rune(text))
		}
		return len(tokenizer.Encode(text))
	}
	n, longest := 0, 0
	for _, text := range texts {
		n += count(text)
	}
	for _, choice := range r.Choices {
		longest = max(longest, count(choice))
	}
	return n + longest
}

// block writes a text under its name, with a bar before each line, so that white space shows.
func block(w io.Writer, name, text string) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			name = ""
		}
		fmt.Fprintf(w, "  %9s | %s\n", name, printable.Text(line))
	}
}
