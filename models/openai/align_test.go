package openai_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"assay/models"
	"assay/models/openai"
	"assay/models/remote"
)

// pieces is a server whose tokens are pieces of a text's bytes: a word with the space before it, and two
// pieces for a character beyond U+0800, its first two bytes and the rest. Piece i has the log-probability
// -(i+1)/16, exact in binary.
type pieces struct {
	cut     func(text string) []string            // nil is cutPieces
	write   func(piece string, first bool) string // how a token is written
	unit    func(token, piece string) int         // what a token adds to the offsets; nil gives no offsets
	begin   []string                              // tokens that are not in the text
	after   []string                              // generated
	whole   bool                                  // the last piece of a character is written as the complete character
	shifted bool                                  // offsets that contradict everything else
}

func cutPieces(text string) (all []string) {
	start := 0
	cut := func(end int) {
		if end > start {
			all = append(all, text[start:end])
			start = end
		}
	}
	for i, r := range text {
		switch size := utf8.RuneLen(r); {
		case r == ' ' || r == '\n':
			cut(i)
		case size > 2:
			if i-start > 1 || i > start && text[start] != ' ' { // a space stays with it
				cut(i)
			}
			cut(i + 2)
			cut(i + size)
		}
	}
	cut(len(text))
	return all
}

// singles cuts characters that cutPieces cuts in two into single bytes.
func singles(text string) (all []string) {
	for _, piece := range cutPieces(text) {
		if utf8.ValidString(piece) {
			all = append(all, piece)
			continue
		}
		for i := range len(piece) {
			all = append(all, piece[i:i+1])
		}
	}
	return all
}

func (p pieces) cutter() func(string) []string {
	if p.cut == nil {
		return cutPieces
	}
	return p.cut
}

func (p pieces) answer(_ string, body map[string]any) (int, any) {
	if body["echo"] != true {
		return 200, `{"choices":[{"text":" A"}]}`
	}
	text := body["prompt"].(string)
	var tokens []string
	var offsets []int
	var scores []*float64
	at := 0
	add := func(token, piece string) {
		tokens = append(tokens, token)
		offsets = append(offsets, at)
		if p.unit != nil {
			at += p.unit(token, piece)
		}
		score := -float64(len(tokens)) / 16
		scores = append(scores, &score)
	}
	for _, token := range p.begin {
		add(token, token)
	}
	all := p.cutter()(text)
	for i, piece := range all {
		add(p.write(piece, i == 0), piece)
	}
	if p.whole {
		holdBack(tokens[len(p.begin):], all)
	}
	for _, token := range p.after {
		add(token, token)
	}
	scores[0] = nil
	if p.shifted {
		for i := range offsets {
			offsets[i] = 7
		}
	}
	list := map[string]any{"tokens": tokens, "token_logprobs": scores, "top_logprobs": nil}
	if p.unit != nil {
		list["text_offset"] = offsets
	}
	return 200, map[string]any{"choices": []any{map[string]any{"text": text + strings.Join(p.after, ""), "logprobs": list}}}
}

// holdBack empties tokens that end within a character, and writes their bytes with the token that ends it.
func holdBack(tokens, pieces []string) {
	held := ""
	for i, piece := range pieces {
		held += piece
		tokens[i] = ""
		if utf8.ValidString(held) {
			tokens[i], held = held, ""
		}
	}
}

func replacePieces(piece string, _ bool) string { return python(piece) }

// python is bytes.decode(errors="replace").
func python(piece string) string {
	var b strings.Builder
	for len(piece) > 0 {
		r, size := utf8.DecodeRuneInString(piece)
		if r == utf8.RuneError && piece[0] >= 0xe0 { // an incomplete character is one mark, however long
			for size < len(piece) && !utf8.RuneStart(piece[size]) {
				size++
			}
		}
		b.WriteRune(r)
		piece = piece[size:]
	}
	return b.String()
}

func escapePieces(piece string, _ bool) string {
	if utf8.ValidString(piece) {
		return piece
	}
	var b strings.Builder
	b.WriteString("bytes:")
	for i := range len(piece) {
		if piece[i] < 0x80 {
			b.WriteByte(piece[i])
		} else {
			fmt.Fprintf(&b, `\x%02x`, piece[i])
		}
	}
	return b.String()
}

