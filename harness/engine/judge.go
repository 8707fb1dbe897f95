package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"assay/metrics"
	"assay/models"
	"assay/models/remote"
	"assay/suites"
)

// judged is a task with all that came of it.
type judged struct {
	task       Task
	completion models.Completion
	verdicts   []models.Completion
	judgements []metrics.Judgement
	repeats    []metrics.Repeat
	unread     []Unread // each counts 1
	dollars    float64  // cost of the answers, whichever session paid it
}

// judge runs the judges of a task's suite on its completion.
func (s *runner) judge(ctx context.Context, t Task) (judged, error) {
	out := judged{task: t}
	var err error
	if out.completion, err = s.completion(t); err != nil {
		return out, err
	}
	out.dollars = t.Model.Price.ofAnswer(&out.completion)
	for i := range t.Suite.Judges {
		j := &t.Suite.Judges[i]
		js, err := s.judgeBy(ctx, j, &out)
		if err != nil {
			return out, fmt.Errorf("judge %s: %w", j.Name(), err)
		}
		out.judgements = append(out.judgements, js...)
	}
	return out, nil
}

// completion is a task's answer as a record.
func (s *runner) completion(t Task) (models.Completion, error) {
	answer, missing, err := s.answers.get(t.ID)
	if err != nil {
		return models.Completion{}, err
	}
	c := models.NewCompletion(t.ID, t.Model.Info.Name, &t.Request, answer)
	c.Missing = missing
	return c, nil
}

// judgeBy runs one judge and marks its judgements. A completion that the suite doesn't score
// ([suites.Suite.Unscored]) is shown to no judge: it is missing under every metric.
func (s *runner) judgeBy(ctx context.Context, j *Judge, out *judged) ([]metrics.Judgement, error) {
	suite := &out.task.Suite.Suite
	item := suites.Item{Example: *out.task.Example, Completion: out.completion}
	needs := suites.NeedsOf(j.Judge)
	var baseline metrics.Mark
	switch own := s.job.Baseline == "" || s.job.Baseline == out.task.Model.Info.Name; {
	case own && needs.Baseline == suites.AgainstBaseline:
		return nil, nil
	case !own && needs.Baseline != suites.NoBaseline:
		against, err := s.baseline(out.task)
		if err != nil {
			return nil, err
		}
		baseline = suites.MarkOf(&against)
		against.Missing = suite.Unscored(&against)
		item.Baseline = &against
	}
	js, err := s.judgeItem(ctx, j, out, item)
	if err == nil {
		suites.Stamp(js, suites.MarkOf(&item.Completion), baseline)
		j.markLearned(js, &item)
	}
	return js, err
}

// markLearned marks judgements of an answer, or of two, that the judge was trained on.
func (j *Judge) markLearned(js []metrics.Judgement, item *suites.Item) {
	if j.Learned == nil {
		return
	}
	learned := j.Learned(&item.Example, item.Completion.Text) || item.Baseline != nil && j.Learned(&item.Example, item.Baseline.Text)
	for i := range js {
		js[i].Learned = learned
	}
}

// judgeItem runs the judge where there is something to judge.
func (s *runner) judgeItem(ctx context.Context, j *Judge, out *judged, item suites.Item) ([]metrics.Judgement, error) {
	reason := absence(&out.task.Suite.Suite, &out.completion)
	if reason == "" && suites.NeedsOf(j.Judge).Baseline == suites.AgainstBaseline && item.Baseline.Missing != "" {
		reason = "no completion of the baseline: " + item.Baseline.Missing
	}
	if reason != "" {
		return suites.Absent(j.Judge, item, reason), nil
	}
	js, asked, err := s.consultJudge(ctx, j, out, item, 0)
	if err == nil && asked {
		err = s.repeat(ctx, j, out, item)
	}
	return js, err
}

