package openai

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"assay/models"
)

func TestLikeliestLetter(t *testing.T) {
	ln := math.Log
	for _, tt := range []struct {
		name string
		top  map[string]float64
		n    int
		want string
	}{
		{"one", map[string]float64{"B": -1}, 3, "B"},
		// A letter's tokens with and without a space are one letter: 0.3 + 0.25 of A
		// is more than 0.4 of B.
		{"two tokens of a letter", map[string]float64{"A": ln(0.25), " A": ln(0.3), "B": ln(0.4)}, 3, "A"},
		{"three tokens of a letter", map[string]float64{"C": ln(0.2), " C": ln(0.2), "ĠC": ln(0.1), "B": ln(0.45)}, 3, "C"},
		{"the first of equals", map[string]float64{"B": ln(0.25), "C": ln(0.25), " C": -99}, 2, "B"},
		{"equals", map[string]float64{"C": ln(0.25), "A": ln(0.25), "B": ln(0.25)}, 3, "A"},
		{"others", map[string]float64{"The": -0.1, "AB": -0.2, "a": -0.3, "B": -4}, 3, "B"},
		{"beyond the list", map[string]float64{"C": -0.1, "B": -3}, 2, "B"},
		{"none of the list", map[string]float64{"C": -0.1}, 2, ""},
		{"minus infinity", map[string]float64{"A": -9999, "B": -9998}, 2, "A"}, // both are 0
		{"nothing", nil, 2, ""},
	} {
		at, ok := likeliestLetter(tt.top, tt.n)
		got := ""
		if ok {
			got = string(letters[at])
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// The first token's log-probabilities count if that token is the named letter.
func TestLikelier(t *testing.T) {
	top := []byte(`[{"A": -0.5, "B": -1.5, " B": -0.6}]`) // 0.607 of A, 0.223 + 0.549 of B
	for _, tt := range []struct {
		token string
		named int
		want  int
	}{{"A", 0, 1}, {" A", 0, 1}, {"B", 1, 1}, {"**", 0, 0}, {"The", 0, 0}, {"A", 2, 2}, {"", 0, 0}} {
		l := &logprobs{Tokens: []string{tt.token}, Top: top}
		if got := l.likelier(tt.named, 3); got != tt.want {
			t.Errorf("%q, named %d: %d, want %d", tt.token, tt.named, got, tt.want)
		}
	}
}

func TestLikeliestIsTheFirstOfEquals(t *testing.T) {
	if got, ok := likeliest(map[string]float64{"b": -1, "a": -1, "c": -2}); got != "a" || !ok {
		t.Errorf("%q, %v", got, ok)
	}
	if _, ok := likeliest(nil); ok {
		t.Error("a likeliest of none")
	}
}

// The log-probabilities are late if at least three more places predict the next token than their own; two may
// be chance.
func TestLate(t *testing.T) {
	for _, tt := range []struct {
		top  string
		late bool
	}{
		{`[null, {"c": -1}, {"d": -1}, {"e": -1}, {"?": -1}]`, true},
		{`[null, {"c": -1}, {"d": -1}, {"?": -1}, {"?": -1}]`, false},
		{`[null, {"c": -1}, {"d": -1}, {"e": -1}, {"e": -1}]`, false},
		{`[null, {"b": -1}, {"c": -1}, {"d": -1}, {"e": -1}]`, false},
		{`null`, false},
	} {
		l := &logprobs{Tokens: []string{"a", "b", "c", "d", "e"}, Top: []byte(tt.top)}
		if got := l.late(); got != tt.late {
			t.Errorf("%s: %v", tt.top, got)
		}
	}
}

// The order depends on the seed, and 26 choices are the most.
func TestListing(t *testing.T) {
	r := &models.Request{Choices: make([]string, 6), Letters: &models.Letters{Seed: 3, Among: []int{0, 4, 5, 2}}}
	order := listing(r)
	sorted := slices.Sorted(slices.Values(order))
	if !slices.Equal(sorted, []int{0, 2, 4, 5}) || !slices.Equal(r.Letters.Among, []int{0, 4, 5, 2}) {
		t.Errorf("order %v of %v", order, r.Letters.Among)
	}
	r.Letters.Reversed = true
	back := listing(r)
	slices.Reverse(back)
	if !slices.Equal(back, order) {
		t.Errorf("reversed %v of %v", back, order)
	}
}

// The table of GPT-2's encoder.py (bytes_to_unicode), built in the same way.
func TestByteOf(t *testing.T) {
	next := rune(256)
	for i := range 256 {
		r := rune(i)
		if !(r >= '!' && r <= '~' || r >= '¡' && r <= '¬' || r >= '®') {
			r = next
			next++
		}
		if b, ok := byteOf(r); !ok || int(b) != i {
			t.Errorf("%q is byte %d, %v, want %d", r, b, ok, i)
		}
	}
	for _, r := range []rune{0, ' ', '\n', 0x7f, 0xa0, 0xad, 0x144, '▁', '鱼', 0xfffd} {
		if b, ok := byteOf(r); ok {
			t.Errorf("%q is byte %d", r, b)
		}
	}
}

func TestReadings(t *testing.T) {
	const owl = "x 🦉y" // bytes: x, space, f0 9f a6 89, y
	byName := map[string]reading{}
	for _, r := range readings {
		byName[r.name] = r
	}
	for _, tt := range []struct {
		reading, token, text string
		end                  int
		want                 []int
	}{
		{"decoded", "🦉y", owl, 7, []int{2}},
		{"decoded", "\ufffd", owl, 6, []int{5}},
		{"decoded", "\ufffd", owl, 5, []int{4, 2}}, // one byte, or the owl's first three
		{"decoded", " \ufffd", owl, 5, []int{1}},   // three bytes of the owl
		{"decoded", " \ufffd", owl, 4, []int{1}},
		{"decoded", " \ufffd", owl, 3, []int{1}},
		{"decoded", " \ufffd\ufffd\ufffd\ufffd", owl, 6, []int{1}},
		{"decoded", " \ufffd", owl, 6, nil}, // not all four
		{"decoded", "\ufffd", owl, 7, nil},
		{"decoded", `bytes: \xf0\x9f`, owl, 4, []int{1}},
		{"decoded", `bytes:\xA6\x89`, owl, 6, []int{4}},
		{"decoded", "<0x89>", owl, 6, []int{5}},
		{"decoded", "<0x89>", "a<0x89>", 7, []int{1}}, // ordinary text
		{"decoded", " x", owl, 1, []int{0}},
		{"decoded", "", owl, 4, []int{4}},
		{"byte-level", "ĠðŁ", owl, 4, []int{1}},
		{"byte-level", "¦ī", owl, 6, []int{4}},
		{"byte-level", "Ċ", "a\n", 2, []int{1}},
		{"byte-level", "<｜end｜>", "a<｜end｜>", 12, []int{1}},
		{"SentencePiece", "▁▁a", "  a", 3, []int{0}},
		{"SentencePiece", "▁", "a", 1, nil},
		{"SentencePiece", "<0xA6>", owl, 5, []int{4}},
		{"without broken characters", " ", owl, 5, []int{1}}, // a space and three bytes
		{"without broken characters", " ", owl, 3, []int{1}},
		{"without broken characters", "y", owl, 7, []int{6, 5, 4, 3}},
		{"without broken characters", "", owl, 6, []int{5, 4, 3}},
		{"without broken characters", "", owl, 1, nil},
		{"without spaces", "🦉y", owl, 7, []int{2, 1}},
	} {
		got := byName[tt.reading].starts(nil, tt.token, tt.text, tt.end)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s, %q to byte %d of %q: %v, want %v", tt.reading, tt.token, tt.end, tt.text, got, tt.want)
		}
	}
}

func TestContinuation(t *testing.T) {
	type tokens = []string
	minus := func(n int) (all []jsontext.Value) { // null, -1, -2, -4, ...
		all = append(all, jsontext.Value("null"))
		for i := range n - 1 {
			all = append(all, jsontext.Value(fmt.Sprint(-1<<i)))
		}
		return all
	}
	for _, tt := range []struct {
		name                 string
		tokens               []string
		offsets              string
		prompt, choice, said string
		want                 float64
		length               int
		fault                error
	}{
		{"repeated text", tokens{"ha", "ha", "ha"}, "", "ha", "ha", "", -1, 1, nil}, // the last was generated
		{"repeated text behind a beginning", tokens{"<s>", "ha", "ha", "ha"}, "", "ha", "ha", "", -2, 1, nil},
		{"three before", tokens{"<a>", "<b>", "<c>", "x", " y"}, "", "x", " y", "", -8, 1, nil},
		{"four before", tokens{"<a>", "<b>", "<c>", "<d>", "x", " y"}, "", "x", " y", "", 0, 0, errUnaligned},
		{"an end generated", tokens{"x", " y", "</s>"}, "", "x", " y", "", -1, 1, nil},
		{"an empty end generated", tokens{"x", " y", ""}, "", "x", " y", "", -1, 1, nil},
		{"an empty beginning", tokens{"", "x", " y"}, "", "x", " y", "", -2, 1, nil},
		{"an empty beginning and no prompt", tokens{"", "x", " y"}, "", "", "x y", "", -1 - 2, 2, nil},
		{"two empty ones and no prompt", tokens{"", "", "x"}, "", "", "x", "", 0, 0, errUnclear},
		{"a character held back at the beginning", tokens{"", "", "🦉", "!"}, "", "", "🦉!", "", -1 - 2 - 4, 3, nil},
		{"a character held back, and a beginning", tokens{"<s>", "", "", "🦉"}, "", "", "🦉", "", -1 - 2 - 4, 3, nil},
		{"a space held back with its character", tokens{"x", "", "", " 🦉", " y"}, "", "x", " 🦉", "", -1 - 2 - 4, 3, nil},
		{"a character of the prompt held back", tokens{"", "", "🦉", " y"}, "", "🦉", " y", "", -4, 1, nil},
		{"a character of the prompt left out", tokens{"a", "", "", " b"}, "", "a🦉", " b", "", -4, 1, nil},
		{"a character of the choice's end left out", tokens{"a", " b", "", ""}, "", "a", " b🦉", "a b🦉", 0, 0, errUnclear}, // the last may be an end
		{"one token for all", tokens{"<s>", "x y"}, "", "x", " y", "", -1, 1, nil},
		{"only a first token", tokens{"x y"}, "", "x", " y", "", 0, 0, nil},
		{"offsets behind a beginning that counts", tokens{"<s>", "\ufffd", "\ufffd", "\ufffd", "\ufffd", "\ufffd", "\ufffd", "."}, "[0,3,5,6,7,9,10,11]", "🐟", "🦉", "", -8 - 16 - 32, 3, nil},
	} {
		l := &logprobs{Tokens: tt.tokens, LogProbs: minus(len(tt.tokens)), Offsets: []byte(tt.offsets)}
		score, length, _, err := l.continuation(tt.prompt, tt.choice, tt.said)
		if tt.name == "only a first token" {
			if err == nil {
				t.Errorf("%s: %v", tt.name, score)
			}
			continue
		}
		if score != tt.want || length != tt.length || err != tt.fault {
			t.Errorf("%s: %v of %d tokens, %v; want %v of %d, %v", tt.name, score, length, err, tt.want, tt.length, tt.fault)
		}
	}
}

func TestOddLogProbs(t *testing.T) {
	for _, tt := range []struct {
		values string
		want   float64
		fault  string
	}{
		{`[null, -1, -2]`, -3, ""},
		{`[null, -1, 0.0005]`, -1, ""}, // rounding
		{`[null, -1, -0.0]`, -1, ""},
		{`[null, -9999.0, -2]`, -10001, ""}, // vLLM's value for an impossible token
		{`["-Infinity", -1, -2]`, -3, ""},   // of the prompt
		{`[0.5, -1, -2]`, -3, ""},
		{`[null, -1, 0.5]`, 0, "the answer has a log-probability above 0"},
		{`[null, "-Infinity", -2]`, 0, `the answer has a log-probability that is not a number: "-Infinity"`},
		{`[null, -1, "NaN"]`, 0, `the answer has a log-probability that is not a number: "NaN"`},
		{`[null, -1, {}]`, 0, `the answer has a log-probability that is not a number: {}`},
		{`[null, -1, 1e999]`, 0, "*"},
		{`[null, -1, null]`, 0, "the answer lacks the log-probability of a token that is not the first"},
	} {
		l, err := parseLogProbs(jsontext.Value(`{"tokens": ["x", " y", " z"], "token_logprobs": ` + tt.values + `}`))
		if err != nil {
			t.Fatal(err)
		}
		score, _, _, err := l.continuation("x", " y z", "")
		if (err == nil) != (tt.fault == "") || err != nil && tt.fault != "*" && err.Error() != tt.fault || score != tt.want {
			t.Errorf("%s: %v, %v; want %v, %s", tt.values, score, err, tt.want, tt.fault)
		}
	}
	// What is not a number must not count as certain.
	for _, list := range []string{
		`{"tokens": ["B"], "top_logprobs": [{"A": null, "C": "NaN", "D": 0.5, "B": -2}]}`,
		`{"content": [{"token": "B", "top_logprobs": [{"token": "A", "logprob": null}, {"token": "C"}, {"token": "D", "logprob": 3}, {"token": "B", "logprob": -2}]}]}`,
	} {
		l, err := parseLogProbs(jsontext.Value(list))
		if err != nil {
			t.Fatal(err)
		}
		if got := l.likelier(1, 4); got != 1 {
			t.Errorf("%s: %d, want 1", list, got)
		}
	}
}