// byteLevel is GPT-2's bytes_to_unicode (encoder.py).
func byteLevel(piece string, _ bool) string {
	table := map[byte]rune{}
	next := rune(256)
	for i := range 256 {
		b := byte(i)
		if b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae {
			table[b] = rune(b)
		} else {
			table[b] = next
			next++
		}
	}
	var out []rune
	for i := range len(piece) {
		out = append(out, table[piece[i]])
	}
	return string(out)
}

func sentencePieces(piece string, first bool) string {
	if !utf8.ValidString(piece) && len(piece) == 1 {
		return fmt.Sprintf("<0x%02X>", piece[0])
	}
	if first && piece[0] != ' ' {
		piece = " " + piece
	}
	return strings.ReplaceAll(piece, " ", "▁")
}

func ignorePieces(piece string, _ bool) string {
	return strings.ReplaceAll(python(piece), "\ufffd", "")
}
func asItIs(piece string, _ bool) string { return piece }
func stripPieces(piece string, _ bool) string {
	return strings.TrimPrefix(python(piece), " ")
}

func runes(_, piece string) int        { return utf8.RuneCountInString(piece) }
func runesOfToken(token, _ string) int { return utf8.RuneCountInString(token) }
func bytesOf(_, piece string) int      { return len(piece) }
func utf16Of(_, piece string) int      { return len(utf16.Encode([]rune(piece))) }

func TestEchoIsAlignedByTexts(t *testing.T) {
	const prompt, choice, other = "Où est 🐟 ?\nÀ table :", " du 鱼 et 🦉 là", " rien"
	// By hand: the pieces are Où, est, ( and two bytes of the fish), two bytes, ?, \nÀ,
	// table, : (0 to 7); du, ( and two bytes of 鱼), one byte, et, ( and two bytes of the
	// owl), two bytes, là (8 to 14).
	if n := len(cutPieces(prompt)); n != 8 || len(cutPieces(choice)) != 7 {
		t.Fatalf("%q, %q", cutPieces(prompt), cutPieces(choice))
	}
	sum := func(from, n int) (s float64) {
		for i := from; i < from+n; i++ {
			s -= float64(i+1) / 16
		}
		return s
	}
	for name, p := range map[string]pieces{
		"characters":                         {write: replacePieces, unit: runes},
		"bytes":                              {write: replacePieces, unit: bytesOf},
		"UTF-16 units":                       {write: replacePieces, unit: utf16Of},
		"drifting":                           {write: replacePieces, unit: runesOfToken, after: []string{" x"}},
		"none":                               {write: replacePieces},
		"contradicting":                      {write: replacePieces, unit: runes, shifted: true},
		"escaped":                            {write: escapePieces, unit: runes, after: []string{"!"}},
		"byte-level":                         {write: byteLevel, unit: runesOfToken},
		"byte-level, begin":                  {write: byteLevel, unit: runesOfToken, begin: []string{"<|begin_of_text|>"}, after: []string{"Ġx"}},
		"SentencePiece":                      {write: sentencePieces, cut: singles, unit: runesOfToken, begin: []string{"<s>"}},
		"single bytes":                       {write: replacePieces, cut: singles, unit: runesOfToken},
		"held back":                          {write: asItIs, whole: true, unit: runesOfToken, after: []string{""}},
		"held back, begin":                   {write: asItIs, whole: true, unit: runesOfToken, begin: []string{"<s>"}},
		"left out":                           {write: ignorePieces, unit: runesOfToken},
		"left out, and an empty end":         {write: ignorePieces, after: []string{""}},
		"left out, begin and end":            {write: ignorePieces, begin: []string{"<s>"}, after: []string{" x"}},
		"spaces lost":                        {write: stripPieces, unit: runesOfToken, after: []string{"x"}},
		"two begin":                          {write: replacePieces, begin: []string{"[gMASK]", "<sop>"}},
		"two generated":                      {write: replacePieces, unit: runes, after: []string{" là", " là"}},
		"generated as the choice's end":      {write: replacePieces, unit: runesOfToken, after: []string{" là"}},
		"generated half a character":         {write: replacePieces, after: []string{"\ufffd"}},
		"generated as the choice, and begin": {write: replacePieces, begin: []string{"<s>"}, after: []string{" là"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := client(t, server(t, p.answer), openai.Config{LogProbs: openai.Echo, Remote: remote.Config{Attempts: 1}})
			got, err := c.Score(t.Context(), models.Request{Prompt: prompt, Choices: []string{choice, other}})
			if err != nil {
				t.Fatal(err)
			}
			from, n := 8+len(p.begin), 7
			if p.cut != nil { // by hand: the fish and the owl are 5 bytes with their space, 鱼 is 4
				from, n = 11+len(p.begin), 12
			}
			want := []float64{sum(from, n), sum(from, 1)}
			if !slices.Equal(got.Scores, want) || !slices.Equal(got.Lengths, []int{n, 1}) {
				t.Errorf("scores %v of %v tokens, want %v of %d and 1", got.Scores, got.Lengths, want, n)
			}
		})
	}
}

