package text

import (
	"math"
	"slices"
)

// TERSize is the length of one sentence's statistics for corpus TER: the edits, and the mean
// length of the references in words.
const TERSize = 2

// The limits of the search for shifts, which are those of the program tercom, and sacrebleu's own
// limit on the number of candidates.
const (
	terShiftSize     = 10 // words of a shift
	terShiftDistance = 50 // between a shift's place in hypothesis and reference
	terBeam          = 25 // cells on either side of the diagonal
	terCandidates    = 1000
)

// TERStatistics returns the sufficient statistics of one sentence for the translation edit rate:
// the fewest edits to any reference, and the references' mean length. An edit is an insertion,
// deletion or substitution of a word, or a shift of a run of words. Words are in lower case and
// end at white space. Without references both are 0. They equal those of sacrebleu's TER() with
// its defaults.
//
// Source: Snover et al. 2006, "A study of translation edit rate with targeted human annotation",
// section 2, with the limits and the order of candidates of the program tercom.
func TERStatistics(hypothesis string, references []string) [TERSize]float64 {
	if len(references) == 0 {
		return [TERSize]float64{}
	}
	words := Words(lower(hypothesis))
	fewest, lengths := math.MaxInt, 0
	for _, r := range references {
		reference := Words(lower(r))
		lengths += len(reference)
		fewest = min(fewest, terEdits(words, reference))
	}
	return [TERSize]float64{float64(fewest), float64(lengths) / float64(len(references))}
}

// TER returns the corpus translation edit rate in percent from statistics summed over a corpus
// ([TERStatistics]). It is at least 0 and may be more than 100. Without a word in the references it
// is 100 if there are edits.
func TER(sums []float64) float64 {
	edits, length := sums[0], sums[1]
	switch {
	case length > 0:
		return 100 * edits / length
	case edits > 0:
		return 100
	}
	return 0
}

// terEdits shifts runs of words for as long as that saves edits, and counts shifts and edits.
func terEdits(hypothesis, reference []string) int {
	if len(reference) == 0 {
		return len(hypothesis)
	}
	ids := map[string]int32{}
	s := terSearch{reference: numbered(ids, reference)}
	said := numbered(ids, hypothesis)
	s.align(said)
	shifts := 0
	for {
		saved, shifted := s.shift(said)
		if s.tried >= terCandidates || saved <= 0 {
			return shifts + s.distance()
		}
		shifts++
		said = shifted
		s.align(said)
	}
}

// terSearch holds the distance matrix of one hypothesis and the reference.
type terSearch struct {
	reference []int32
	rows      [][]terCell // row i is for the hypothesis' first i words
	spare     [][]terCell // rows of a shifted hypothesis
	tried     int         // candidates
}

// terCell is the edits to a cell, and the last of them.
type terCell struct {
	cost int32
	edit terEdit
}

type terEdit int8

const (
	terNone terEdit = iota // outside of the beam
	terMatch
	terReplace
	terInsert // a word of the reference
	terDelete // a word of the hypothesis
)

const terFar = math.MaxInt32 / 2

// align computes the matrix of a hypothesis.
func (s *terSearch) align(said []int32) {
	s.rows = s.matrix(s.rows, said, 0)
}

func (s *terSearch) distance() int {
	last := s.rows[len(s.rows)-1]
	return int(last[len(last)-1].cost)
}

// matrix computes the rows after the first from of them. Cells off the diagonal by more than
// the beam stay out of reach: a hypothesis keeps its length when words are shifted, so each row
// has the same beam every time.
func (s *terSearch) matrix(rows [][]terCell, said []int32, from int) [][]terCell {
	width := len(s.reference) + 1
	for len(rows) < len(said)+1 {
		rows = append(rows, farCells(width))
	}
	for j := range rows[0] {
		rows[0][j] = terCell{int32(j), terInsert}
	}
	ratio := 1.0
	if len(said) > 0 {
		ratio = float64(len(s.reference)) / float64(len(said))
	}
	beam := terBeam
	if terBeam < ratio/2 {
		beam = int(math.Ceil(ratio/2 + terBeam))
	}
	for i := from + 1; i <= len(said); i++ {
		row, above := rows[i], rows[i-1]
		diagonal := int(math.Floor(float64(i) * ratio))
		last := min(width, diagonal+beam)
		if i == len(said) {
			last = width
		}
		for j := max(0, diagonal-beam); j < last; j++ {
			if j == 0 {
				row[0] = terCell{above[0].cost + 1, terDelete}
				continue
			}
			best := terCell{above[j-1].cost + 1, terReplace}
			if said[i-1] == s.reference[j-1] {
				best = terCell{above[j-1].cost, terMatch}
			}
			if c := above[j].cost + 1; c < best.cost {
				best = terCell{c, terDelete}
			}
			if c := row[j-1].cost + 1; c < best.cost {
				best = terCell{c, terInsert}
			}
			row[j] = best
		}
	}
	return rows
}

