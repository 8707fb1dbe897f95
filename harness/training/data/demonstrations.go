package data

import (
	"errors"
	"fmt"
	"slices"

	"assay/harness/leaf/plural"
	"assay/harness/plan"
	"assay/models/bpe"
	"assay/models/train/sft"
)

// Demonstration is a line of a file of demonstrations: a prompt and its completion. Either may
// be empty; an empty completion teaches the model to end at once.
type Demonstration struct {
	Prompt, Completion string
	Place              Place
}

// ReadDemonstrations reads files of JSON lines, {"prompt": "...", "completion": "..."}.
// Errors name file and line.
func ReadDemonstrations(paths []string, notes *Notes) ([]Demonstration, error) {
	return readRows(paths, func(at Place, line []byte) (Demonstration, error) { return demonstration(line, at, notes) })
}

func demonstration(line []byte, at Place, notes *Notes) (d Demonstration, err error) {
	const write = `write {"prompt": "...", "completion": "..."}`
	r, err := parseRow(line, write)
	if err != nil {
		return d, err
	}
	if r.has("messages") && !r.has("completion") {
		return d, errors.New("messages of a chat; assay trains on text: write prompt and completion as texts, formatted by the model's chat template")
	}
	d.Place = at
	for _, member := range []struct {
		name string
		to   *string
	}{{"prompt", &d.Prompt}, {"completion", &d.Completion}} {
		var there bool
		if *member.to, there, err = r.text(member.name); err != nil {
			return d, err
		}
		if !there {
			return d, fmt.Errorf(`no %s in the demonstration; write {"prompt": "...", "completion": "..."}, and "" for an empty one`, member.name)
		}
	}
	r.countOthers(notes, at, "prompt", "completion")
	if d.Completion, err = response(d.Completion, "completion", notes, at); err != nil {
		return d, err
	}
	if d.Completion == "" {
		notes.Count("empty completions, which teach the model to end at once", at)
	}
	return d, nil
}

// EncodeDemonstrations turns demonstrations into tokens: prompt and completion are encoded
// separately, and the token that ends a text follows. A row predicts at most context tokens.
// long says what happens to longer ones: by default completions lose their ends, and a prompt
// that leaves no room for a completion is an error. With [plan.Truncate] such a prompt loses
// its beginning.
func EncodeDemonstrations(t *bpe.Tokenizer, all []Demonstration, context int, long plan.Long, notes *Notes) ([]sft.Demonstration, error) {
	most := fmt.Sprintf("max_length (%s)", tokens(context))
	var encoded []sft.Demonstration
	for _, d := range all {
		prompt := encodePrompt(t, d.Prompt, notes, d.Place)
		if len(prompt) == 0 {
			prompt = append(prompt, t.End()) // as the model is prompted then
		}
		completion, err := encodeResponse(t, d.Completion, notes, d.Place)
		if err != nil {
			return nil, err
		}
		if len(completion) == 0 && d.Completion != "" {
			notes.Count("completions without a token, which teach the model to end at once", d.Place)
		}
		if slices.ContainsFunc(completion, func(id int32) bool { return t.Kind() != bpe.BytePairs && t.Token(id) == bpe.Unknown }) {
			notes.Count("completions with words or characters that the tokenizer doesn't know, which are learnt as "+bpe.Unknown, d.Place)
		}
		n := len(prompt) + len(completion)
		completion = append(completion, t.End())
		if n > context {
			switch {
			case long == plan.Drop:
				notes.Count("demonstrations longer than "+most+", left out", d.Place)
				continue
			case long == plan.Refuse:
				return nil, d.Place.Errorf("a demonstration of %s is longer than %s; shorten it, or write overlong: drop or overlong: truncate under data", tokens(n), most)
			case len(prompt) > context && long == plan.Truncate:
				prompt = prompt[len(prompt)-max(1, context+1-len(completion)):]
				notes.Count("prompts longer than "+most+", cut at their beginnings", d.Place)
			case len(prompt) > context:
				return nil, d.Place.Errorf("a prompt of %s is longer than %s; shorten it, write overlong: drop or overlong: truncate under data, or train a model with a longer context", tokens(len(prompt)), most)
			}
			if len(prompt)+len(completion) > context+1 {
				notes.Count("demonstrations longer than "+most+", whose completions are cut and whose ends are not learnt", d.Place)
			}
		}
		encoded = append(encoded, sft.Demonstration{Prompt: len(prompt), Tokens: append(prompt, completion...)})
	}
	return encoded, nil
}

func tokens(n int) string { return plural.Of(n, "token") }
