package bpe

import (
	"errors"
	"fmt"
	"slices"

	"assay/harness/leaf/plural"
)

// around finds what is put around a prompt: from tokenizer.json's post-processor, or, without that file, from
// add_bos_token and add_eos_token.
func (b *builder) around(byName map[string]addedToken) (err error) {
	var bos, eos []int32
	for _, f := range []struct {
		member, name string
		to           *[]int32
	}{{"add_bos_token", "bos_token", &bos}, {"add_eos_token", "eos_token", &eos}} {
		if token, ok := byName[f.name]; ok && string(b.settings.tokenizer[f.member]) == "true" {
			*f.to = []int32{b.added[b.find(token.Content)].ID}
		}
	}
	if b.file == nil {
		b.prefix, b.suffix = bos, eos
		return nil
	}
	if b.prefix, b.suffix, err = b.file.Post.around(); err != nil {
		return err
	}
	if len(bos) > 0 && !slices.Equal(bos, b.prefix) || len(eos) > 0 && !slices.Equal(eos, b.suffix) {
		b.notes = append(b.notes, "tokenizer_config.json has add_bos_token or add_eos_token; transformers uses tokenizer.json's post_processor instead, which differs")
	}
	return nil
}

// processed sets what is put around a prompt.
func (b *builder) processed(t *Tokenizer) error {
	for _, id := range slices.Concat(b.prefix, b.suffix) {
		if !t.has(id) {
			return fmt.Errorf("the post_processor adds the token %d, which is not in the vocabulary", id)
		}
	}
	t.prefix, t.suffix = b.prefix, b.suffix
	if len(t.suffix) > 0 {
		t.note("the tokenizer adds %s after every prompt, as transformers does", t.names(t.suffix))
	}
	return nil
}

// templatePart is a part of a TemplateProcessing: a special token or the text.
type templatePart struct {
	Special *struct {
		ID string `json:"id"`
	} `json:"SpecialToken,omitzero"`
	Sequence *struct {
		ID string `json:"id"`
	} `json:"Sequence,omitzero"`
}

// around is what a post-processor puts around a text.
func (s *step) around() (prefix, suffix []int32, err error) {
	if s == nil {
		return nil, nil, nil
	}
	switch s.Type {
	case "ByteLevel":
	case "Sequence":
		for i := range s.Processors {
			before, behind, err := s.Processors[i].around()
			switch {
			case err != nil:
				return nil, nil, err
			case len(before)+len(behind) == 0:
			case len(prefix)+len(suffix) > 0:
				return nil, nil, errors.New("two parts of the post_processor add tokens, which is not supported")
			default:
				prefix, suffix = before, behind
			}
		}
	case "RobertaProcessing", "BertProcessing":
		cls, errCls := pairID(s.Cls)
		sep, errSep := pairID(s.Sep)
		return []int32{cls}, []int32{sep}, errors.Join(errCls, errSep)
	case "TemplateProcessing":
		texts := 0
		for _, part := range s.Single {
			switch {
			case part.Special != nil:
				special, ok := s.Specials[part.Special.ID]
				if !ok {
					return nil, nil, fmt.Errorf("the post_processor's template has %q, which is not among its special_tokens", part.Special.ID)
				}
				if texts == 0 {
					prefix = append(prefix, special.IDs...)
				} else {
					suffix = append(suffix, special.IDs...)
				}
			case part.Sequence != nil && part.Sequence.ID == "A":
				texts++
			}
		}
		if texts != 1 {
			return nil, nil, fmt.Errorf("the post_processor's template has the text %s instead of once", plural.Of(texts, "time"))
		}
	default:
		return nil, nil, fmt.Errorf("post_processor %q is not supported; use TemplateProcessing, RobertaProcessing, BertProcessing, ByteLevel or Sequence", s.Type)
	}
	return prefix, suffix, nil
}
