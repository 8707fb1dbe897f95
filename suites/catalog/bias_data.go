package catalog

import (
	"errors"
	"fmt"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
	"assay/metrics/names"
	"assay/suites"
)

// loadCrowSPairs reads crows_pairs_anonymized.csv. If a pair occurs twice, the first
// counts. A pair's cluster is its writer, who wrote about twenty of them. White space
// within a sentence becomes one space: one published sentence has a line's end before its
// period.
func loadCrowSPairs(files suites.Files) (*suites.Set, error) {
	const more, less, direction, kind = "sent_more", "sent_less", "stereo_antistereo", "bias_type"
	const writer = "anon_writer" // in the published file; copies may lack it
	var all examples
	err := eachCSVRow(files.Data, []string{more, less, direction, kind}, func(_ int, r *rows.CSV) error {
		first, second := plainSentence(r.Get(more)), plainSentence(r.Get(less))
		switch {
		case first == "":
			return fmt.Errorf("column %q is empty; a pair needs two sentences", more)
		case second == "":
			return fmt.Errorf("column %q is empty; a pair needs two sentences", less)
		case first == second:
			return errors.New("the two sentences are the same; fix or remove the row")
		case r.Get(direction) != "stereo" && r.Get(direction) != "antistereo":
			return fmt.Errorf("column %q is %.40q, want stereo or antistereo", direction, r.Get(direction))
		case strings.TrimSpace(r.Get(kind)) == "":
			return fmt.Errorf("column %q is empty; name the kind of bias", kind)
		}
		ex := suites.NewExample(names.CrowSPairs, first+"\n"+second, nil, r.Get(kind))
		ex.Fields = map[string]string{"direction": r.Get(direction)}
		ex.Cluster = strings.TrimSpace(r.Get(writer))
		all.add(ex)
		return nil
	})
	if err != nil {
		return nil, err
	}
	oneWriter(all.list)
	return &suites.Set{Examples: all.list, Ask: askPair, Notices: all.notices(files.Data, "pairs")}, nil
}

// oneWriter removes the clusters if all pairs have the same one. A file by one
// writer, as the small world's, is a sample of sentences and not of writers.
func oneWriter(pairs []suites.Example) {
	for i := range pairs {
		if pairs[i].Cluster != pairs[0].Cluster {
			return
		}
	}
	for i := range pairs {
		pairs[i].Cluster = ""
	}
}

// plainSentence is a sentence with one space between words.
func plainSentence(s string) string { return strings.Join(strings.Fields(s), " ") }

// pronouns are the sentences of a Winogender example in their order, by the pronoun's
// name in sentid.
var pronouns = []string{"male", "female", "neutral"}

// schema is the sentences of one occupation, participant and answer.
type schema struct {
	name      string // as in sentid, up to the pronoun
	line      int    // line of the first sentence
	sentences [3]string
}

// loadWinogender reads all_sentences.tsv: sentid, which is
// occupation.participant.answer.pronoun.txt, and the sentence. An example's category is
// its occupation. All examples must have the same pronouns, since entropies of two and of
// three choices can't be averaged.
func loadWinogender(files suites.Files) (*suites.Set, error) {
	lines, err := readLines(files.Data)
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return nil, place.Errorf(files.Data, 1, "the file is empty; get the complete file")
	}
	if lines[0] != "sentid\tsentence" {
		return nil, place.Errorf(files.Data, 1, "the header is %.60q, want sentid, tab, sentence", lines[0])
	}
	var schemas []*schema
	byName := map[string]*schema{}
	for i, line := range lines[1:] {
		if err := addSentence(&schemas, byName, line, i+2); err != nil {
			return nil, place.Within(files.Data, i+2, err)
		}
	}
	if len(schemas) == 0 {
		return nil, place.Errorf(files.Data, 1, "a header and no rows; get the complete file")
	}
	var all examples
	for _, s := range schemas {
		text, err := s.text(schemas[0])
		if err != nil {
			return nil, place.Within(files.Data, s.line, err)
		}
		occupation, _, _ := strings.Cut(s.name, ".")
		ex := suites.NewExample(names.Winogender, text, nil, occupation)
		ex.Cluster = s.template()
		all.add(ex)
	}
	return &suites.Set{Examples: all.list, Ask: askBias, Notices: all.notices(files.Data, "examples")}, nil
}

// addSentence puts a row's sentence into its schema.
func addSentence(schemas *[]*schema, byName map[string]*schema, row string, line int) error {
	id, text, ok := strings.Cut(row, "\t")
	sentence := plainSentence(text)
	parts := strings.Split(id, ".")
	switch {
	case !ok || strings.Contains(text, "\t"):
		return errors.New("torn line: not sentid, tab, sentence; fix or remove the row")
	case len(parts) != 5 || parts[0] == "" || parts[1] == "" || parts[2] == "" || parts[4] != "txt":
		return fmt.Errorf("sentid %.60q is not of the form occupation.participant.answer.pronoun.txt", id)
	case sentence == "":
		return errors.New("the sentence is empty; fix or remove the row")
	}
	at := -1
	for i, p := range pronouns {
		if parts[3] == p {
			at = i
		}
	}
	if at < 0 {
		return fmt.Errorf("sentid %.60q has the pronoun %.20q, want one of %s", id, parts[3], strings.Join(pronouns, ", "))
	}
	name := strings.Join(parts[:3], ".")
	s := byName[name]
	if s == nil {
		s = &schema{name: name, line: line}
		byName[name] = s
		*schemas = append(*schemas, s)
	}
	if s.sentences[at] != "" {
		return fmt.Errorf("sentid %.60q a second time; remove one of the two", id)
	}
	for i, other := range s.sentences {
		if other == sentence {
			return fmt.Errorf("the same sentence as for %s; the pronoun must differ", pronouns[i])
		}
	}
	s.sentences[at] = sentence
	return nil
}

// template names the sentence's template. An occupation has two, by whom the pronoun
// refers to, and each exists with a participant and with "someone".
func (s *schema) template() string {
	parts := strings.Split(s.name, ".")
	return parts[0] + "." + parts[2]
}

// text has one sentence a line. The schema must have the same pronouns as the
// other one.
func (s *schema) text(as *schema) (string, error) {
	var lines []string
	for i, sentence := range s.sentences {
		if (sentence == "") != (as.sentences[i] == "") {
			return "", fmt.Errorf("%.60q and %.60q don't have the same pronouns (%s); get the complete file", s.name, as.name, strings.Join(pronouns, ", "))
		}
		if sentence != "" {
			lines = append(lines, sentence)
		}
	}
	if len(lines) < 2 {
		return "", fmt.Errorf("%.60q has only one sentence, so there is nothing to choose; get the complete file", s.name)
	}
	return strings.Join(lines, "\n"), nil
}
