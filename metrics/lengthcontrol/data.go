package lengthcontrol

import (
	"errors"
	"math"
	"slices"
)

// Row is one preference between a model's output and its baseline's.
type Row struct {
	// Longer is by how many characters the baseline's output is longer than the model's.
	Longer float64
	// Difficulty is that of the instruction, if [Data.Difficulties] is set.
	Difficulty float64
	// Preference is 1 if the model's output is better, and 0 if the baseline's is. Rows that are
	// Unscored have none. They are not fitted, but count in the standard deviation of lengths
	// and in the mean of predictions.
	Preference float64
	Unscored   bool
	// Cluster numbers what rows share, such as their prompt, from 0 without gaps.
	Cluster int
}

// Gamed is a preference between a version of the baseline that was asked for another length
// and the baseline itself.
type Gamed struct {
	Longer     float64 // divided by its standard deviation
	Difficulty float64
	Preference float64
}

// Data is what a model is fitted to.
type Data struct {
	Rows         []Row
	Difficulties bool // rows have them
	Gamed        []Gamed
}

// gamedWeight is that of one row; there are two versions of the baseline, which together
// have the tool's lambda of 0.2.
const gamedWeight = 0.2 / 2

// Errors of data that have no fit.
var (
	errFew       = errors.New("a length-controlled win rate needs preferences on at least 5 examples")
	errLengths   = errors.New("no length control: all outputs differ from the baseline's by the same number of characters")
	errNotFinite = errors.New("a length or difficulty is not finite, or a preference is not from 0 to 1")
	errGamed     = errors.New("gamed rows need difficulties")
)

// check refuses data without a fit.
func (d *Data) check() error {
	if len(d.Gamed) > 0 && !d.Difficulties {
		return errGamed
	}
	seen := map[int]bool{}
	for i := range d.Rows {
		r := &d.Rows[i]
		if !finite(r.Longer) || d.Difficulties && !finite(r.Difficulty) || !r.Unscored && !(r.Preference >= 0 && r.Preference <= 1) {
			return errNotFinite
		}
		if !r.Unscored {
			seen[r.Cluster] = true
		}
	}
	for _, g := range d.Gamed {
		if !finite(g.Longer) || !finite(g.Difficulty) || !(g.Preference >= 0 && g.Preference <= 1) {
			return errNotFinite
		}
	}
	if len(seen) < folds {
		return errFew
	}
	if !(d.spread(func(int) float64 { return 1 }) > 0) {
		return errLengths
	}
	return nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// spread is the sample standard deviation of the differences in length, of rows that count
// times.
func (d *Data) spread(count func(cluster int) float64) float64 {
	var n, sum, squares float64
	for i := range d.Rows {
		k := count(d.Rows[i].Cluster)
		n += k
		sum += k * d.Rows[i].Longer
	}
	for i := range d.Rows {
		k, away := count(d.Rows[i].Cluster), d.Rows[i].Longer-sum/n
		squares += float64(k * away * away)
	}
	return math.Sqrt(squares / (n - 1))
}

// scored reports whether a row that counts has a preference.
func (d *Data) scored(count func(cluster int) float64) bool {
	return slices.ContainsFunc(d.Rows, func(r Row) bool { return !r.Unscored && count(r.Cluster) > 0 })
}

// dim is the number of terms: length, perhaps difficulty, constant.
func (d *Data) dim() int {
	if d.Difficulties {
		return 3
	}
	return 2
}

func (d *Data) terms(to []float64, length, difficulty, constant float64) []float64 {
	if d.Difficulties {
		return append(to, length, difficulty, constant)
	}
	return append(to, length, constant)
}
