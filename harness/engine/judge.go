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
	dollars    float64 // that the answers cost, whenever that was
}

// judge has the judges of a task's suite judge its completion.
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

// judgeBy has one judge judge, and marks its judgements. What the suite doesn't score
// ([suites.Suite.Unscored]) no judge sees: that is a missing judgement under every metric.
func (s *runner) judgeBy(ctx context.Context, j *Judge, out *judged) ([]metrics.Judgement, error) {
	suite := &out.task.Suite.Suite
	item := suites.Item{Example: *out.task.Example, Completion: out.completion}
	comparer, compares := j.Judge.(suites.Comparer)
	var baseline metrics.Mark
	own := s.job.Baseline == "" || s.job.Baseline == out.task.Model.Info.Name
	switch {
	case j.Kind == suites.Pairwise && own:
		return nil, nil
	case !own && (compares || j.Kind == suites.Pairwise):
		against, err := s.baseline(out.task)
		if err != nil {
			return nil, err
		}
		baseline = suites.MarkOf(&against)
		against.Missing = suite.Unscored(&against)
		item.Baseline = &against
	}
	js, err := s.judgeItem(ctx, j, out, item, comparer)
	if err == nil {
		suites.Stamp(js, suites.MarkOf(&item.Completion), baseline)
	}
	return js, err
}

// judgeItem asks the judge, where there is something to judge.
func (s *runner) judgeItem(ctx context.Context, j *Judge, out *judged, item suites.Item, comparer suites.Comparer) ([]metrics.Judgement, error) {
	reason := absence(&out.task.Suite.Suite, &out.completion)
	if comparer != nil {
		if reason != "" {
			return comparer.Absent(item, reason), nil
		}
		return comparer.Judge(ctx, item)
	}
	opponent := ""
	if item.Baseline != nil {
		opponent = item.Baseline.Model
		if reason == "" && item.Baseline.Missing != "" {
			reason = "no completion of the baseline: " + item.Baseline.Missing
		}
	}
	if reason != "" {
		var js []metrics.Judgement
		for _, metric := range j.Metrics() {
			one := suites.NewMissing(out.completion, metric, j.Name(), reason)
			one.Baseline = opponent
			js = append(js, one)
		}
		return js, nil
	}
	var stop error // what is no matter of one request, whatever the judge makes of it
	if j.Ask != nil {
		item.Over = j.Sampling
		item.Ask = func(ctx context.Context, r models.Request) (models.Answer, error) {
			answer, missing, err := s.consult(ctx, j, out, r)
			if err != nil {
				stop = err
				return answer, err
			}
			if missing != "" {
				return answer, &remote.Failure{Reason: missing}
			}
			return answer, nil
		}
	}
	js, err := j.Judge.Judge(ctx, item)
	return js, cmp.Or(stop, err)
}

// absence says why there is nothing to judge; "" where there is.
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

// consult asks a judge's own model, through the cache, and keeps the verdict. It
// gives the reason where the model gave up.
func (s *runner) consult(ctx context.Context, j *Judge, out *judged, r models.Request) (answer models.Answer, missing string, err error) {
	r.About = out.task.Request.About
	if j.System != "" {
		r.System = strings.TrimSpace(j.System + "\n\n" + r.System)
	}
	sent := sentAs(j.Sender, &r)
	id := idOf(j.Info.Fingerprint, sent, &r)
	known, err := s.answers.known(id)
	if err != nil {
		return answer, "", err
	}
	if known {
		s.mu.Lock()
		s.standing(j.Info.Fingerprint).answered = true
		s.mu.Unlock()
	} else {
		if err := s.ready(ctx, j); err != nil {
			return answer, "", err
		}
		by := asker{info: j.Info, price: j.Price, ask: j.Ask, concurrency: j.Concurrency, sender: j.Sender, of: out.completion.ID, id: id, sent: sent}
		if id, err = s.ask(ctx, by, r); err != nil {
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

// ready probes a judge's server before the first request to it.
func (s *runner) ready(ctx context.Context, j *Judge) error {
	if j.Probe == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	err, ok := s.probed[j.Info.Fingerprint]
	if !ok {
		err = j.Probe(ctx)
		if s.probed == nil {
			s.probed = map[string]error{}
		}
		s.probed[j.Info.Fingerprint] = err
	}
	return err
}
