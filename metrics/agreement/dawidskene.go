package agreement

import (
	"errors"
	"math"
)

// Consensus is what Dawid and Skene's model says about items and raters.
type Consensus struct {
	Classes []float64 // the table's values
	Items   []string
	// Shares are the classes' shares over the items. Posterior has each item's probability of
	// each class. Given has, for each rater and true class, the probability of each value.
	Shares    []float64
	Posterior [][]float64
	Given     [][][]float64 // [rater][true class][value]
	// Accuracy is each rater's probability of the right value.
	Accuracy      []float64
	Iterations    int
	Converged     bool // if not, Most iterations were too few, and the numbers are not final
	LogLikelihood float64
}

// DawidSkene fits Dawid and Skene's model (1979, Applied Statistics 28:20) by expectation
// maximisation: each item has a true class, and each rater gives each class's values with
// probabilities of their own. It starts from the shares of votes, so that classes are those
// that a majority gives. It has converged when no probability of a class changes by more than
// tolerance. most bounds the iterations.
func (t *Table) DawidSkene(tolerance float64, most int) (Consensus, error) {
	size := len(t.Values)
	if len(t.Raters) < 2 || size < 2 {
		return Consensus{}, errors.New("the model needs two raters and two values or more")
	}
	c := Consensus{Classes: t.Values, Shares: make([]float64, size)}
	k := make([]float64, size)
	for i := range t.items {
		n := t.items[i].counts(nil, k)
		votes := make([]float64, size)
		for j, x := range k {
			votes[j] = x / n
		}
		c.Items, c.Posterior = append(c.Items, t.items[i].name), append(c.Posterior, votes)
	}
	for range t.Raters {
		given := make([][]float64, size)
		for j := range given {
			given[j] = make([]float64, size)
		}
		c.Given = append(c.Given, given)
	}
	for c.Iterations < most && !c.Converged {
		c.maximise(t)
		c.Converged = c.expect(t) <= tolerance
		c.Iterations++
	}
	c.maximise(t)
	c.Accuracy = make([]float64, len(t.Raters))
	for r, given := range c.Given {
		for j, share := range c.Shares {
			c.Accuracy[r] += share * given[j][j]
		}
	}
	return c, nil
}

// maximise finds shares and raters' probabilities from the items' classes.
func (c *Consensus) maximise(t *Table) {
	clear(c.Shares)
	for _, given := range c.Given {
		for _, row := range given {
			clear(row)
		}
	}
	for i := range t.items {
		for j, p := range c.Posterior[i] {
			c.Shares[j] += p / float64(len(t.items))
			for _, r := range t.items[i].ratings {
				c.Given[r.rater][j][r.value] += p
			}
		}
	}
	for _, given := range c.Given {
		for _, row := range given {
			total := 0.0
			for _, x := range row {
				total += x
			}
			for v := range row {
				if total > 0 {
					row[v] /= total
				} else { // the rater saw no item of this class
					row[v] = 1 / float64(len(row))
				}
			}
		}
	}
}

// expect finds the items' classes, and returns the largest change of a probability.
func (c *Consensus) expect(t *Table) (change float64) {
	c.LogLikelihood = 0
	logs := make([]float64, len(c.Shares))
	for i := range t.items {
		highest := math.Inf(-1)
		for j, share := range c.Shares {
			logs[j] = math.Log(share)
			for _, r := range t.items[i].ratings {
				logs[j] += math.Log(c.Given[r.rater][j][r.value])
			}
			highest = max(highest, logs[j])
		}
		total := 0.0
		for j := range logs {
			logs[j] = math.Exp(logs[j] - highest)
			total += logs[j]
		}
		c.LogLikelihood += highest + math.Log(total)
		for j := range logs {
			p := logs[j] / total
			change = max(change, math.Abs(p-c.Posterior[i][j]))
			c.Posterior[i][j] = p
		}
	}
	return change
}
