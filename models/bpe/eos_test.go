package bpe

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The tokens that end a text are those at which transformers' generate stops: those of
// generation_config.json, then those of config.json, and the tokenizer's own if neither names a token.
// Disagreements are reported.
func TestEnds(t *testing.T) {
	tok := trained(t)["pairs"] // tokens 0 to 255 are bytes
	own := tok.End()
	for name, tt := range map[string]struct {
		files map[string]string
		want  []int32
		notes []string // substrings, one for each notice
	}{
		"nothing":                      {nil, []int32{own}, nil},
		"an id outside":                {map[string]string{"config.json": `{"eos_token_id": 50256}`}, []int32{own}, nil},
		"null":                         {map[string]string{"config.json": `{"eos_token_id": null}`, "generation_config.json": `{}`}, []int32{own}, nil},
		"config":                       {map[string]string{"config.json": `{"eos_token_id": 10}`}, []int32{10}, []string{`"\n" (config.json), not at the tokenizer's eos_token "<|endoftext|>"`}},
		"config's list":                {map[string]string{"config.json": `{"eos_token_id": [10, OWN]}`}, []int32{own, 10}, nil},
		"generation":                   {map[string]string{"generation_config.json": `{"eos_token_id": OWN}`, "config.json": `{"eos_token_id": 10}`}, []int32{own}, []string{`"<|endoftext|>" (generation_config.json), not at "\n" (config.json)`}},
		"generation's list":            {map[string]string{"generation_config.json": `{"eos_token_id": [33, 10]}`, "config.json": `{"eos_token_id": OWN}`}, []int32{33, 10}, []string{"not at", "eos_token"}},
		"generation without, and list": {map[string]string{"generation_config.json": `{"top_p": 0.5}`, "config.json": `{"eos_token_id": [OWN]}`}, []int32{own}, nil},
		"another eos_token":            {map[string]string{"tokenizer_config.json": `{"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": {"__type": "AddedToken", "content": "!", "lstrip": false}}`}, []int32{'!'}, nil},
		"by special_tokens_map":        {map[string]string{"tokenizer_config.json": `{"tokenizer_class": "PreTrainedTokenizerFast"}`, "special_tokens_map.json": `{"eos_token": {"content": "?"}}`}, []int32{'?'}, nil},
	} {
		dir := t.TempDir()
		if err := tok.Save(dir); err != nil {
			t.Fatal(err)
		}
		for file, text := range tt.files {
			text = strings.ReplaceAll(text, "OWN", itoa(own))
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Load(dir)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !slices.Equal(got.Ends(), tt.want) || got.End() != tt.want[0] || !got.IsEnd(tt.want[len(tt.want)-1]) || got.IsEnd('x') {
			t.Errorf("%s: ends %v, the first %d; want %v", name, got.Ends(), got.End(), tt.want)
		}
		if len(got.Notices()) != len(tt.notes) {
			t.Errorf("%s: notices %q, want %q", name, got.Notices(), tt.notes)
			continue
		}
		for i, want := range tt.notes {
			if !strings.Contains(got.Notices()[i], want) {
				t.Errorf("%s: notice %q, want %q", name, got.Notices()[i], want)
			}
		}
		// A trained model ends its texts like the model that it started from.
		saved := t.TempDir()
		if err := got.Save(saved); err != nil {
			t.Fatal(err)
		}
		if tt.files["config.json"] != "" { // which trainings write
			if err := os.WriteFile(filepath.Join(saved, "config.json"), []byte(strings.ReplaceAll(tt.files["config.json"], "OWN", itoa(own))), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if again, err := Load(saved); err != nil || !slices.Equal(again.Ends(), tt.want) {
			t.Errorf("%s, saved: %v, %v", name, again.Ends(), err)
		}
	}
	for text, want := range map[string]string{`{"eos_token_id": "</s>"}`: "eos_token_id", `{"eos_token_id": [1.5]}`: "eos_token_id", `{`: "not readable"} {
		dir := t.TempDir()
		if err := tok.Save(dir); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "generation_config.json")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(dir); err == nil || !strings.HasPrefix(err.Error(), path) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func itoa(id int32) string { return strconv.Itoa(int(id)) }
