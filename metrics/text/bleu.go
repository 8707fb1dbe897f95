package text

import "math"

// BLEUSize is the length of one sentence's statistics for corpus BLEU, in
// sacrebleu's order:
//
//	[0]    tokens of the hypothesis
//	[1]    tokens of the reference whose length is closest to it
//	[2:6]  matched n-grams, n = 1..4, each clipped at its largest count in one reference
//	[6:10] n-grams of the hypothesis, n = 1..4
const BLEUSize = 2 + 2*bleuOrder

// bleuOrder is the longest n-gram of BLEU.
const bleuOrder = 4

// BLEUStatistics returns the sufficient statistics of one sentence. [BLEU] takes
// their sum over a corpus. The tokenizer is sacrebleu's 13a and is case-sensitive.
// Of two reference lengths equally close, the shorter counts. Without references
// nothing matches and the reference length is 0.
//
// Source: Papineni et al. 2002, "BLEU: a method for automatic evaluation of
// machine translation", section 2; Post 2018, "A call for clarity in reporting
// BLEU scores", for tokenizer and closest length.
func BLEUStatistics(hypothesis string, references []string) [BLEUSize]float64 {
	return BLEUStatisticsBy(Tokens13a, hypothesis, references)
}

// BLEUStatisticsBy is [BLEUStatistics] with another tokenizer.
func BLEUStatisticsBy(tokens Tokenizer, hypothesis string, references []string) [BLEUSize]float64 {
	// A sentence of ordinary length fits in this. append allocates more for longer
	// ones.
	var room struct {
		ngrams ngramRoom
		a, b   [768]byte
		spans  [128]span
		ids    [128]int32
	}
	a, b := room.a[:0], room.b[:0]
	spans, ids := room.spans[:0], room.ids[:0]
	size := 0
	for _, r := range references {
		size += len(r)
	}
	grams := newNgrams(size/6+4, &room.ngrams)

	lengths := make([]int, 0, 8)
	for _, r := range references {
		a, b, spans = tokens.split(r, a, b, spans[:0])
		ids = ids[:0]
		for _, s := range spans {
			ids = append(ids, grams.words.intern(a[s.start:s.end]))
		}
		grams.add(ids)
		lengths = append(lengths, len(ids))
	}

	a, _, spans = tokens.split(hypothesis, a, b, spans[:0])
	ids = ids[:0]
	for _, s := range spans {
		ids = append(ids, grams.words.lookup(a[s.start:s.end]))
	}
	var stats [BLEUSize]float64
	stats[0] = float64(len(ids))
	stats[1] = float64(closestLength(len(ids), lengths))
	correct := grams.match(ids)
	for n := range bleuOrder {
		stats[2+n] = float64(correct[n])
		stats[2+bleuOrder+n] = float64(max(0, len(ids)-n))
	}
	return stats
}

// closestLength returns the element of lengths nearest to n, the smaller one of
// two equally near; 0 when there is none.
func closestLength(n int, lengths []int) int {
	best, distance := 0, -1
	for _, l := range lengths {
		d := max(l-n, n-l)
		if distance < 0 || d < distance || d == distance && l < best {
			best, distance = l, d
		}
	}
	return best
}

// BLEU returns corpus BLEU, 0 to 100, from statistics summed over a corpus
// ([BLEUStatistics]). It panics unless there are [BLEUSize] sums. It is
// sacrebleu's default: the geometric mean of the four precisions times the brevity
// penalty. The k-th order without a match counts as 1/2^k matches ("exp"
// smoothing, as in mteval-v13a.pl). The score is 0 when no word matches, and when
// the hypotheses have no n-gram of some order.
func BLEU(sums []float64) float64 {
	if len(sums) != BLEUSize {
		panic("text: BLEU needs BLEUSize sums")
	}
	length, reference := sums[0], sums[1]
	correct, total := sums[2:2+bleuOrder], sums[2+bleuOrder:]
	if correct[0] == 0 && correct[1] == 0 && correct[2] == 0 && correct[3] == 0 {
		return 0
	}
	logs, smooth := 0.0, 1.0
	for n := range bleuOrder {
		if total[n] == 0 {
			return 0
		}
		p := 100 * correct[n] / total[n]
		if correct[n] == 0 {
			smooth *= 2
			p = 100 / (smooth * total[n])
		}
		logs += math.Log(p)
	}
	penalty := 1.0
	if length < reference {
		if length <= 0 {
			return 0
		}
		penalty = math.Exp(1 - reference/length)
	}
	// Four precisions of 100 give 100.00000000000004 in this arithmetic.
	return min(100, penalty*math.Exp(logs/bleuOrder))
}