func farCells(n int) []terCell {
	cells := make([]terCell, n)
	for i := range cells {
		cells[i] = terCell{terFar, terNone}
	}
	return cells
}

// trace says which hypothesis position each reference position is aligned with (-1 before the
// first), and which positions of both take part in an edit.
func (s *terSearch) trace(said []int32) (aligned []int, wrong, missed []bool) {
	aligned, missed = make([]int, len(s.reference)), make([]bool, len(s.reference))
	wrong = make([]bool, len(said))
	for i, j := len(said), len(s.reference); i > 0 || j > 0; {
		switch edit := s.rows[i][j].edit; edit {
		case terMatch, terReplace:
			i, j = i-1, j-1
			aligned[j] = i
			wrong[i], missed[j] = edit == terReplace, edit == terReplace
		case terInsert:
			j--
			aligned[j], missed[j] = i-1, true
		default:
			i--
			wrong[i] = true
		}
	}
	return aligned, wrong, missed
}

// terShift is a shift of a run of words.
type terShift struct {
	saved, length, start, target int
}

// better is tercom's order: the most edits saved, then the longest, the earliest run, the
// earliest target.
func (a terShift) better(b terShift) bool {
	for _, d := range []int{a.saved - b.saved, a.length - b.length, b.start - a.start, b.target - a.target} {
		if d != 0 {
			return d > 0
		}
	}
	return false
}

// shift finds the best shift of a run of words that is wrong where it is to a place where it is
// missing.
func (s *terSearch) shift(said []int32) (saved int, shifted []int32) {
	before := s.distance()
	aligned, wrong, missed := s.trace(said)
	best, found := terShift{}, false
	for run := range s.runs(said) {
		start, at, length := run[0], run[1], run[2]
		if !slices.Contains(wrong[start:start+length], true) || !slices.Contains(missed[at:at+length], true) {
			continue
		}
		if aligned[at] >= start && aligned[at] < start+length { // it would move within itself
			continue
		}
		previous := -1
		for offset := -1; offset < length; offset++ {
			target := 0
			if k := at + offset; k >= 0 {
				target = aligned[k] + 1
			}
			if target == previous {
				continue
			}
			previous = target
			words := moved(said, start, length, target)
			s.tried++
			if c := (terShift{before - s.distanceOf(said, words), length, start, target}); !found || c.better(best) {
				best, found, shifted = c, true, words
			}
		}
		if s.tried >= terCandidates {
			break
		}
	}
	return best.saved, shifted
}

// runs yields the runs of equal words in hypothesis and reference: both positions and the length.
func (s *terSearch) runs(said []int32) func(func([3]int) bool) {
	return func(yield func([3]int) bool) {
		for i := range said {
			for j := max(0, i-terShiftDistance); j < min(len(s.reference), i+terShiftDistance+1); j++ {
				for n := 0; n < terShiftSize && i+n < len(said) && j+n < len(s.reference) && said[i+n] == s.reference[j+n]; n++ {
					if !yield([3]int{i, j, n + 1}) {
						return
					}
				}
			}
		}
	}
}

// moved shifts a run of words to a target, which counts positions before the shift.
func moved(words []int32, start, length, target int) []int32 {
	run := words[start : start+length]
	rest := slices.Concat(words[:start], words[start+length:])
	if target > start+length {
		target -= length
	}
	target = min(target, len(rest)) // within the run, sacrebleu counts from the run's start
	return slices.Concat(rest[:target], run, rest[target:])
}

// distanceOf is the edits of a hypothesis that differs from said, whose matrix is at hand, from
// some word on.
func (s *terSearch) distanceOf(said, words []int32) int {
	same := 0
	for same < len(words) && words[same] == said[same] {
		same++
	}
	for len(s.spare) < len(s.rows) {
		s.spare = append(s.spare, farCells(len(s.reference)+1))
	}
	copy(s.spare[same], s.rows[same])
	if same < len(words) {
		s.spare = s.matrix(s.spare, words, same)
	}
	return int(s.spare[len(words)][len(s.reference)].cost)
}
