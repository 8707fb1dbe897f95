package lengthcontrol

import (
	"math"

	"assay/harness/leaf/logistic"
	"assay/metrics/stats"
)

// Fit is a fitted model.
type Fit struct {
	WinRate float64 // from 0 to 1, with outputs of equal length
	Weights []float64
	Penalty float64 // the inverse of its strength: scikit-learn's C
	classes *Data   // the distinct rows, each its own cluster
	class   []int   // of each row
	rows    []Row
}

// New chooses the penalty by cross-validation, and fits all rows with it.
func New(d *Data) (*Fit, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	all := d.design(func(int) float64 { return 1 })
	c, err := all.choose()
	if err != nil {
		return nil, err
	}
	w, err := all.fit(c, nil)
	if err != nil {
		return nil, err
	}
	f := &Fit{WinRate: d.predict(w, func(int) float64 { return 1 }), Weights: w, Penalty: c}
	f.classify(d)
	return f, nil
}

// classify finds the distinct rows: a refit of as many as these is that of all rows, and of short outputs
// they are few.
func (f *Fit) classify(d *Data) {
	f.rows, f.class = d.Rows, make([]int, len(d.Rows))
	f.classes = &Data{Difficulties: d.Difficulties, Gamed: d.Gamed}
	of := map[Row]int{}
	for i, r := range d.Rows {
		r.Cluster = 0
		if r.Unscored {
			r.Preference = 0
		}
		if !d.Difficulties {
			r.Difficulty = 0
		}
		class, seen := of[r]
		if !seen {
			class = len(of)
			of[r] = class
			r.Cluster = class
			f.classes.Rows = append(f.classes.Rows, r)
		}
		f.class[i] = class
	}
}

// Even reports whether the penalty removed the constant, as if the models were equally good.
func (f *Fit) Even() bool { return f.Weights[len(f.Weights)-1] == 0 }

// Refit is the win rate if clusters count so many times each, with the penalty of f: repeated
// rows would be in several folds, and so mislead a new choice. It is NaN if there is no fit, as
// where no row that counts has a preference.
func (f *Fit) Refit(counts []float64) float64 {
	times := make([]float64, len(f.classes.Rows))
	for i, class := range f.class {
		times[class] += counts[f.rows[i].Cluster]
	}
	count := func(class int) float64 { return times[class] }
	if !f.classes.scored(count) || !(f.classes.spread(count) > 0) {
		return math.NaN()
	}
	w, err := f.classes.design(count).fit(f.Penalty, f.Weights)
	if err != nil {
		return math.NaN()
	}
	return f.classes.predict(w, count)
}

// predict is the mean prediction with the length term 0.
func (d *Data) predict(w []float64, count func(cluster int) float64) float64 {
	var sum, n float64
	x := make([]float64, 0, len(w))
	for i := range d.Rows {
		r := &d.Rows[i]
		z := 0.0
		for j, v := range d.terms(x[:0], 0, r.Difficulty, 1) {
			z += float64(v * w[j])
		}
		k := count(r.Cluster)
		sum += float64(k * logistic.Of(z))
		n += k
	}
	return sum / n
}

// design is the matrix of a regression: the gamed rows and then the others, as in the tool.
type design struct {
	x, targets, weights []float64
	groups              []int // rows that stay in one fold
	dim                 int
}

func (d *Data) design(count func(cluster int) float64) *design {
	n := len(d.Gamed) + len(d.Rows)
	m := &design{dim: d.dim(), x: make([]float64, 0, n*d.dim()), targets: make([]float64, 0, n), weights: make([]float64, 0, n), groups: make([]int, 0, n)}
	for i, g := range d.Gamed {
		m.x = d.terms(m.x, math.Tanh(g.Longer), g.Difficulty, 0)
		m.add(g.Preference, gamedWeight, i)
	}
	spread := d.spread(count)
	for i := range d.Rows {
		r := &d.Rows[i]
		if k := count(r.Cluster); !r.Unscored && k > 0 {
			m.x = d.terms(m.x, math.Tanh(r.Longer/spread), r.Difficulty, 1)
			m.add(r.Preference, k, len(d.Gamed)+r.Cluster)
		}
	}
	return m
}

func (m *design) add(target, weight float64, group int) {
	m.targets, m.weights, m.groups = append(m.targets, target), append(m.weights, weight), append(m.groups, group)
}

func (m *design) fit(c float64, start []float64) ([]float64, error) {
	return stats.LassoLogistic(m.x, m.targets, m.weights, c, start)
}
