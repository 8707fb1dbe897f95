package engine

import (
	"fmt"
	"iter"
	"slices"

	"assay/harness"
	"assay/harness/leaf/seed"
	"assay/models"
	"assay/suites"
)

// Job is a plan with its names resolved: models, suites and judges are ready to use.
type Job struct {
	Plan     harness.Plan // for the manifest
	Seed     uint64       // of every draw, and of resampling later
	Baseline string       // a model's name, or ""
	Models   []Model
	Suites   []Suite
}

// Model is a model of the plan.
type Model struct {
	Endpoint
	Letters bool     // it may choose by letter
	Suites  []string // names of the suites that it answers; nil for all
	// AskedAs maps a condition to the one whose requests this model gets instead. The
	// answers are recorded under the first.
	AskedAs map[string]string
}

// Suite is a suite of the plan, with the examples that the plan uses.
type Suite struct {
	suites.Suite
	Examples   []suites.Example
	Ask        func(ex *suites.Example, condition string) models.Request // see [suites.Set]
	Conditions []string                                                  // at least one; "" where the suite has none
	Samples    int                                                       // at least 1
	Sampling   models.Sampling
	Judges     []Judge
}

// Judge is a judge of the plan, or a suite's own. Its endpoint has no Ask if it needs no
// model.
type Judge struct {
	suites.Judge
	Endpoint
	// Learned reports whether the judge was trained on an answer to an example; nil if it has no
	// record of what it was trained on.
	Learned func(ex *suites.Example, answer string) bool
	Audit   Audit
}

// Task is one request of the plan.
type Task struct {
	Suite   *Suite
	Model   *Model
	Example *suites.Example
	Request models.Request
	ID      string
	sent    string // the form in which the request is sent, which is part of the id
}

// Tasks yields all requests in the plan's order: suite, condition, model,
// example, sample. If only is not nil, it yields the requests of that model.
func (j *Job) Tasks(only *Model) iter.Seq[Task] {
	return func(yield func(Task) bool) {
		for s := range j.Suites {
			suite := &j.Suites[s]
			for _, condition := range suite.Conditions {
				for m := range j.Models {
					model := &j.Models[m]
					if only != nil && only != model || !model.answers(suite) {
						continue
					}
					for e := range suite.Examples {
						for sample := range suite.Samples {
							if !yield(j.task(suite, model, &suite.Examples[e], condition, sample)) {
								return
							}
						}
					}
				}
			}
		}
	}
}

func (j *Job) task(suite *Suite, model *Model, ex *suites.Example, condition string, sample int) Task {
	as := condition
	if other, ok := model.AskedAs[condition]; ok && slices.Contains(suite.Suite.Conditions, other) {
		as = other
	}
	r := suite.Ask(ex, as)
	r.About = models.About{Suite: suite.Name, Example: ex.ID, Condition: condition, Input: ex.Input}
	if model.System != "" {
		r.System = model.System
	}
	stop := r.Stop
	if r.Sampling = suite.Sampling; stop != nil {
		r.Stop = stop
	}
	if model.Sampling != nil {
		r.Sampling = model.Sampling(r.Sampling)
	}
	r.Sample = sample
	if r.Temperature > 0 { // a greedy answer has nothing to draw, so it outlives a change of seed
		r.Seed = j.seed(&r)
	}
	if !model.Letters {
		r.Letters = nil
	} else if r.Letters != nil {
		listed := *r.Letters
		listed.Seed, listed.Reversed = j.order(&r), sample%2 == 1
		r.Letters = &listed
	}
	sent := sentAs(model.Sender, &r)
	return Task{suite, model, ex, r, idOf(model.Info.Fingerprint, sent, &r), sent}
}

// seed depends on the plan's seed and on the request's place in the plan, not on the model:
// two models draw with the same numbers.
func (j *Job) seed(r *models.Request) uint64 {
	return seed.Text(fmt.Appendf(nil, "%d %q %q %q %d", j.Seed, r.About.Suite, r.About.Example, r.About.Condition, r.Sample))
}

// order seeds the order in which choices are listed under letters. It is drawn for each
// example, greedy or not, and is the same for all conditions and models. Two samples share
// it, and the second lists it from its end: two choices appear in both orders.
func (j *Job) order(r *models.Request) uint64 {
	return seed.Text(fmt.Appendf(nil, "%d order %q %q %d", j.Seed, r.About.Suite, r.About.Example, r.Sample/2))
}

// Size counts the requests of the plan.
func (j *Job) Size() int {
	n := 0
	for i := range j.Suites {
		s := &j.Suites[i]
		for m := range j.Models {
			if j.Models[m].answers(s) {
				n += len(s.Examples) * len(s.Conditions) * s.Samples
			}
		}
	}
	return n
}

func (m *Model) answers(s *Suite) bool { return m.Suites == nil || slices.Contains(m.Suites, s.Name) }

// model finds a model by name.
func (j *Job) model(name string) *Model {
	i := slices.IndexFunc(j.Models, func(m Model) bool { return m.Info.Name == name })
	if i < 0 {
		return nil
	}
	return &j.Models[i]
}
