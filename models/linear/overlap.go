package linear

import "math"

// lengthLevel places a number of words between 0 (one) and 1 (a thousand), by its logarithm.
func lengthLevel(words int) float64 {
	return math.Log(float64(max(words, 1))) / math.Log(1000)
}

// shareIn is the share of a text's words that another text has, each as often as it has it.
func shareIn(text, other []string) float64 {
	if len(text) == 0 {
		return 0
	}
	return float64(common(text, other)) / float64(len(text))
}

// best is the greatest F1 of a text's words with those of several others; 0 without any.
func best(text []string, others []string) float64 {
	greatest := 0.0
	for _, o := range others {
		other := split(o).tokens
		if n := len(text) + len(other); n > 0 {
			greatest = max(greatest, 2*float64(common(text, other))/float64(n))
		}
	}
	return greatest
}

// common counts the words that two texts share.
func common(a, b []string) int {
	count := make(map[string]int, len(b))
	for _, w := range b {
		count[w]++
	}
	n := 0
	for _, w := range a {
		if count[w] > 0 {
			count[w]--
			n++
		}
	}
	return n
}

// Agreement is the greatest F1 of a text's words with those of several others, from 0 to 1.
func Agreement(text string, others []string) float64 { return best(split(text).tokens, others) }

// Contained is the share of a text's words that another text has, from 0 to 1.
func Contained(text, other string) float64 {
	return shareIn(split(text).tokens, split(other).tokens)
}
