package engine

import (
	"assay/harness/runstore"
	"assay/models"
	"assay/suites"
)

// Preview is what a run would request of one model under one condition of a suite.
type Preview struct {
	Suite, Condition, Model string

	Requests int // of the plan
	Known    int // of these, those with an answer
	// Calls is the maximum number of calls for the requests that are not known: a request to
	// score choices takes one call per choice if the server echoes, and one call otherwise.
	Calls int
	// Judged is the maximum number of requests that judges would send about the answers.
	Judged int
	// Prompt and Completion are estimated tokens of the requests without an answer: the
	// prompts' characters divided by 4, and the plan's limit on answers. Completion is 0 if
	// the plan sets no limit.
	Prompt, Completion int
	Dollars            float64
	First              *models.Request // the first that would be sent; nil where all have answers
}

// CharactersPerToken is a rule of thumb for English text; a remote model's tokenizer is not
// at hand.
const CharactersPerToken = 4

// Previews lists what a run would request of models, and sends nothing. What judges would
// request depends on the answers.
func Previews(job *Job, store runstore.Store, opt Options) ([]Preview, error) {
	if err := job.adoptChanges(store, &opt); err != nil {
		return nil, err
	}
	known, err := readAnswers(store, &opt)
	if err != nil {
		return nil, err
	}
	defer known.close()
	var out []Preview
	for t := range job.Tasks(nil) {
		key := Preview{Suite: t.Suite.Name, Condition: t.Request.About.Condition, Model: t.Model.Info.Name}
		if n := len(out); n == 0 || out[n-1].Suite != key.Suite || out[n-1].Condition != key.Condition || out[n-1].Model != key.Model {
			out = append(out, key)
		}
		p := &out[len(out)-1]
		p.Requests++
		p.Judged += t.Suite.judgeRequests(t.Model.Info.Name == job.Baseline)
		ok, err := known.known(t.ID)
		if err != nil {
			return nil, err
		}
		if ok {
			p.Known++
			continue
		}
		p.Calls += max(1, len(t.Request.Choices))
		u := estimate(&t.Request)
		p.Prompt += u.Prompt
		p.Completion += u.Completion
		p.Dollars += t.Model.Price.Of(u)
		if p.First == nil {
			p.First = &t.Request
		}
	}
	return out, nil
}

// judgeRequests is the most requests that the suite's judges make about one answer.
func (s *Suite) judgeRequests(baseline bool) int {
	n := 0
	for i := range s.Judges {
		if needs := suites.NeedsOf(s.Judges[i].Judge); !baseline || needs.Baseline != suites.AgainstBaseline {
			n += needs.Requests
		}
	}
	return n
}

// estimate is what a request may use.
func estimate(r *models.Request) models.Usage {
	n := r.Size()
	if r.Choices == nil {
		return models.Usage{Prompt: n / CharactersPerToken, Completion: r.MaxTokens}
	}
	var u models.Usage // each choice is sent with the whole prompt before it
	for _, c := range r.Choices {
		u.Prompt += (n + len(c)) / CharactersPerToken
	}
	if r.Letters != nil {
		u.Completion = r.MaxTokens
	}
	return u
}
