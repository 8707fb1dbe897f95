package engine

import (
	"context"
	"slices"

	"assay/harness/leaf/plural"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
	"assay/suites/judge"
)

// Audit says what a judge is asked beside the plan's answers, so that a report can say how it judges.
type Audit struct {
	Repeats  int // how many more times its requests are sent
	Examples int // of each suite, about whose answers they are sent again; 0 for all
	Known    []judge.KnownPair
}

// chosen are the examples about whose answers a judge is asked again, by suite and judge.
type chosen map[[2]string]map[string]bool

// choose draws these examples.
func (j *Job) choose() (chosen, error) {
	all := chosen{}
	for i := range j.Suites {
		s := &j.Suites[i]
		for k := range s.Judges {
			a := &s.Judges[k].Audit
			if a.Repeats == 0 || s.Judges[k].Ask == nil {
				continue
			}
			drawn, _, err := Draw{Limit: a.Examples, Seed: j.Seed}.From(s.Examples)
			if err != nil {
				return nil, err
			}
			ids := map[string]bool{}
			for _, ex := range drawn {
				ids[ex.ID] = true
			}
			all[[2]string{s.Name, s.Judges[k].Name()}] = ids
		}
	}
	return all, nil
}

// knownTask is a judge with a pair whose better answer is known.
type knownTask struct {
	judge *Judge
	pair  *judge.KnownPair
}

// knownTasks lists each judge's pairs once, though it may judge several suites.
func (j *Job) knownTasks() (all []knownTask) {
	var seen []string
	for i := range j.Suites {
		for k := range j.Suites[i].Judges {
			one := &j.Suites[i].Judges[k]
			if one.Ask == nil || slices.Contains(seen, one.Name()) {
				continue
			}
			seen = append(seen, one.Name())
			for n := range one.Audit.Known {
				all = append(all, knownTask{one, &one.Audit.Known[n]})
			}
		}
	}
	return all
}

// audits reports whether a judge of the job is asked again, and whether one has known pairs.
func (j *Job) audits() (repeats, known bool) {
	for i := range j.Suites {
		for k := range j.Suites[i].Judges {
			a := &j.Suites[i].Judges[k].Audit
			repeats, known = repeats || a.Repeats > 0, known || len(a.Known) > 0
		}
	}
	return repeats, known
}

// repeat asks a judge again about an answer, if it is one of the chosen. A judge that needed no request
// the first time has nothing to be asked again.
func (s *runner) repeat(ctx context.Context, j *Judge, out *judged, item suites.Item) error {
	if !s.chosen[[2]string{out.task.Suite.Name, j.Name()}][out.task.Example.ID] {
		return nil
	}
	for draw := 1; draw <= j.Audit.Repeats; draw++ {
		js, asked, err := s.consultJudge(ctx, j, out, item, draw)
		if err != nil {
			return err
		}
		if !asked {
			return nil
		}
		suites.Stamp(js, suites.MarkOf(&item.Completion), "")
		for _, one := range js {
			out.repeats = append(out.repeats, metrics.Repeat{Draw: draw, Judgement: one})
		}
	}
	return nil
}

// judgeKnown shows a judge a pair whose better answer is known.
func (s *runner) judgeKnown(ctx context.Context, t knownTask) (judged, error) {
	ex := t.pair.Example()
	about := models.About{Suite: ex.Suite, Example: ex.ID, Input: ex.Input}
	side := func(model, text string) models.Completion {
		return models.Completion{ID: models.CompletionID("recorded:"+model, ex.ID, "", 0, 0), Suite: ex.Suite, Example: ex.ID, Model: model, Text: text, Finish: models.FinishStop}
	}
	worse := side(names.WorseAnswer, t.pair.Worse)
	item := suites.Item{Example: ex, Completion: side(names.BetterAnswer, t.pair.Better), Baseline: &worse}
	out := judged{task: Task{Example: &ex, Request: models.Request{About: about}}, completion: item.Completion}
	var err error
	out.judgements, _, err = s.consultJudge(ctx, t.judge, &out, item, 0)
	return out, err
}

// publishKnown judges all known pairs and writes what judges said of them.
func (s *runner) publishKnown(ctx context.Context, out *records) error {
	tasks := s.job.knownTasks()
	if len(tasks) == 0 {
		return nil
	}
	workers := s.judgesAtATime()
	for j, err := range inOrder(ctx, slices.Values(tasks), workers, aheadPer*workers, s.judgeKnown) {
		if err != nil {
			return err
		}
		out.dollars += j.dollars
		out.countUnread(j.unread)
		for i := range j.verdicts {
			if err := out.verdicts.Append(&j.verdicts[i]); err != nil {
				return err
			}
		}
		for i := range j.judgements {
			if err := out.known.Append(&j.judgements[i]); err != nil {
				return err
			}
		}
		s.step()
	}
	return nil
}

// auditNotice says how many requests the audit of judges may add; "" if none.
func (j *Job) auditNotice() string {
	n := 0
	all, err := j.choose()
	if err != nil {
		return ""
	}
	for t := range j.Tasks(nil) {
		for i := range t.Suite.Judges {
			one := &t.Suite.Judges[i]
			needs := suites.NeedsOf(one.Judge)
			if all[[2]string{t.Suite.Name, one.Name()}][t.Example.ID] && (t.Model.Info.Name != j.Baseline || needs.Baseline != suites.AgainstBaseline) {
				n += one.Audit.Repeats * needs.Requests
			}
		}
	}
	for _, t := range j.knownTasks() {
		n += suites.NeedsOf(t.judge.Judge).Requests
	}
	if n == 0 {
		return ""
	}
	return "For their audit, judges are sent at most " + plural.Of(n, "request") + " more."
}

// auditFiles are the streams that only runs with an audit have.
func auditFiles() []string { return []string{runstore.Repeats().File(), runstore.Known().File()} }