// If the texts leave several alignments, first the answer's text and then the offsets decide; otherwise there
// is no score.
func TestUnclearEchoHasNoScore(t *testing.T) {
	// The fish's and the owl's bytes in six marks: 2 and 4 of them, 3 and 3, or 4 and 2.
	const prompt, choice = "a🐟", "🦉"
	const six = `"a","\ufffd","\ufffd","\ufffd","\ufffd","\ufffd","\ufffd"`
	const unclear = "the echoed tokens don't show which of them are the choice's"
	for name, tt := range map[string]struct {
		tokens, offsets, generated string
		want                       float64 // 0 for none
		reason                     string
	}{
		"no offsets":                       {six, `null`, "", 0, unclear},
		"drifting offsets":                 {six, `[0,1,2,3,4,5,6]`, "", 0, unclear},
		"characters":                       {six, `[0,1,1,1,2,2,2]`, "", 0, unclear}, // the end is unknown
		"characters, and one generated":    {six + `,"!"`, `[0,1,1,1,2,2,2,3]`, "!", -5 - 6 - 7, ""},
		"bytes":                            {six + `,"!"`, `[0,1,4,5,6,7,8,9]`, "!", -4 - 5 - 6 - 7, ""},
		"UTF-16 units":                     {six + `,"!"`, `[0,1,2,3,3,4,4,5]`, "!", -4 - 5 - 6 - 7, ""},
		"a mark generated":                 {`"a","\ufffd","\ufffd","\ufffd","\ufffd","\ufffd"`, `[0,1,1,2,2,2]`, "\ufffd", -4 - 5, ""},
		"an empty token at the boundary":   {`"a","🐟","","🦉"`, `null`, "", -3 - 4, ""},
		"an empty one that nobody can own": {`"a🐟",""," b"`, `null`, "", 0, unclear},
		"a whole other text":               {`"a","b"`, `[0,1]`, "", 0, "the echoed tokens don't add up to the prompt and the choice"},
		"a beginning cut off":              {`"\ufffd","🦉"`, `[0,1]`, "", 0, "the echoed tokens don't add up to the prompt and the choice"},
		"too much before it":               {`"System",":"," be","brief","a🐟","🦉"`, `null`, "", 0, "the echoed tokens don't add up to the prompt and the choice"},
	} {
		t.Run(name, func(t *testing.T) {
			choice := choice
			if strings.HasSuffix(tt.tokens, `" b"`) {
				choice = " b"
			}
			url := server(t, func(route string, body map[string]any) (int, any) {
				if body["prompt"] != prompt+choice { // the probe
					return echo{}.answer(route, body)
				}
				scores := "null"
				for i := range strings.Count(tt.tokens, `",`) {
					scores += fmt.Sprintf(",%d", -i-2)
				}
				return 200, `{"choices":[{"text":"` + prompt + choice + tt.generated + `","logprobs":{"tokens":[` + tt.tokens + `],"token_logprobs":[` + scores + `],"text_offset":` + tt.offsets + `}}]}`
			})
			got, err := client(t, url, openai.Config{Remote: remote.Config{Attempts: 1}}).Score(t.Context(), models.Request{Prompt: prompt, Choices: []string{choice}})
			switch {
			case tt.reason != "" && (err == nil || reason(err) != tt.reason):
				t.Errorf("%+v, %v, want %q", got, err, tt.reason)
			case tt.reason == "" && (err != nil || got.Scores[0] != tt.want):
				t.Errorf("%+v, %v, want %v", got, err, tt.want)
			}
		})
	}
}
