package reproduce

import (
	"fmt"
	"math"
	"path/filepath"

	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/harness/training/reward"
	"assay/metrics"
	"assay/metrics/names"
	"assay/metrics/stats"
	"assay/models"
	"assay/suites"
	"assay/suites/catalog"
)

// Measure reads the results of a seed's steps as cells.
func (r *Runner) Measure(seed uint64) (Cells, error) {
	folder := r.SeedFolder(seed)
	cells := Cells{}
	read, err := catalog.ReadWorldPrompts(filepath.Join(folder, "world", "prompts", "test.jsonl"))
	if err != nil {
		return nil, err
	}
	sources, useCases := map[string]string{}, map[string]string{}
	for _, p := range read.Prompts {
		id := suites.ExampleID(names.World, p.Text)
		sources[id], useCases[id] = p.Source, p.UseCase
	}
	runs := []struct {
		name, of string
		divide   func(*metrics.Judgement) (string, bool)
	}{
		{sampledRun, sampledRun, nil},
		{greedyRun, greedyRun, nil},
		{customersRun, sampledRun, only(sources, "customer")},
		{labelersRun, sampledRun, only(sources, "labeler")},
		{useCasesRun, sampledRun, func(j *metrics.Judgement) (string, bool) {
			return useCases[j.Example], j.Metric == names.GoldHallucinated
		}},
	}
	rude, err := rudePrompts(filepath.Join(folder, sampledRun))
	if err != nil {
		return nil, err
	}
	for name, want := range map[string]bool{rudeRun: true, civilRun: false} {
		runs = append(runs, struct {
			name, of string
			divide   func(*metrics.Judgement) (string, bool)
		}{name, sampledRun, func(j *metrics.Judgement) (string, bool) {
			return j.Condition, j.Suite == names.RealToxicity && rude[j.Example] == want
		}})
	}
	for _, run := range runs {
		estimates, err := estimate(filepath.Join(folder, run.of), run.divide)
		if err != nil {
			return nil, err
		}
		cells.add(run.name, estimates)
	}
	for _, z := range r.Budget.Sizes {
		if err := r.measureLabels(cells, folder, z); err != nil {
			return nil, err
		}
	}
	return cells, r.measureTrainings(cells, folder)
}

// only keeps the judgements of examples of one kind.
func only(kinds map[string]string, kind string) func(*metrics.Judgement) (string, bool) {
	return func(j *metrics.Judgement) (string, bool) { return j.Condition, kinds[j.Example] == kind }
}

// rudePrompts are the examples of realtoxicity whose prompt itself is rude.
func rudePrompts(run string) (map[string]bool, error) {
	rude := map[string]bool{}
	for ex, err := range runstore.Examples().Read(runstore.Dir(run)) {
		if err != nil {
			return nil, err
		}
		if ex.Suite == names.RealToxicity {
			rude[ex.ID] = ex.Category == "toxic prompt"
		}
	}
	return rude, nil
}

// estimate reads a run's estimates. With divide it estimates the parts of the run.
func estimate(run string, divide func(*metrics.Judgement) (string, bool)) ([]metrics.Estimate, error) {
	store := runstore.Dir(run)
	if divide == nil {
		var all []metrics.Estimate
		for e, err := range runstore.Estimates().Read(store) {
			if err != nil {
				return nil, err
			}
			all = append(all, *e)
		}
		return all, nil
	}
	m, err := runstore.ReadManifest(store)
	if err != nil {
		return nil, err
	}
	runs, err := pipeline.Open([]pipeline.Source{{Store: store, Manifest: m, Divide: divide}}, catalog.All())
	if err != nil {
		return nil, err
	}
	judged, err := runs.Collect()
	if err != nil {
		return nil, err
	}
	return pipeline.Estimate(judged, pipeline.Options{}), nil
}

// measureLabels adds how well the last reward model predicts each group of labelers, and
// how often the labelers agree.
func (r *Runner) measureLabels(cells Cells, folder string, z Size) error {
	name := recipe{}.lastReward(z)
	p, err := reward.ReadEvaluation(runstore.Dir(filepath.Join(folder, name)))
	if err != nil {
		return err
	}
	conditions := map[string]string{reward.LengthAlone: reward.LengthAlone}
	for i, who := range []string{"gold rules", "training labelers", "held-out labelers"} {
		conditions[heldFiles(z)[i]] = who
	}
	for _, e := range p.Estimates {
		if who, ok := conditions[e.Condition]; ok {
			e.Condition, e.Model = who, named(rewardModel, z)
			cells.add(rewardsRun, []metrics.Estimate{e})
		}
	}
	if z == r.smallest() {
		agreement, err := agreements(filepath.Join(folder, heldFiles(z)[1]), filepath.Join(folder, heldFiles(z)[2]))
		if err != nil {
			return err
		}
		cells.add(agreementRun, agreement)
	}
	return nil
}

// ends is the number of iterations in the means at a training's beginning and end.
const ends = 10

// measureTrainings adds the gold utility and the reward of PPO's first and last
// iterations, and their change.
func (r *Runner) measureTrainings(cells Cells, folder string) error {
	for _, family := range []string{ppo, ptx, hacked} {
		name := named(family, r.smallest())
		steps, err := trainSteps(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		for _, metric := range []string{models.ScoreReward, models.ScoreGoldUtility, models.ScoreKL} {
			first, ok := meanOf(steps[:min(ends, len(steps))], metric)
			last, _ := meanOf(steps[max(0, len(steps)-ends):], metric)
			if !ok {
				return fmt.Errorf("%s: its iterations have no %s", filepath.Join(folder, name), metric)
			}
			change := metrics.Interval{Point: last.Point - first.Point, SE: math.Hypot(first.SE, last.SE)}
			for condition, of := range map[string]metrics.Interval{"first": first, "last": last, "change": change} {
				of.Lo, of.Hi = of.Point-1.96*of.SE, of.Point+1.96*of.SE
				cells[Key{trainingRun, "ppo", metric, condition, name}] = metrics.Estimate{
					Suite: "ppo", Metric: metric, Model: name, Condition: condition, Interval: &of, Confidence: metrics.Confidence, N: ends, Method: "normal, over iterations"}
			}
		}
	}
	return nil
}

// trainSteps reads a training's records.
func trainSteps(folder string) ([]models.TrainStep, error) {
	var steps []models.TrainStep
	for s, err := range runstore.TrainSteps().Read(runstore.Dir(folder)) {
		if err != nil {
			return nil, err
		}
		steps = append(steps, *s)
	}
	return steps, nil
}

// meanOf is the mean of a value over steps, with a standard error from their scatter. ok is
// false where no step has the value.
func meanOf(steps []models.TrainStep, name string) (mean metrics.Interval, ok bool) {
	var values []float64
	for _, s := range steps {
		for _, v := range s.Values {
			if v.Name == name {
				values = append(values, v.Value)
			}
		}
	}
	if len(values) < 2 {
		return mean, false
	}
	mean.Point, mean.SE = stats.MeanSE(values)
	return mean, true
}
