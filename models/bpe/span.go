package bpe

// span is a part of a text after normalisation, and where each of its bytes ends in the original text.
type span struct {
	text  string
	start int   // where it starts in the original text; 0 if not tracked
	ends  []int // by byte; nil if not tracked
}

// places are the ends of a text's bytes.
func places(text string) []int {
	ends := make([]int, len(text))
	for i := range ends {
		ends[i] = i + 1
	}
	return ends
}

// at is where the first n bytes end in the original text.
func (s span) at(n int) int {
	if n == 0 || s.ends == nil {
		return s.start
	}
	return s.ends[n-1]
}

// end is where the span ends in the original text.
func (s span) end() int { return s.at(len(s.text)) }

// sub is a part of the span.
func (s span) sub(from, to int) span {
	part := span{text: s.text[from:to], start: s.at(from)}
	if s.ends == nil {
		part.start = s.start + from // not tracked: only says that it isn't the start
		return part
	}
	part.ends = s.ends[from:to]
	return part
}

// rewriter builds a span from replacements.
type rewriter struct {
	from span
	text []byte
	ends []int
}

// put appends a text that replaces the bytes of the span before a place.
func (r *rewriter) put(text string, upTo int) {
	r.text = append(r.text, text...)
	if r.from.ends != nil {
		end := r.from.at(upTo)
		for range len(text) {
			r.ends = append(r.ends, end)
		}
	}
}

func (r *rewriter) span() span {
	s := span{text: string(r.text), start: r.from.start}
	if r.from.ends != nil {
		s.ends = r.ends
		if s.ends == nil {
			s.ends = []int{}
		}
	}
	return s
}
