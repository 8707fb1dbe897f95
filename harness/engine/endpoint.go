package engine

import (
	"context"
	"fmt"
	"iter"

	"assay/models"
)

// Endpoint answers requests: a model of the plan, or the model or service behind a judge.
type Endpoint struct {
	Info        models.Info // its fingerprint is part of the address of every answer
	Ask         func(context.Context, models.Request) (models.Answer, error)
	Sender      models.Sender                         // nil where there is no server
	System      string                                // put above every prompt; for a judge, above its own instruction
	Sampling    func(models.Sampling) models.Sampling // overrides the caller's sampling; nil changes nothing
	Concurrency int                                   // maximum number of requests at a time, at least 1
	Price       Price
	Probe       func(context.Context) error // called once, before the first request; nil passes
	// Trouble returns how many attempts were repeated so far, and how many failed, by
	// reason. It is nil if attempts are not repeated.
	Trouble func() (retries int, faults map[string]int)
}

// Ask returns an [Endpoint]'s Ask for a model that generates, scores, or both: g or s may be
// nil. The name is for errors.
func Ask(name string, g models.Generator, s models.Scorer) func(context.Context, models.Request) (models.Answer, error) {
	return func(ctx context.Context, r models.Request) (models.Answer, error) {
		switch {
		case r.Choices != nil && s != nil:
			return s.Score(ctx, r)
		case r.Choices == nil && g != nil:
			return g.Generate(ctx, r)
		}
		return models.Answer{}, fmt.Errorf("the model %s can't answer requests of this kind", name)
	}
}

// endpoints yields each endpoint once, with a name for messages: the models, then the
// judges that query one. A judge may serve several suites.
func (j *Job) endpoints() iter.Seq2[string, *Endpoint] {
	return func(yield func(string, *Endpoint) bool) {
		for i := range j.Models {
			if m := &j.Models[i]; !yield("model "+m.Info.Name, &m.Endpoint) {
				return
			}
		}
		for name, e := range j.judges() {
			if !yield(name, e) {
				return
			}
		}
	}
}

// judges yields the endpoint of each judge that has one, once.
func (j *Job) judges() iter.Seq2[string, *Endpoint] {
	return func(yield func(string, *Endpoint) bool) {
		seen := map[string]bool{}
		for i := range j.Suites {
			for k := range j.Suites[i].Judges {
				judge := &j.Suites[i].Judges[k]
				if judge.Ask == nil || seen[judge.Name()] {
					continue
				}
				seen[judge.Name()] = true
				if !yield("judge "+judge.Name(), &judge.Endpoint) {
					return
				}
			}
		}
	}
}
