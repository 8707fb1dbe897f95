package engine

import (
	"fmt"
	"math"
	"strings"
)

// letterCount counts the letters by which a model chose in a suite.
type letterCount struct {
	suite, model string
	samples      int       // of each example
	n            int       // answers with a letter
	answered     []int     // by letter
	expected     []float64 // the same for a model that goes by the text: 1/n of each answer among n letters
	variance     []float64 // of expected
}

// letter counts a completion that names a letter.
func (r *records) letter(j *judged) {
	c, asked := &j.completion, j.task.Request.Letters
	if len(c.Letter) != 1 || asked == nil {
		return
	}
	listed := len(asked.Among)
	if asked.Among == nil {
		listed = len(j.task.Request.Choices)
	}
	place := int(c.Letter[0]) - 'A'
	if place < 0 || place >= listed {
		return
	}
	count := r.letterCount(c.Suite, c.Model)
	count.samples = j.task.Suite.Samples
	count.n++
	for len(count.answered) < listed {
		count.answered = append(count.answered, 0)
		count.expected = append(count.expected, 0)
		count.variance = append(count.variance, 0)
	}
	count.answered[place]++
	p := 1 / float64(listed)
	for i := range listed {
		count.expected[i] += p
		count.variance[i] += p * (1 - p)
	}
}

func (r *records) letterCount(suite, model string) *letterCount {
	for _, c := range r.letters {
		if c.suite == suite && c.model == model {
			return c
		}
	}
	c := &letterCount{suite: suite, model: model}
	r.letters = append(r.letters, c)
	return c
}

// String shows how often each letter was the answer, and says whether a choice's place has
// an effect: whether any letter is more than 3.5 standard deviations from its expectation.
func (c *letterCount) String() string {
	var shares []string
	effect := false
	for i, n := range c.answered {
		percent := func(x float64) float64 { return 100 * x / float64(c.n) }
		shares = append(shares, fmt.Sprintf("%c %.0f (%.0f)", 'A'+i, percent(float64(n)), percent(c.expected[i])))
		effect = effect || math.Abs(float64(n)-c.expected[i]) > 3.5*math.Sqrt(c.variance[i])
	}
	text := fmt.Sprintf("%s by letter, model %s: share of each letter in %%, and in brackets the share expected if its place had no effect: %s", c.suite, c.model, strings.Join(shares, ", "))
	switch {
	case effect && c.samples == 1:
		text += "; the place has an effect: with samples: 2 the model gets each order and its reverse"
	case effect:
		text += "; the place has an effect"
	}
	return text
}
