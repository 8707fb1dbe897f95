// Package head judges texts by a checkpoint with a scalar head: how likely it is that a text is toxic,
// that an answer is true, that a text is supported by its context. It is the slow and better
// counterpart of package linear, for the same texts.
//
//	Tokens           a text as a row of tokens, in training and everywhere else
//	Settings         what the checkpoint's folder says beside its weights, in head.json
//	Open, Model      the checkpoint and its settings: Score, Probability
//
// The logit is the scalar at the token that ends the text. The probability is its logistic function,
// after a calibration.
package head

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/outfile"
	"assay/harness/leaf/place"
	"assay/models/bpe"
	"assay/models/linear"
	"assay/models/readout"
)

// File is the name of the settings' file in a checkpoint's folder.
const File = "head.json"

// Settings are what a judge's folder says beside its checkpoint.
type Settings struct {
	Kind string `json:"kind"` // what holds, such as toxicity
	// MaxLength is the length of a row in tokens: longer texts are cut as in training.
	MaxLength int `json:"max_length"`
	// Contexts says that the texts in training had contexts, so the judge compares.
	Contexts bool `json:"contexts"`
	// The probability is the logistic function of Scale times the scalar plus Shift.
	Scale float64 `json:"scale"`
	Shift float64 `json:"shift"`
	// Known says what the judge was trained on, how well it does, and where it fails.
	Known string `json:"known"`
}

// Save writes the settings into a folder, complete or not at all.
func (s *Settings) Save(dir string) error {
	content, err := json.Marshal(s, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	return outfile.WriteBytes(filepath.Join(dir, File), append(content, '\n'))
}

// Read reads the settings in a folder. Files are not trusted: an error names the file, what is wrong
// and what to do. It is [fs.ErrNotExist] if the folder has none.
func Read(dir string) (Settings, error) {
	var s Settings
	path := filepath.Join(dir, File)
	content, err := os.ReadFile(path)
	if err != nil {
		return s, err
	}
	if err = json.Unmarshal(content, &s, json.RejectUnknownMembers(true)); err == nil {
		err = s.check()
	}
	if err != nil {
		err = place.Errorf(path, 0, "the settings of the judge are damaged: %w; train the judge again", err)
	}
	return s, err
}

// Is reports whether a folder has the settings of a judge.
func Is(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, File))
	return !errors.Is(err, fs.ErrNotExist)
}

func (s *Settings) check() error {
	switch {
	case s.Kind == "":
		return errors.New("no kind")
	case s.MaxLength < 2:
		return fmt.Errorf("max_length is %d", s.MaxLength)
	case math.IsNaN(s.Scale) || math.IsInf(s.Scale, 0) || math.IsNaN(s.Shift) || math.IsInf(s.Shift, 0):
		return errors.New("the calibration is not finite")
	}
	return nil
}

// Tokens is a text as a row of at most so many tokens: what it is compared with, its context, the text,
// and the token that ends it. A row that is too long loses its beginning, but no part of the text while
// anything else is left.
func Tokens(t *bpe.Tokenizer, text linear.Text, most int) []int32 {
	prompt := t.AppendEncode(append([]int32(nil), t.Prefix()...), before(text))
	said := t.TrimEnd(t.AppendContinuation(nil, text.Text))
	return readout.Row(prompt, said, t.End(), most)
}

// before is what a row has before the text. References are not written out: a small model can't
// compare texts, so it gets how many tenths of the words agree, as a linear model does.
func before(text linear.Text) string {
	var b strings.Builder
	for _, one := range []struct {
		name   string
		others []string
	}{{"right", text.For}, {"wrong", text.Against}} {
		if len(one.others) > 0 {
			fmt.Fprintf(&b, "%s %d\n", one.name, tenths(linear.Agreement(text.Text, one.others)))
		}
	}
	if text.Context != "" {
		fmt.Fprintf(&b, "in context %d\n%s\n", tenths(linear.Contained(text.Text, text.Context)), text.Context)
	}
	return b.String()
}

func tenths(share float64) int { return int(10*share + 1e-9) }