// consultJudge runs the judge with requests of one draw: 0, or a later one if it is asked again. asked
// says that it sent a request.
func (s *runner) consultJudge(ctx context.Context, j *Judge, out *judged, item suites.Item, draw int) (js []metrics.Judgement, asked bool, err error) {
	var stop error // a fault of more than one request, whatever the judge makes of it
	if j.Ask != nil {
		item.Over = j.Sampling
		item.Ask = func(ctx context.Context, r models.Request) (models.Answer, error) {
			asked = true
			answer, missing, err := s.consult(ctx, j, out, drawn(r, draw))
			if err != nil {
				stop = err
				return answer, err
			}
			if missing != "" {
				return answer, &remote.Failure{Reason: missing}
			}
			return answer, nil
		}
		item.Unread = func(r models.Request) bool {
			again, err := s.unread(j, out, drawn(r, draw))
			stop = cmp.Or(stop, err)
			return again
		}
	}
	js, err = j.Judge.Judge(ctx, item)
	return js, asked, cmp.Or(stop, err)
}

// drawn is a judge's request as one of several draws of its answer.
func drawn(r models.Request, draw int) models.Request {
	if r.Sample = draw; r.Temperature > 0 { // a greedy answer has nothing to draw
		r.Seed = uint64(draw)
	}
	return r
}

// absence is the reason why there is nothing to judge, or "".
func absence(suite *suites.Suite, c *models.Completion) string {
	reason := suite.Unscored(c)
	if reason != "" && c.Missing != "" {
		return "no completion: " + reason
	}
	return reason
}

// baseline is the baseline's completion of the same task.
func (s *runner) baseline(t Task) (models.Completion, error) {
	return s.completion(s.job.task(t.Suite, s.job.model(s.job.Baseline), t.Example, t.Request.About.Condition, t.Request.Sample))
}

// consult sends a request to a judge's model, through the cache, and keeps the verdict.
// missing is the reason why there is no answer.
func (s *runner) consult(ctx context.Context, j *Judge, out *judged, r models.Request) (answer models.Answer, missing string, err error) {
	r, sent, id := s.addressed(j, out, r)
	known, err := s.answers.known(id)
	if err != nil {
		return answer, "", err
	}
	if known {
		s.mu.Lock()
		s.standing(j.Info.Fingerprint).answered = true
		s.mu.Unlock()
	} else {
		if err := s.ready(ctx, &j.Endpoint); err != nil {
			return answer, "", err
		}
		if id, err = s.send(ctx, query{Endpoint: &j.Endpoint, request: r, of: out.completion.ID, id: id, sent: sent}); err != nil {
			return answer, "", err
		}
	}
	if answer, missing, err = s.answers.get(id); err != nil {
		return answer, "", err
	}
	verdict := models.NewCompletion(id, j.Info.Name, &r, answer)
	verdict.Of, verdict.Missing = out.completion.ID, missing
	if !slices.ContainsFunc(out.verdicts, func(v models.Completion) bool { return v.ID == id }) {
		out.verdicts = append(out.verdicts, verdict)
		out.dollars += j.Price.ofAnswer(&verdict)
	}
	return answer, missing, nil
}

// addressed is a judge's request as the plan has it sent, the form in which it is sent, and the
// address of its answer.
func (s *runner) addressed(j *Judge, out *judged, r models.Request) (_ models.Request, sent, id string) {
	r.About = out.task.Request.About
	if j.System != "" {
		r.System = strings.TrimSpace(j.System + "\n\n" + r.System)
	}
	sent = sentAs(j.Sender, &r)
	return r, sent, idOf(j.Info.Fingerprint, sent, &r)
}

// ready probes a judge's server before the first request to it.
func (s *runner) ready(ctx context.Context, e *Endpoint) error {
	if e.Probe == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	err, ok := s.probed[e.Info.Fingerprint]
	if !ok {
		err = e.Probe(ctx)
		if s.probed == nil {
			s.probed = map[string]error{}
		}
		s.probed[e.Info.Fingerprint] = err
	}
	return err
}
