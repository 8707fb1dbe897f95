package pipeline

import (
	"hash/maphash"
	"iter"
	"strings"

	"assay/harness/leaf/plural"
	"assay/suites"
)

// Two runs with ids in common are paired by them. If the ids are numbers of rows in two different
// files, or the template changed in between, the texts show it.

// hashes are of an example's texts, so that a million of them fit.
type hashes struct{ input, question, references uint64 }

func hashesOf(ex *suites.Example) hashes {
	question, references := suites.SplitContent(ex.ContentOf())
	return hashes{inputHash(ex.Input), maphash.String(matchSeed, question), maphash.String(matchSeed, references)}
}

// inputHash is of an example's text, whatever its line ends are.
func inputHash(input string) uint64 {
	return maphash.String(matchSeed, strings.TrimSpace(strings.ReplaceAll(input, "\r\n", "\n")))
}

// otherTexts notes, for the table of differences, where examples with the same id have other
// questions, prompts or references. The pairs are of suites that are joined by id.
func (j *joiner) otherTexts(pairs []suitePair) error {
	own := map[string]string{} // by the first's name
	for _, p := range pairs {
		own[p.to] = p.own
	}
	first := map[uint64]hashes{}
	key := func(suite, id string) uint64 { return maphash.Comparable(matchSeed, [2]string{suite, id}) }
	for ex, err := range j.earlier() {
		if err != nil {
			return err
		}
		if own[ex.Suite] != "" && hasTexts(ex) {
			first[key(ex.Suite, ex.ID)] = hashesOf(ex)
		}
	}
	if len(first) == 0 {
		return nil
	}
	for ex, err := range j.second.examples(nil) {
		if err != nil {
			return err
		}
		to := j.t.suite(ex.Suite)
		k := key(to, ex.ID)
		of, both := first[k]
		if own[to] != ex.Suite || !both || !hasTexts(ex) {
			continue
		}
		delete(first, k)
		if err := j.otherText(of, to, ex); err != nil {
			return err
		}
	}
	return nil
}

func hasTexts(ex *suites.Example) bool { return ex.Input != "" || ex.Content != "" }

// otherText compares an example of the second run with the first's that has its id.
func (j *joiner) otherText(first hashes, suite string, ex *suites.Example) error {
	second := hashesOf(ex)
	what := ""
	switch {
	case first.question != second.question:
		what = differentQuestions
	case first.input != second.input:
		what = "prompts"
	case first.references != second.references:
		what = "references"
	default:
		return nil
	}
	if j.t.texts[ex.Suite] == nil {
		j.t.texts[ex.Suite] = map[string]*variants{}
	}
	v := j.t.texts[ex.Suite][what]
	if v == nil {
		v = &variants{}
		j.t.texts[ex.Suite][what] = v
		one, err := findExample(j.earlier(), suite, ex.ID)
		if err != nil {
			return err
		}
		v.first, v.second = startOf(one.Input, startLength), startOf(ex.Input, startLength)
		if what == "references" {
			v.first = plural.Of(len(suites.NormalReferences(one.References)), "reference")
			v.second = plural.Of(len(suites.NormalReferences(ex.References)), "reference")
			if v.first == v.second {
				v.first, v.second = startOf(strings.Join(one.References, "; "), startLength), startOf(strings.Join(ex.References, "; "), startLength)
			}
		}
	}
	v.n++
	return nil
}

// findExample returns a copy of the example of a suite with an id, which the examples have.
func findExample(examples iter.Seq2[*suites.Example, error], suite, id string) (suites.Example, error) {
	for ex, err := range examples {
		if err != nil {
			return suites.Example{}, err
		}
		if ex.Suite == suite && ex.ID == id {
			return *ex, nil
		}
	}
	return suites.Example{}, nil
}
