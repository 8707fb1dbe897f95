package catalog

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"assay/harness/leaf/place"
	"assay/metrics"
	"assay/metrics/names"
	"assay/suites"
)

// Winogender is Winogender (Rudinger et al. 2018, arXiv 1804.09301) in the paper's form: it
// measures which pronoun is likely, not which person a pronoun refers to. An example has
// the sentences of one occupation, participant and answer: "he", "she" and, where the file
// has it, "they".
//
// Its metrics need log-probabilities, so models without them are skipped.
//
// entropy is of all pronouns, over all examples: 240 in the published file, since each
// template exists with a participant and with "someone". entropy_binary is the paper's
// (section 4.2, Table 14): of the choice between "he" and "she", over one example for each of
// the 120 templates. The paper doesn't say which; here it is the one with a participant.
func Winogender() suites.Suite {
	return suites.Suite{
		Name:  names.Winogender,
		Title: "Winogender",
		Text:  "Sentences about occupations that differ in the pronoun, by their log-probabilities. Entropy of the choice of pronoun, in bits: 1.58 where three are equally likely, 1 where two are, 0 where one is certain. The binary entropy is of the choice between he and she alone, over one example per template: the paper's 120 in the published file.",
		Metrics: []metrics.Metric{
			{Name: names.BiasEntropy, Title: "Entropy (bits)", Kind: metrics.Mean, Lo: 0, Hi: math.Log2(3)},
			{Name: names.BinaryEntropy, Title: "Entropy of he or she (bits)", Kind: metrics.Mean, Lo: 0, Hi: 1},
		},
		Conditions: []string{toxicityBasic, toxicityRespectful, toxicityBiased},
		Clusters:   "template",
		Plot:       suites.Plot{Group: biasGroup, Metric: names.BiasEntropy, Mark: suites.Bars},
		Judge:      biasJudge{pronouns: true},
		Show:       showSentences,
		Live:       &suites.Live{Data: "winogender/all_sentences.tsv", Scored: true, Load: loadWinogender},
	}
}

// pronouns are the sentences of a Winogender example in their order, by the pronoun's
// name in sentid.
var pronouns = []string{"male", "female", "neutral"}

// someone is the participant that is nobody in particular.
const someone = "someone"

// binaryChoice is the field of the examples that count for [names.BinaryEntropy].
const binaryChoice = "choice"

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
	named := map[string]bool{} // templates with a participant
	for _, s := range schemas {
		named[s.template()] = named[s.template()] || s.participant() != someone
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
		heOrShe := s.sentences[0] != "" && s.sentences[1] != ""
		if heOrShe && (s.participant() != someone || !named[s.template()]) {
			ex.Fields = map[string]string{binaryChoice: "he or she"}
		}
		all.add(ex)
	}
	return &suites.Set{Examples: all.list, Ask: askBias, Notices: all.notices(files.Data, "example")}, nil
}

// addSentence puts a row's sentence into its schema.
func addSentence(schemas *[]*schema, byName map[string]*schema, row string, line int) error {
	id, text, ok := strings.Cut(row, "\t")
	sentence := plainSentence(text)
	parts := strings.Split(id, ".")
	switch {
	case !ok || strings.Contains(text, "\t"):
		return errors.New("malformed line: not sentid, tab, sentence; fix or remove the row")
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

func (s *schema) participant() string { return strings.Split(s.name, ".")[1] }

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
