package data

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
	"assay/harness/plan"
	"assay/models/bpe"
	"assay/models/train/corpus"
	"assay/suites/datafile"
)

// ReadTexts reads documents: a text file is one, and each line of a file of JSON lines
// (.jsonl) has one as "text". Errors name file and line.
func ReadTexts(paths []string) ([]string, error) {
	var texts []string
	for _, path := range paths {
		if strings.EqualFold(filepath.Ext(path), ".jsonl") {
			err := EachLine(path, func(line []byte) error {
				var doc document
				const write = `write {"text": "..."}`
				if err := datafile.Decode(line, &doc); err != nil {
					return fmt.Errorf("%w; %s", datafile.Explain(err), write)
				}
				if doc.Text == nil {
					return errors.New("no text in the document; " + write)
				}
				texts = append(texts, *doc.Text)
				return nil
			})
			if err != nil {
				return nil, err
			}
			continue
		}
		data, err := readAll(path)
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
			return nil, place.At(path, line, errors.New("not UTF-8; save the file as UTF-8"))
		}
		texts = append(texts, string(data))
	}
	return texts, nil
}

// readAll reads a file's bytes.
func readAll(path string) ([]byte, error) {
	f, err := rows.OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, rows.Unreadable(path, err)
	}
	if err := rows.Binary(path, data[:min(len(data), 1<<13)]); err != nil {
		return nil, err
	}
	return data, nil
}

// SplitText holds out a share of each text, from its end, between two characters.
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

// EncodeTexts returns the tokens of texts, with an end token between two. A text that has the
// end token's name in it is several documents. Each document begins with what the tokenizer
// puts before a text.
func EncodeTexts(t *bpe.Tokenizer, texts []string) []int32 {
	var ids []int32
	if len(t.Prefix()) > 0 {
		documents := slices.DeleteFunc(Documents(texts), func(text string) bool { return text == "" })
		for i, document := range documents {
			begin := t.Prefix()
			if i > 0 && begin[0] == t.End() {
				begin = begin[1:] // the end between two is the beginning too
			}
			if i > 0 {
				ids = append(ids, t.End())
			}
			ids = t.AppendEncode(append(ids, begin...), document)
		}
		return ids
	}
	for i, text := range texts {
		if i > 0 && !strings.HasSuffix(texts[i-1], bpe.EndOfText) {
			ids = append(ids, t.End())
		}
		ids = appendMarked(t, ids, text)
	}
	return ids
}

// Documents splits texts at the end token's name. A tokenizer is trained on these.
func Documents(texts []string) []string {
	var all []string
	for _, text := range texts {
		all = append(all, strings.Split(text, bpe.EndOfText)...)
	}
	return all
}

// document is a line of a file of documents; other members are ignored.
type document struct {
	Text *string `json:"text"`
}

// EachLine calls use with each line of a file that isn't blank. A file whose name ends in .gz
// is unpacked. An error of use gets the line's place.
func EachLine(path string, use func(line []byte) error) error {
	return eachPlace(path, func(_ Place, line []byte) error { return use(line) })
}

// eachPlace is [EachLine] with each line's place.
func eachPlace(path string, use func(at Place, line []byte) error) error {
	f, err := rows.OpenFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	in, err := rows.Unpack(path, f)
	if err != nil {
		return err
	}
	text, err := rows.NewText(path, in)
	if err != nil {
		return err
	}
	_, err = text.EachLine(func(n int, line []byte) error { return place.Within(path, n, use(Place{path, n}, line)) })
	return err
}

// WriteTokens writes a token file of texts and opens it.
func WriteTokens(path string, t *bpe.Tokenizer, texts []string) (*corpus.Tokens, error) {
	if err := corpus.Write(path, t.Size(), EncodeTexts(t, texts)); err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	return corpus.Open(path)
}

// Prompt is a line of a file of prompts.
type Prompt struct {
	Text  string
	Place Place
}

// ReadPrompts reads files of JSON lines, each with a prompt; other members are ignored.
// Errors name file and line.
func ReadPrompts(paths []string) ([]Prompt, error) {
	const write = `write {"prompt": "..."}`
	return readRows(paths, func(at Place, line []byte) (Prompt, error) {
		r, err := parseRow(line, write)
		if err != nil {
			return Prompt{}, err
		}
		text, there, err := r.text("prompt")
		if err == nil && !there {
			err = errors.New("no prompt; " + write)
		}
		return Prompt{text, at}, err
	})
}

// DifferentPrompts reads the texts of a file of prompts, each text once. It leaves out the first
// skip texts and returns at most limit of the others, or all for 0. An empty text is a prompt too.
func DifferentPrompts(path string, skip, limit int) ([]string, error) {
	all, err := ReadPrompts([]string{path})
	if err != nil {
		return nil, err
	}
	var texts []string
	seen := map[string]bool{}
	for _, p := range all {
		if !seen[p.Text] {
			seen[p.Text] = true
			texts = append(texts, p.Text)
		}
	}
	switch {
	case len(texts) == 0:
		return nil, fmt.Errorf("%s: no prompts found; write lines of {\"prompt\": \"...\"}", path)
	case skip > 0 && len(texts)-skip < max(limit, 1):
		return nil, fmt.Errorf("%s: --skip %d leaves %d of its %s; at least %d must be left, so skip fewer", path, skip, max(0, len(texts)-skip), plural.Of(len(texts), "different prompt"), max(limit, 1))
	}
	texts = texts[skip:]
	if limit > 0 {
		texts = texts[:min(limit, len(texts))]
	}
	return texts, nil
}

// EncodePrompts returns the tokens of prompts, each at most room long, which leaves space for
// a response. By default an empty or longer prompt is an error at its place. [plan.Drop]
// leaves it out, and [plan.Truncate] cuts the beginning of a longer one.
func EncodePrompts(t *bpe.Tokenizer, prompts []Prompt, room, response int, long plan.Long, notes *Notes) ([][]int32, error) {
	var all [][]int32
	for _, p := range prompts {
		ids := encodePrompt(t, p.Text, notes, p.Place)
		switch n := len(ids); {
		case n >= 1 && n <= room:
		case n > room && long == plan.Truncate:
			ids = ids[n-room:]
			notes.Count("prompts longer than "+tokens(room)+", cut at their beginnings", p.Place)
		case long == plan.Drop:
			notes.Count("prompts that are empty or longer than "+tokens(room)+", left out", p.Place)
			continue
		case n == 0:
			return nil, p.Place.Errorf("an empty prompt; a policy needs at least one token: remove it, or write overlong: drop under data")
		default:
			return nil, p.Place.Errorf("a prompt of %s; with responses of %s it can have at most %d; shorten it, or write overlong: drop or overlong: truncate under data", plural.Of(n, "token"), plural.Of(response, "token"), room)
		}
		all = append(all, ids)
	}
	return all, nil
}
