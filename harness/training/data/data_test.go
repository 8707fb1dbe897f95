package data_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/harness/plan"
	"assay/harness/training/data"
	"assay/models/bpe"
)

// The end token's name in training data is read as that token: documents end there, a
// tokenizer doesn't learn it, and a completion that ends with it gets no second end.
func TestEndsWrittenInData(t *testing.T) {
	texts := []string{"ab\n<|endoftext|>\ncd<|endoftext|>", "ef"}
	tok, err := bpe.TrainPairs(slices.Values(data.Documents(slices.Repeat(texts, 9))), 300)
	if err != nil {
		t.Fatal(err)
	}
	for id := range int32(tok.Size()) {
		if id != tok.End() && strings.ContainsAny(tok.Token(id), "|<") && len(tok.Token(id)) > 1 {
			t.Errorf("token %d is %q: learnt from the name of an end", id, tok.Token(id))
		}
	}
	end := tok.End()
	want := slices.Concat(tok.Encode("ab\n"), []int32{end}, tok.Encode("\ncd"), []int32{end}, tok.Encode("ef"))
	if got := data.EncodeTexts(tok, texts); !slices.Equal(got, want) {
		t.Errorf("texts are %v, want %v", got, want)
	}
	var notes data.Notes
	all, err := data.ReadDemonstrations([]string{file(t, `{"prompt": "ab<|endoftext|>", "completion": " cd<|endoftext|>\n", "id": 3}
{"prompt": "", "completion": ""}
`)}, &notes)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := data.EncodeDemonstrations(tok, all, 32, plan.LongDefault, &notes)
	if err != nil {
		t.Fatal(err)
	}
	first := append(append(tok.Encode("ab"), end), append(tok.Encode(" cd"), end)...)
	if !slices.Equal(rows[0].Tokens, first) || rows[0].Prompt != len(tok.Encode("ab"))+1 {
		t.Errorf("row 1 is %+v, want %v", rows[0], first)
	}
	if !slices.Equal(rows[1].Tokens, []int32{end, end}) || rows[1].Prompt != 1 {
		t.Errorf("row 2, empty in both, is %+v", rows[1])
	}
	said := strings.Join(notes.Lines(), "\n")
	for _, want := range []string{`rows with a member "id", which is not read: 1`, "responses with <|endoftext|> at their end", "prompts with <|endoftext|>", "empty completions", "c.jsonl:2"} {
		if !strings.Contains(said, want) {
			t.Errorf("noted:\n%s\nand not %q", said, want)
		}
	}
}

func TestDemonstrationDefects(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{`{"prompt": "p"}`, "no completion in the demonstration"},
		{`{"completion": "c"}`, "no prompt in the demonstration"},
		{`{"prompt": "p", "completion": null}`, "no completion"},
		{`{"messages": [{"role": "user", "content": "p"}]}`, "messages of a chat"},
		{`{"prompt": [{"role": "user", "content": "p"}], "completion": "c"}`, "prompt is a list of a chat's messages"},
		{`{"prompt": "p", "completion": "a<|endoftext|>b"}`, "inside its text"},
		{`{"prompt": "p", "completion": "a\ud83d"}`, "completion is a string with half a surrogate pair or another escape that is not a character"},
		{`["p", "c"]`, `this is a JSON array where an object is needed; write {"prompt": "...", "completion": "..."}`},
	} {
		_, err := data.ReadDemonstrations([]string{file(t, "\n"+tt.line+"\n")}, nil)
		if err == nil || !strings.Contains(err.Error(), "c.jsonl:2: ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.line, err, tt.want)
		}
	}
}

// A completion without tokens, or with an unknown word, is counted.
func TestWordsThatTeachNothing(t *testing.T) {
	tok, err := bpe.TrainWords(slices.Values([]string{"the ferry left"}))
	if err != nil {
		t.Fatal(err)
	}
	var notes data.Notes
	all, err := data.ReadDemonstrations([]string{file(t, `{"prompt": "the", "completion": "ferry"}
{"prompt": "the", "completion": "  "}
{"prompt": "the", "completion": "ferry sank"}
`)}, &notes)
	if err == nil {
		_, err = data.EncodeDemonstrations(tok, all, 8, plan.LongDefault, &notes)
	}
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(notes.Lines(), "\n")
	for _, want := range []string{"completions without a token, which teach the model to end at once: 1 (the first at c.jsonl:2)", "doesn't know, which are learnt as <unk>: 1 (the first at c.jsonl:3)"} {
		if !strings.Contains(strings.ReplaceAll(said, filepath.Dir(all[0].Place.File)+"/", ""), want) {
			t.Errorf("%s: want %q", said, want)
		}
	}
}

