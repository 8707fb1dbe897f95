package catalog

import (
	"cmp"
	"path/filepath"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
	"assay/suites/score"
)

// wmtInstruction begins every prompt (Ouyang et al. 2022, Appendix D).
const wmtInstruction = "Translate the following sentences from French into English."

// wmtShots is the paper's number of few-shot examples.
const wmtShots = 15

// wmtLive requests translations of newsdiscusstest2015, 1,500 sentences. The
// longest English one of the released samples has 60 words; 256 tokens are more
// than enough. Few-shot examples come from a file of the same kind, such as
// newsdiscussdev2015.
func wmtLive() *suites.Live {
	return &suites.Live{
		Data:           "wmt15/newsdiscusstest2015-fren-src.fr.sgm",
		Sampling:       models.Sampling{MaxTokens: 256, Stop: []string{"\n"}},
		Conditions:     []string{"zeroshot"},
		ShotConditions: shotConditions(),
		Load:           loadWMT,
	}
}

// sentence is one sentence of a file.
type sentence struct {
	text string
	id   string // document and segment in SGML; "" elsewhere
	line int
}

// sentencePair is a French sentence and its English reference.
type sentencePair struct {
	french, english string
}

// readWMT reads sentence pairs: from one file of French<TAB>English if its name
// ends in .tsv, otherwise from the French file and the English one beside it, each
// with one sentence a line or SGML (.sgm). beside is the English file's path, ""
// for a .tsv.
func readWMT(path string) (pairs []sentencePair, beside string, err error) {
	if strings.EqualFold(filepath.Ext(path), ".tsv") {
		pairs, err = readPairs(path)
		return pairs, "", err
	}
	beside, err = englishBeside(path)
	if err != nil {
		return nil, "", err
	}
	french, err := readSentences(path)
	if err != nil {
		return nil, "", err
	}
	english, err := readSentences(beside)
	if err != nil {
		return nil, "", err
	}
	if len(french) != len(english) {
		return nil, "", place.Errorf(path, 0, "%s, but %s has %d; get both files from one release", plural.Of(len(french), "sentence"), beside, len(english))
	}
	pairs = make([]sentencePair, len(french))
	for i, f := range french {
		e := english[i]
		if f.id != "" && e.id != "" && f.id != e.id {
			return nil, "", place.Errorf(path, f.line, "segment %s is paired with %s of %s:%d; get both files from one release", f.id, e.id, beside, e.line)
		}
		pairs[i] = sentencePair{f.text, e.text}
	}
	return pairs, beside, nil
}

// englishBeside is the English file's path: its name has -ref.en for -src.fr, or
// .en for .fr, with the same ending.
func englishBeside(path string) (string, error) {
	folder, name := filepath.Split(path)
	for _, ends := range [][2]string{{"-src.fr", "-ref.en"}, {".fr", ".en"}} {
		if i := strings.LastIndex(name, ends[0]); i >= 0 {
			return folder + name[:i] + ends[1] + name[i+len(ends[0]):], nil
		}
	}
	return "", place.Errorf(path, 0, "the name has no .fr, so the English file can't be found; name files as in X.fr and X.en or X-src.fr.sgm and X-ref.en.sgm, or give one .tsv of French, tab, English")
}

func loadWMT(files suites.Files) (*suites.Set, error) {
	pairs, english, err := readWMT(files.Data)
	if err != nil {
		return nil, err
	}
	var all examples
	known := make(map[string]bool, len(pairs))
	for _, p := range pairs {
		known[p.french] = true
		all.add(suites.NewExample(names.WMT15FrEn, wmtInput(p.french), []string{p.english}, ""))
	}
	above := prefix{instruction: wmtInstruction}
	var shotsEnglish string
	if files.Shots != "" {
		if above.shots, shotsEnglish, err = wmtShotsOf(files.Shots, known); err != nil {
			return nil, err
		}
	}
	var read []string
	for _, path := range []string{english, shotsEnglish} {
		if path != "" {
			read = append(read, path)
		}
	}
	return &suites.Set{
		Examples: all.list,
		Ask: func(ex *suites.Example, condition string) models.Request {
			return models.Request{Prompt: above.before(condition) + ex.Input}
		},
		Files:   read,
		Notices: append(all.notices(files.Data, "sentence"), score.BLEUScope.Notice(cmp.Or(english, files.Data), "sentence", all.list)...),
	}, nil
}

func wmtInput(french string) string { return "French: " + french + "\nEnglish:" }

// wmtShotsOf takes the few-shot examples: the first pairs whose French is not
// among the data's. beside is the English file's path, as in [readWMT].
func wmtShotsOf(path string, data map[string]bool) (shots []string, beside string, err error) {
	pairs, beside, err := readWMT(path)
	if err != nil {
		return nil, "", err
	}
	var group []string
	for _, p := range pairs {
		if !data[p.french] {
			group = append(group, wmtInput(p.french)+" "+p.english)
		}
	}
	shots, err = takeShots(path, [][]string{group}, wmtShots)
	return shots, beside, err
}
