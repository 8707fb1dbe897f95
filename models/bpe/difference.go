package bpe

import "fmt"

// Difference describes the first difference between two tokenizers, by the names of their folders. It is nil
// if they cut every text the same way: equal kind, bytes of each token, order of merges, special tokens, and
// other settings in the tokenizer files.
func Difference(nameA string, a *Tokenizer, nameB string, b *Tokenizer) error {
	if a == b {
		return nil
	}
	differ := func(what string, inA, inB any) error {
		return fmt.Errorf("%s is %v in %s and %v in %s", what, inA, nameA, inB, nameB)
	}
	kinds := map[Kind]string{BytePairs: "byte pairs", Characters: "characters", Words: "words"}
	if a.kind != b.kind {
		return differ("the kind of token", kinds[a.kind], kinds[b.kind])
	}
	for id := range min(len(a.tokens), len(b.tokens)) {
		if a.tokens[id] != b.tokens[id] {
			return differ(fmt.Sprintf("token %d", id), fmt.Sprintf("%q", a.tokens[id]), fmt.Sprintf("%q", b.tokens[id]))
		}
	}
	switch {
	case len(a.tokens) != len(b.tokens):
		return differ("the number of tokens", len(a.tokens), len(b.tokens))
	case a.end != b.end:
		return differ("the token at the end of a text", a.end, b.end)
	case a.unknown != b.unknown:
		return differ("the token for unknown text", a.unknown, b.unknown)
	}
	for rank := range max(len(a.ordered), len(b.ordered)) {
		if mA, mB := a.mergeName(rank), b.mergeName(rank); mA != mB {
			return differ(fmt.Sprintf("merge %d", rank+1), mA, mB)
		}
	}
	if a.whole != b.whole || a.settings != b.settings {
		return fmt.Errorf("the settings (normalizer, pre-tokenizer, post-processor, added tokens) differ between %s and %s", nameA, nameB)
	}
	return nil
}

// mergeName formats a merge for messages.
func (t *Tokenizer) mergeName(rank int) string {
	if rank >= len(t.ordered) {
		return "missing"
	}
	m := t.ordered[rank]
	return fmt.Sprintf("%q and %q", t.tokens[m.left], t.tokens[m.right])
}