// Rows beyond the context are cut, left out or refused, as the plan says, with a count or
// a place.
func TestLongRows(t *testing.T) {
	tok := bpe.NewBytes()
	demos, err := data.ReadDemonstrations([]string{file(t, `{"prompt": "ab", "completion": "cd"}
{"prompt": "ab", "completion": "cdefghij"}
{"prompt": "abcdefghij", "completion": "k"}
`)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	prompts := []data.Prompt{{Text: "abcd", Place: data.Place{File: "p.jsonl", Line: 1}}, {Text: "abcdef", Place: data.Place{File: "p.jsonl", Line: 2}}, {Place: data.Place{File: "p.jsonl", Line: 3}}}
	for _, tt := range []struct {
		long          plan.Long
		rows          string // decoded, in the order of the file
		prompts       string
		said, refused string
	}{
		{plan.LongDefault, "", "", "", "c.jsonl:3: a prompt of 10 tokens is longer than max_length (6 tokens); shorten it"},
		{plan.Truncate, "abcd.|abcdefghij.|fghijk.", "abcd|cdef", "demonstrations longer than max_length (6 tokens), whose completions are cut and whose ends are not learnt: 1 |prompts longer than max_length (6 tokens), cut at their beginnings: 1 ", "p.jsonl:3: an empty prompt"},
		{plan.Drop, "abcd.", "abcd", "demonstrations longer than max_length (6 tokens), left out: 2 ", ""},
		{plan.Refuse, "", "", "", "c.jsonl:2: a demonstration of 10 tokens is longer than max_length (6 tokens); shorten it,"},
	} {
		var notes data.Notes
		rows, err := data.EncodeDemonstrations(tok, demos, 6, tt.long, &notes)
		if tt.rows == "" {
			if err == nil || !strings.Contains(err.Error(), tt.refused) {
				t.Errorf("%q: %v, want %q", tt.long, err, tt.refused)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", tt.long, err)
			continue
		}
		var texts []string
		for _, r := range rows {
			text, err := tok.Decode(r.Tokens)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, strings.ReplaceAll(text, bpe.EndOfText, "."))
		}
		if got := strings.Join(texts, "|"); got != tt.rows {
			t.Errorf("%q: rows %s, want %s", tt.long, got, tt.rows)
		}
		said := strings.Join(notes.Lines(), "\n")
		for want := range strings.SplitSeq(tt.said, "|") {
			if !strings.Contains(said, want) {
				t.Errorf("%q: noted:\n%s\nand not %q", tt.long, said, want)
			}
		}
		var asked []string
		ids, err := data.EncodePrompts(tok, prompts, 4, 3, tt.long, nil)
		if tt.long == plan.Drop && err != nil || tt.long == plan.Truncate && (err == nil || !strings.Contains(err.Error(), tt.refused)) {
			t.Errorf("%q: prompts: %v", tt.long, err)
		}
		if tt.long == plan.Truncate {
			ids, err = data.EncodePrompts(tok, prompts[:2], 4, 3, tt.long, nil)
		}
		for _, p := range ids {
			text, _ := tok.Decode(p)
			asked = append(asked, text)
		}
		if got := strings.Join(asked, "|"); got != tt.prompts || err != nil {
			t.Errorf("%q: prompts %s, want %s (%v)", tt.long, got, tt.prompts, err)
		}
	}
	if _, err := data.EncodePrompts(tok, prompts, 4, 3, plan.LongDefault, nil); err == nil || !strings.Contains(err.Error(), "p.jsonl:2: a prompt of 6 tokens; with responses of 3 tokens it can have at most 4") {
		t.Errorf("a long prompt: %v", err)
	}
}

// A preference whose responses are equal, or become equal when cut, teaches nothing, and is
// counted.
func TestPreferencesThatTeachNothing(t *testing.T) {
	all := []data.Preference{
		{Prompt: "p", Responses: []string{"abcd", "abce"}, Ranks: []int{1, 2}},
		{Prompt: "p", Responses: []string{"abcdefx", "abcdefy"}, Ranks: []int{1, 2}},
		{Prompt: "p", Responses: []string{"ab", "ab", "c"}, Ranks: []int{1, 2, 2}},
		{Prompt: "p", Responses: []string{"ab", "ab"}, Ranks: []int{1, 1}},
	}
	for i := range all {
		all[i].Place = data.Place{File: "c.jsonl", Line: i + 1}
	}
	encode := func(long plan.Long) (int, string, error) {
		var notes data.Notes
		got, err := (&data.Encoder{Tokenizer: bpe.NewBytes(), Context: 6, Long: long, Notes: &notes}).Encode(all)
		return len(got), strings.Join(notes.Lines(), "\n"), err
	}
	n, said, err := encode(plan.LongDefault)
	if n != 4 || err != nil {
		t.Errorf("%d preferences, %v", n, err)
	}
	for _, want := range []string{"preferences longer than 6 tokens, cut", "that cutting made equal, which teach nothing: 1 ",
		"equal responses of different ranks, which teach nothing: 1 ", "c.jsonl:3"} {
		if !strings.Contains(said, want) {
			t.Errorf("noted:\n%s\nand not %q", said, want)
		}
	}
	if n, said, err := encode(plan.Drop); n != 3 || err != nil || !strings.Contains(said, "preferences longer than 6 tokens, left out: 1 ") {
		t.Errorf("drop: %d, %s, %v", n, said, err)
	}
	if _, _, err := encode(plan.Refuse); err == nil || !strings.Contains(err.Error(), "c.jsonl:2: a preference of 9 tokens, but a row holds 6") {
		t.Errorf("error: %v", err)
	}
}

// A tokenizer's own end token ends a text, whatever its name.
func TestEndsByAnotherName(t *testing.T) {
	dir := t.TempDir()
	if err := bpe.NewBytes().Save(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"tokenizer.json", "tokenizer_config.json"} {
		path := filepath.Join(dir, name)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, bytes.ReplaceAll(data, []byte(bpe.EndOfText), []byte("</s>")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tok, err := bpe.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var notes data.Notes
	rows, err := data.EncodeDemonstrations(tok, []data.Demonstration{{Prompt: "a", Completion: "b</s>"}}, 9, plan.LongDefault, &notes)
	if err != nil || !slices.Equal(rows[0].Tokens, []int32{'a', 'b', tok.End()}) || !strings.Contains(strings.Join(notes.Lines(), ""), "responses with </s> at their end") {
		t.Errorf("%v, %v, %q", rows, err, notes.Lines())
	}
	all := []data.Preference{{Prompt: "a", Responses: []string{"b</s>c", "d"}, Ranks: []int{1, 2}, Place: data.Place{File: "c.jsonl", Line: 4}}}
	if _, err := (&data.Encoder{Tokenizer: tok, Context: 9}).Encode(all); err == nil || !strings.Contains(err.Error(), "c.jsonl:4: a response has </s> inside its text") {
		t.Errorf("an end inside: %v", err)
	}
}

// A tokenizer that begins texts with a token does the same in training data: once before
// each document and each prompt, and never before a response.
func TestBeginnings(t *testing.T) {
	dir := t.TempDir()
	if err := bpe.NewBytes().Save(dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "tokenizer.json")
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begins := bytes.Replace(written, []byte(`"post_processor":null`), []byte(`"post_processor":{"type":"TemplateProcessing","single":[`+
		`{"SpecialToken":{"id":"B"}},{"Sequence":{"id":"A"}}],"special_tokens":{"B":{"ids":[66]}}}`), 1)
	begins = bytes.Replace(begins, []byte(`"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false`), []byte(`"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":true`), 1)
	if err := os.WriteFile(path, begins, 0o644); err != nil {
		t.Fatal(err)
	}
	tok, err := bpe.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	end := tok.End()
	if got, want := data.EncodeTexts(tok, []string{"a<|endoftext|>", "b"}), []int32{'B', ' ', 'a', end, 'B', ' ', 'b'}; !slices.Equal(got, want) {
		t.Errorf("texts are %v, want %v", got, want)
	}
	rows, err := data.EncodeDemonstrations(tok, []data.Demonstration{{Prompt: "p", Completion: "q"}, {Completion: "r"}}, 9, plan.LongDefault, nil)
	if err != nil || !slices.Equal(rows[0].Tokens, []int32{'B', ' ', 'p', 'q', end}) || rows[0].Prompt != 3 || !slices.Equal(rows[1].Tokens, []int32{'B', 'r', end}) {
		t.Errorf("demonstrations are %v, %v", rows, err)
	}
	pairs, err := (&data.Encoder{Tokenizer: tok, Context: 9}).Encode([]data.Preference{{Prompt: "p", Responses: []string{"q", "r"}, Ranks: []int{1, 2}}})
	if err != nil || !slices.Equal(pairs[0].Prompt, []int32{'B', ' ', 'p'}) || !slices.Equal(pairs[0].Responses[1], []int32{'r'}) {
		t.Errorf("preferences are %v, %v", pairs, err)
	}
}
