package data

import (
	"errors"
	"fmt"
	"slices"

	"assay/harness/plan"
	"assay/models/bpe"
	"assay/models/train/sft"
)

// Demonstration is a line of a file of demonstrations: a prompt, and what should be said.
// Either may be empty: a completion that is teaches to end at once.
type Demonstration struct {
	Prompt, Completion string
	Place              Place
}

// ReadDemonstrations reads files of JSON lines, {"prompt": "...", "completion": "..."}.
// Errors name file and line.
func ReadDemonstrations(paths []string, notes *Notes) ([]Demonstration, error) {
	var all []Demonstration
	for _, path := range paths {
		err := eachPlace(path, func(at Place, line []byte) error {
			d, err := demonstration(line, at, notes)
			all = append(all, d)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func demonstration(line []byte, at Place, notes *Notes) (d Demonstration, err error) {
	const write = `no demonstration; write {"prompt": "...", "completion": "..."}`
	r, err := parseRow(line, write)
	if err != nil {
		return d, err
	}
	if r.has("messages") && !r.has("completion") {
		return d, errors.New("a chat's messages; assay trains on texts: write prompt and completion as texts, as the model's chat template puts them")
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
	r.passOver(notes, at, "prompt", "completion")
	if d.Completion, err = response(d.Completion, "completion", notes, at); err != nil {
		return d, err
	}
	if d.Completion == "" {
		notes.Count("empty completions, which teach to end at once", at)
	}
	return d, nil
}

// SplitDemonstrations holds out those of a share of the prompts, as [SplitPreferences]
// does.
func SplitDemonstrations(all []Demonstration, share float64) (kept, held []Demonstration) {
	return splitByPrompt(all, share, func(d Demonstration) string { return d.Prompt })
}

// EncodeDemonstrations are demonstrations as tokens, prompt and completion apart, the end
// of a text behind each. Rows predict context tokens at most; what becomes of longer ones
// long says: by default completions lose their ends, and a prompt that leaves no room for
// any of it is an error. With [plan.Truncate] such a prompt loses its beginning.
func EncodeDemonstrations(t *bpe.Tokenizer, all []Demonstration, context int, long plan.Long, notes *Notes) ([]sft.Demonstration, error) {
	var encoded []sft.Demonstration
	for _, d := range all {
		prompt := encodePrompt(t, d.Prompt, notes, d.Place)
		if len(prompt) == 0 {
			prompt = append(prompt, t.End()) // as whoever asks begins
		}
		said, err := encodeResponse(t, d.Completion, notes, d.Place)
		if err != nil {
			return nil, err
		}
		if len(said) == 0 && d.Completion != "" {
			notes.Count("completions without a token, which teach to end at once", d.Place)
		}
		if slices.ContainsFunc(said, func(id int32) bool { return t.Kind() != bpe.BytePairs && t.Token(id) == bpe.Unknown }) {
			notes.Count("completions with words or characters that the tokenizer doesn't know, which teach "+bpe.Unknown, d.Place)
		}
		said = append(said, t.End())
		if n := len(prompt) + len(said); n > context+1 {
			switch {
			case long == plan.Drop:
				notes.Count("demonstrations longer than "+tokens(context+1)+", left out", d.Place)
				continue
			case long == plan.Refuse:
				return nil, d.Place.Errorf("a demonstration of %d tokens; a row holds %d: shorten it, or write overlong: drop or overlong: truncate under data", n, context+1)
			case len(prompt) > context && long == plan.Truncate:
				prompt = prompt[len(prompt)-max(1, context+1-len(said)):]
				notes.Count("prompts longer than "+tokens(context)+", cut at their beginnings", d.Place)
			case len(prompt) > context:
				return nil, d.Place.Errorf("a prompt of %d tokens leaves nothing to say within %d; shorten it, write overlong: drop or overlong: truncate under data, or train a model with a longer context", len(prompt), context+1)
			}
			if len(prompt)+len(said) > context+1 {
				notes.Count("completions cut to fit into rows of "+tokens(context+1)+", whose ends are not taught", d.Place)
			}
		}
		encoded = append(encoded, sft.Demonstration{Prompt: len(prompt), Tokens: append(prompt, said...)})
	}
	return encoded, nil
}

func tokens(n int) string { return fmt.Sprintf("%d tokens", n) }
