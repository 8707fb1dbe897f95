package reproduce

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/names"
	"assay/metrics/stats"
	"assay/models"
)

// lawModel is a reward model for the laws: of a size, learnt from a number of prompts with
// ranked responses.
type lawModel struct {
	family  string
	size    Size
	divisor int // of the prompts of the first round of SFT's responses
}

// lawModels are the reward models for the laws: by size, and by number of comparisons.
func (o *Options) lawModels() []lawModel {
	all := []lawModel{{"law-few", o.middle(), 16}, {"law-some", o.middle(), 4}}
	for i, name := range []string{"law-small", "law-middle", "law-large"}[:len(o.Budget.Sizes)] {
		all = append(all, lawModel{name, o.Budget.Sizes[i], 1})
	}
	return all
}

// laws adds the reward models for the laws, PPO against each without a penalty, and
// best-of-n by each. All policies are of the size z.
func (l *list) laws(z Size) {
	for _, m := range l.lawModels() {
		reward := "rm-" + m.family
		l.train("reward", reward, fmt.Sprintf("reward model %s", m.family), 16*m.size.slowness/float64(m.divisor), l.reward(sft, m.size, []string{"round1.jsonl"}, heldFiles[:1], l.scale.Compared/m.divisor, ""))
		l.train("ppo", named(m.family, z), fmt.Sprintf("PPO against %s without a penalty", reward), 8*(z.slowness+m.size.slowness)/2,
			l.ppo(z, ppoSettings{reward: reward, iterations: l.scale.Hacked, faster: unpenalised, gold: true, last: true}))
		name := bestRun + "-" + m.family
		l.add(Step{Name: name, Stage: "best of n by " + reward, Seconds: 12, File: fixed(name+".yaml", l.bestOf(reward)),
			Args: []string{"run", "./" + name + ".yaml", "-o", "./" + name, "--reuse", "./" + bestRun}})
	}
}

// measureLaws adds the laws' parameters for each policy that was trained without a
// penalty, and for best-of-n by each reward model.
func (r *Runner) measureLaws(cells Cells, folder string) error {
	z := r.smallest()
	add := func(suite, family string, fit stats.Law) {
		set := func(metric string, x float64, known bool) {
			e := metrics.Estimate{Suite: suite, Metric: metric, Model: named(family, z), Confidence: metrics.Confidence, N: 1, Method: "least squares"}
			if known {
				e.Interval = &metrics.Interval{Point: x, Lo: x, Hi: x}
			}
			cells[Key{lawsRun, suite, metric, "", e.Model}] = e
		}
		d, gain, peaks := fit.Peak()
		set("start", fit.Start, true)
		set("alpha", fit.Alpha, true)
		set("beta", fit.Beta, true)
		set("distance of the peak", d, peaks)
		set("gain at the peak", gain, peaks)
	}
	of := []struct{ family, best string }{{hacked, ""}, {rewardModel, bestRun}}
	if r.Sweeps {
		for _, m := range r.lawModels() {
			of = append(of, struct{ family, best string }{m.family, bestRun + "-" + m.family})
		}
	}
	for _, f := range of {
		if f.family != rewardModel {
			steps, err := trainSteps(filepath.Join(folder, named(f.family, z)))
			if err != nil {
				return err
			}
			fit, err := stats.FitPolicyLaw(courseOf(steps))
			if err != nil {
				return fmt.Errorf("%s: %w", named(f.family, z), err)
			}
			add("ppo", f.family, fit)
		}
		if f.best == "" {
			continue
		}
		d, gold, err := bestCourse(filepath.Join(folder, f.best))
		if err != nil {
			return err
		}
		fit, err := stats.FitBestOfNLaw(d, gold)
		if err != nil {
			return fmt.Errorf("%s: %w", f.best, err)
		}
		add(bestRun, f.family, fit)
	}
	return nil
}

// courseOf are the distance and the gold utility of a training's iterations.
func courseOf(steps []models.TrainStep) (d, gold []float64) {
	for _, s := range steps {
		var kl, utility *float64
		for i := range s.Values {
			switch s.Values[i].Name {
			case models.ScoreKL:
				kl = &s.Values[i].Value
			case models.ScoreGoldUtility:
				utility = &s.Values[i].Value
			}
		}
		if kl != nil && utility != nil {
			d, gold = append(d, math.Sqrt(max(0, *kl))), append(gold, *utility)
		}
	}
	return d, gold
}

// bestCourse is the gold utility of the best of n by a run's rewards, for n = 1, 2, 4 and so on.
func bestCourse(run string) (d, gold []float64, err error) {
	reward, utility := map[string][]float64{}, map[string][]float64{}
	for j, err := range runstore.Judgements().Read(runstore.Dir(run)) {
		if err != nil {
			return nil, nil, err
		}
		to := map[string]map[string][]float64{names.RewardScore: reward, names.GoldUtility: utility}[j.Metric]
		if to != nil && j.Scored() {
			to[j.Example] = append(to[j.Example], j.Value[0])
		}
	}
	examples := slices.Sorted(func(yield func(string) bool) {
		for example := range reward {
			if len(reward[example]) == bestOf && len(utility[example]) == bestOf && !yield(example) {
				return
			}
		}
	})
	if len(examples) == 0 {
		return nil, nil, fmt.Errorf("%s: no prompt with %d scored answers; remove the folder and run the command again", run, bestOf)
	}
	for n := 1; n <= bestOf; n *= 2 {
		mean := 0.0
		for _, example := range examples {
			mean += stats.BestOfN(reward[example], utility[example], n) / float64(len(examples))
		}
		d, gold = append(d, stats.BestOfNDistance(n)), append(gold, mean)
	}
	return d, gold, nil
}
