package reproduce

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"

	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/harness/suitefile"
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
	useCases := map[string]string{}
	for _, p := range read.Prompts {
		useCases[suites.ExampleID(names.World, p.Text)] = p.UseCase
	}
	runs := []struct {
		name, of string
		divide   func(*metrics.Judgement) (string, bool)
	}{
		{sampledRun, sampledRun, nil},
		{greedyRun, greedyRun, nil},
		{useCasesRun, sampledRun, func(j *metrics.Judgement) (string, bool) {
			return useCases[j.Example], j.Suite == names.World && j.Metric == names.GoldHallucinated
		}},
	}
	for _, of := range direct {
		runs = append(runs, struct {
			name, of string
			divide   func(*metrics.Judgement) (string, bool)
		}{of.run, of.run, nil})
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
	for _, measure := range []func(Cells, string) error{r.measureLabels, r.measureEpochs, r.measureTrainings, r.measureLaws, r.measureCosts} {
		if err := measure(cells, folder); err != nil {
			return nil, err
		}
	}
	return cells, nil
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
	runs, err := pipeline.Open([]pipeline.Source{{Store: store, Manifest: m, Divide: divide}}, suitefile.Catalog())
	if err != nil {
		return nil, err
	}
	judged, err := runs.Collect()
	if err != nil {
		return nil, err
	}
	return pipeline.Estimate(judged, pipeline.Options{}), nil
}

// measureLabels adds how well the last reward model predicts each group of labelers, the
// same by cross-validation, and how often the labelers agree.
func (r *Runner) measureLabels(cells Cells, folder string) error {
	for _, of := range []struct {
		name, run  string
		conditions map[string]string
	}{
		{rewardModel, rewardsRun, map[string]string{reward.LengthAlone: reward.LengthAlone,
			heldFiles[0]: "gold rules", heldFiles[1]: "training labelers", heldFiles[2]: "held-out labelers"}},
		{foldsReward, foldsRun, map[string]string{reward.LabelersTrained: reward.LabelersTrained, reward.LabelersHeldOut: reward.LabelersHeldOut}},
	} {
		p, err := reward.ReadEvaluation(runstore.Dir(filepath.Join(folder, of.name)))
		if err != nil {
			return err
		}
		if p == nil {
			return fmt.Errorf("%s: no evaluation of the reward model; remove the folder and run the command again", filepath.Join(folder, of.name))
		}
		for _, e := range p.Estimates {
			if who, ok := of.conditions[e.Condition]; ok {
				e.Condition, e.Model = who, named(rewardModel, r.middle())
				cells.add(of.run, []metrics.Estimate{e})
			}
		}
	}
	agreement, err := agreements(filepath.Join(folder, heldFiles[1]), filepath.Join(folder, heldFiles[2]))
	cells.add(agreementRun, agreement)
	return err
}

// measureEpochs adds what SFT's epochs score (section 3.4): the validation loss, and the
// reward model's score and the gold utility of its own responses, where recorded.
func (r *Runner) measureEpochs(cells Cells, folder string) error {
	for _, z := range r.Budget.Sizes {
		name := named(sft, z)
		steps, err := trainSteps(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		for _, metric := range []string{models.ScoreValidationLoss, models.ScoreReward, models.ScoreGoldUtility} {
			course := scoresOf(steps, metric)
			if len(course) < 2 {
				if metric == models.ScoreGoldUtility {
					continue
				}
				return fmt.Errorf("%s: its records have no %s after each epoch", filepath.Join(folder, name), metric)
			}
			set := func(condition string, x float64) {
				cells[Key{epochsRun, sft, metric, condition, name}] = metrics.Estimate{Suite: sft, Metric: metric, Model: name, Condition: condition,
					Confidence: metrics.Confidence, Interval: &metrics.Interval{Point: x, Lo: x, Hi: x}, N: 1, Method: "one training"}
			}
			best := slices.Index(course, slices.Max(course))
			if metric == models.ScoreValidationLoss {
				best = slices.Index(course, slices.Min(course))
			}
			for i, x := range course {
				set(strconv.Itoa(i+1), x)
			}
			set("first", course[0])
			set("last", course[len(course)-1])
			set("best", course[best])
			set("best epoch", float64(best+1))
		}
	}
	return nil
}

// scoresOf lists a score of a training's checkpoints.
func scoresOf(steps []models.TrainStep, name string) []float64 {
	var course []float64
	for _, s := range steps {
		for _, v := range s.Scores {
			if v.Name == name {
				course = append(course, v.Value)
			}
		}
	}
	return course
}

// ends is the number of iterations in the means at a training's beginning and end.
const ends = 10

// measureTrainings adds the gold utility and the reward of PPO's first and last
// iterations, and their change. The last is the one whose policy was kept.
func (r *Runner) measureTrainings(cells Cells, folder string) error {
	for _, family := range []string{ppo, ptx, hacked} { // of the smallest size
		name := named(family, r.smallest())
		steps, err := trainSteps(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		steps = kept(steps)
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

// kept are the steps through the one whose model was kept: the best, or the last if none was
// chosen.
func kept(steps []models.TrainStep) []models.TrainStep {
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].Best {
			return steps[:i+1]
		}
	}
	return steps
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
