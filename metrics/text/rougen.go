package text

import "strings"

// rougeTokens are a text's tokens for ROUGE: runs of a-z and 0-9 after lower-casing.
func rougeTokens(s string) []string {
	var out []string
	for word, i := nextWord(nil, s, 0); len(word) > 0; word, i = nextWord(word[:0], s, i) {
		out = append(out, string(word))
	}
	return out
}

// ROUGENScore returns ROUGE-N: precision and recall of n-grams of tokens, each counted at most as
// often as it is in the other text. Tokens are those of [ROUGELScore]. A text without n-grams
// scores 0. It equals rouge-score's RougeScorer(['rouge1']) for n = 1, and so on.
//
// Source: Lin 2004, "ROUGE: a package for automatic evaluation of summaries", section 2.
func ROUGENScore(hypothesis, reference string, n int) Score {
	said, total := wordGrams(rougeTokens(hypothesis), n)
	wanted, want := wordGrams(rougeTokens(reference), n)
	both := 0
	for gram, times := range wanted {
		both += min(times, said[gram])
	}
	return score(float64(both)/float64(max(total, 1)), float64(both)/float64(max(want, 1)))
}

// wordGrams counts the n-grams of tokens.
func wordGrams(tokens []string, n int) (grams map[string]int, total int) {
	grams = make(map[string]int)
	for i := 0; i+n <= len(tokens); i++ {
		grams[strings.Join(tokens[i:i+n], " ")]++
		total++
	}
	return grams, total
}

// ROUGELsumScore returns summary-level ROUGE-L, over texts of a sentence a line: for each
// sentence of the reference, the union of its longest common subsequences with the sentences
// of the hypothesis, where no token counts more often than either text has it. It equals
// rouge-score's RougeScorer(['rougeLsum']).score(reference, hypothesis).
//
// Source: Lin 2004, section 3.2. Where a sentence has several longest common subsequences, the
// one counts that rouge-score finds from the end, preferring to skip a reference's token.
func ROUGELsumScore(hypothesis, reference string) Score {
	said, saidOf, n := sentences(hypothesis)
	wanted, wantedOf, m := sentences(reference)
	if n == 0 || m == 0 {
		return Score{}
	}
	hits := 0
	for _, sentence := range wanted {
		union := make([]bool, len(sentence))
		for _, other := range said {
			markCommon(union, sentence, other)
		}
		for i, in := range union {
			if token := sentence[i]; in && saidOf[token] > 0 && wantedOf[token] > 0 {
				hits++
				saidOf[token]--
				wantedOf[token]--
			}
		}
	}
	return score(float64(hits)/float64(n), float64(hits)/float64(m))
}

// sentences are the tokens of each line, how often each token occurs, and how many there are.
func sentences(s string) (lines [][]string, count map[string]int, total int) {
	count = make(map[string]int)
	for line := range strings.SplitSeq(s, "\n") {
		tokens := rougeTokens(line)
		for _, t := range tokens {
			count[t]++
		}
		lines, total = append(lines, tokens), total+len(tokens)
	}
	return lines, count, total
}

// markCommon marks the tokens of a that are in a longest common subsequence with b.
func markCommon(marked []bool, a, b []string) {
	// table[i][j] is the length for the first i tokens of a and j of b.
	table := make([][]int32, len(a)+1)
	cells := make([]int32, (len(a)+1)*(len(b)+1))
	for i := range table {
		table[i] = cells[i*(len(b)+1) : (i+1)*(len(b)+1)]
	}
	for i := range a {
		for j := range b {
			if a[i] == b[j] {
				table[i+1][j+1] = table[i][j] + 1
			} else {
				table[i+1][j+1] = max(table[i][j+1], table[i+1][j])
			}
		}
	}
	for i, j := len(a), len(b); i > 0 && j > 0; {
		switch {
		case a[i-1] == b[j-1]:
			i, j = i-1, j-1
			marked[i] = true
		case table[i][j-1] > table[i-1][j]:
			j--
		default:
			i--
		}
	}
}
