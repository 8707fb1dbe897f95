package bpe

// span is a part of a text, as it stands after normalisation, and where each of its bytes
// ends in the text as it was.
type span struct {
	text  string
	start int   // where it begins in the text as it was; 0 where nobody tracks that
	ends  []int // by byte; nil where nobody tracks that
}

// places are the ends of a text's bytes.
func places(text string) []int {
	ends := make([]int, len(text))
	for i := range ends {
		ends[i] = i + 1
	}
	return ends
}

// at is where the first n bytes end in the text as it was.
func (s span) at(n int) int {
	if n == 0 || s.ends == nil {
		return s.start
	}
	return s.ends[n-1]
}

// end is where the span ends in the text as it was.
func (s span) end() int { return s.at(len(s.text)) }

// sub is a part of the span.
func (s span) sub(from, to int) span {
	part := span{text: s.text[from:to], start: s.at(from)}
	if s.ends == nil {
		part.start = s.start + from // not tracked: not 0 behind the beginning, no more
		return part
	}
	part.ends = s.ends[from:to]
	return part
}

// rewriter puts a span together anew.
type rewriter struct {
	from span
	text []byte
	ends []int
}

// put appends a text that stands for the bytes of the span before a place.
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
