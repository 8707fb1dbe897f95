package training

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"assay/harness"
	"assay/models/bpe"
	"assay/models/train"
	"assay/models/train/corpus"
	"assay/models/train/sft"
)

// ReadTexts reads text files, each a document, and files of JSON lines (.jsonl), of
// which each line's "text" is a document. Errors name file and line.
func ReadTexts(paths []string) ([]string, error) {
	var texts []string
	for _, path := range paths {
		if strings.EqualFold(filepath.Ext(path), ".jsonl") {
			err := EachLine(path, func(line []byte) error {
				var doc document
				if err := json.Unmarshal(line, &doc); err != nil || doc.Text == nil {
					return errors.New(`no document; write {"text": "..."}`)
				}
				texts = append(texts, *doc.Text)
				return nil
			})
			if err != nil {
				return nil, err
			}
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if !utf8.Valid(data) {
			line := 1
			for text := range strings.Lines(string(data)) {
				if !utf8.ValidString(text) {
					break
				}
				line++
			}
			return nil, harness.ErrorAt(path, line, errors.New("no UTF-8; save the file as UTF-8"))
		}
		texts = append(texts, string(data))
	}
	return texts, nil
}

// SplitText cuts a share of each text's characters off its end, at a character's
// bound.
func SplitText(texts []string, share float64) (kept, held []string) {
	for _, text := range texts {
		at := len(text) - int(share*float64(len(text)))
		for at < len(text) && !utf8.RuneStart(text[at]) {
			at++
		}
		kept, held = append(kept, text[:at]), append(held, text[at:])
	}
	return kept, held
}

// EncodeTexts are the tokens of texts, with the end of a text between two.
func EncodeTexts(t *bpe.Tokenizer, texts []string) []int32 {
	var ids []int32
	for i, text := range texts {
		if i > 0 {
			ids = append(ids, t.End())
		}
		ids = t.AppendEncode(ids, text)
	}
	return ids
}

// document is a line of a file of documents; other members are passed over.
type document struct {
	Text *string `json:"text"`
}

// EachLine hands over the lines of a file that aren't blank; the file is unpacked where
// its name ends in .gz. An error gets the line that it is about.
func EachLine(path string, use func(line []byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var text io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if text, err = gzip.NewReader(f); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 16<<20)
	n := 0
	for lines.Scan() {
		n++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		if err := use(lines.Bytes()); err != nil {
			return harness.ErrorAt(path, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return harness.ErrorAt(path, n+1, err)
	}
	return nil
}

// demonstration is a line of a file of demonstrations.
type demonstration struct {
	Prompt     string `json:"prompt"`
	Completion string `json:"completion"`
}

// ReadDemonstrations reads files of JSON lines, each with a prompt and a
// completion, whose end becomes a token. Errors name file and line.
func ReadDemonstrations(t *bpe.Tokenizer, paths []string) ([]sft.Demonstration, error) {
	var all []sft.Demonstration
	for _, path := range paths {
		err := EachLine(path, func(line []byte) error {
			var d demonstration
			if err := json.Unmarshal(line, &d, json.RejectUnknownMembers(true)); err != nil {
				return errors.New(`no demonstration; write {"prompt": "...", "completion": "..."}`)
			}
			if d.Completion == "" {
				return errors.New("a demonstration without a completion")
			}
			ids := t.Encode(d.Prompt)
			one := sft.Demonstration{Prompt: len(ids)}
			one.Tokens = append(t.AppendEncode(ids, d.Completion), t.End())
			all = append(all, one)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// HeldOutLoss is the mean loss over held-out batches in nats a token, a score by
// the name that plans know.
func HeldOutLoss(name string, cover func(func(*train.Batch) error) error) train.Score {
	return train.Score{Name: name, Of: func(l train.Learner) (float64, int, error) {
		var sum float64
		n := 0
		err := cover(func(b *train.Batch) error {
			loss, err := l.Evaluate(b)
			sum += loss
			n += b.Counted()
			return err
		})
		if err == nil && n == 0 {
			err = errors.New("nothing was held out; name more validation data")
		}
		return sum / float64(max(n, 1)), n, err
	}}
}

// WriteTokens writes a token file of texts and opens it.
func WriteTokens(path string, t *bpe.Tokenizer, texts []string) (*corpus.Tokens, error) {
	if err := corpus.Write(path, t.Size(), EncodeTexts(t, texts)); err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	return corpus.Open(path)
}

// prompt is a line of a file of prompts; other members are passed over.
type prompt struct {
	Prompt *string `json:"prompt"`
}

// ReadPrompts reads files of JSON lines, each with a prompt. Errors name file and line.
func ReadPrompts(paths []string) ([]string, error) {
	var all []string
	for _, path := range paths {
		err := EachLine(path, func(line []byte) error {
			var p prompt
			if err := json.Unmarshal(line, &p); err != nil || p.Prompt == nil {
				return errors.New(`no prompt; write {"prompt": "..."}`)
			}
			all = append(all, *p.Prompt)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}
