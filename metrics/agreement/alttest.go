package agreement

import (
	"fmt"
	"math"
	"slices"

	"assay/metrics/stats"

	"gonum.org/v1/gonum/stat/distuv"
)

// Likeness says how a value is compared with those of the other people.
type Likeness int

const (
	// Same: the share of the others with the same value.
	Same Likeness = iota
	// Near: minus the root of the mean squared difference from the others.
	Near
)

// AltOptions are the settings of [Table.AltTest]. A zero gives the default of the authors' code.
type AltOptions struct {
	Epsilon  float64  // how much worse than a person the judge may be, since the judge costs less; 0 means 0.2
	Q        float64  // false discovery rate; 0 means 0.05
	Likeness Likeness //
}

// What the test needs at least.
const (
	LeastPeople = 3
	LeastItems  = 30
)

// AltTest is the outcome of the alternative annotator test.
type AltTest struct {
	// Wins is the share of people compared with whom the judge is significantly no more than
	// Epsilon worse. From 0.5 on, the judge may replace people (Passed).
	Wins    float64 `json:"winning_rate"`
	Passed  bool    `json:"passed"`
	Epsilon float64 `json:"epsilon"`
	// Advantage is the average over people of how often the judge agrees with the others as
	// well as the person who was left out does, or better.
	Advantage float64  `json:"advantage"`
	People    []AltWin `json:"people"`
	Left      []string `json:"left_out,omitempty"` // people with too few items
	Likeness  Likeness `json:"-"`
}

// AltWin is the judge against one person.
type AltWin struct {
	Person   string  `json:"person"`
	Items    int     `json:"items"`
	Clusters int     `json:"clusters"`
	Judge    float64 `json:"judge"`        // share of items on which the judge is as close to the others, or closer
	Human    float64 `json:"person_share"` // share on which the person is
	P        float64 `json:"p"`            // that the judge is more than Epsilon worse
	Wins     bool    `json:"wins"`
}

// AltTest tests whether a judge may replace one of several people (Calderon, Reichart and Dror 2025,
// arXiv 2501.10970). Each person is left out in turn. On each item that the person, the judge
// and at least one other person rated, the person's value and the judge's are compared with
// those of the others. A one-sided t-test says whether the judge is less than epsilon
// worse. Its standard error is clustered; if each item is its own cluster, it is the
// authors' test. The procedure of Benjamini and Yekutieli adjusts it for the number of people.
// The error says why data are too few for it.
func (t *Table) AltTest(judge string, people []string, o AltOptions) (AltTest, error) {
	if o.Epsilon == 0 {
		o.Epsilon = 0.2
	}
	if o.Q == 0 {
		o.Q = 0.05
	}
	out := AltTest{Epsilon: o.Epsilon, Likeness: o.Likeness}
	at := slices.Index(t.Raters, judge)
	if at < 0 {
		return out, fmt.Errorf("%s rated nothing", judge)
	}
	others := t.members(people)
	others[at] = false
	var p []float64
	for person, in := range others {
		if !in {
			continue
		}
		one, ok := t.against(at, person, others, o)
		if !ok {
			out.Left = append(out.Left, t.Raters[person])
			continue
		}
		out.People = append(out.People, one)
		p = append(p, one.P)
	}
	if len(p) < LeastPeople {
		return out, fmt.Errorf("the test needs %d people with %d items each that the judge and another person rated too; there are %d", LeastPeople, LeastItems, len(p))
	}
	for i, adjusted := range stats.BenjaminiYekutieli(p) {
		out.People[i].Wins = adjusted <= o.Q
		if out.People[i].Wins {
			out.Wins += 1 / float64(len(p))
		}
		out.Advantage += out.People[i].Judge / float64(len(p))
	}
	out.Passed = out.Wins >= 0.5-1e-9
	return out, nil
}

// against compares the judge with one person. It is false with too few items.
func (t *Table) against(judge, person int, people []bool, o AltOptions) (AltWin, bool) {
	out := AltWin{Person: t.Raters[person]}
	differences, sizes := map[int]float64{}, map[int]float64{}
	var order []int
	total := 0.0
	for i := range t.items {
		it := &t.items[i]
		judged, human := -1, -1
		var rest []float64
		for _, r := range it.ratings {
			switch {
			case r.rater == judge:
				judged = r.value
			case r.rater == person:
				human = r.value
			case people[r.rater]:
				rest = append(rest, t.Values[r.value])
			}
		}
		if judged < 0 || human < 0 || rest == nil {
			continue
		}
		j, h := o.Likeness.of(t.Values[judged], rest), o.Likeness.of(t.Values[human], rest)
		difference := 0.0
		if j >= h {
			out.Judge++
			difference--
		}
		if h >= j {
			out.Human++
			difference++
		}
		if sizes[it.cluster] == 0 {
			order = append(order, it.cluster)
		}
		differences[it.cluster] += difference
		sizes[it.cluster]++
		total += difference
		out.Items++
	}
	out.Clusters = len(order)
	if out.Items < LeastItems || out.Clusters < 2 {
		return out, false
	}
	n := float64(out.Items)
	out.Judge, out.Human = out.Judge/n, out.Human/n
	var of, in []float64
	for _, c := range order {
		of, in = append(of, differences[c]), append(in, sizes[c])
	}
	mean, se := stats.ClusteredOneWay(of, in)
	out.P = below(mean, o.Epsilon, se, float64(out.Clusters-1))
	return out, true
}

// below is the p-value that a mean is not below a limit.
func below(mean, limit, se, df float64) float64 {
	if se == 0 {
		if mean < limit {
			return 0
		}
		return 1
	}
	return distuv.StudentsT{Sigma: 1, Nu: df}.CDF((mean - limit) / se)
}

// of is how like a value is to those of the others.
func (l Likeness) of(value float64, others []float64) float64 {
	sum := 0.0
	for _, other := range others {
		if l == Near {
			sum -= (value - other) * (value - other)
		} else if value == other {
			sum++
		}
	}
	sum /= float64(len(others))
	if l == Near {
		return -math.Sqrt(-sum)
	}
	return sum
}
