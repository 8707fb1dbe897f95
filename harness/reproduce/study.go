package reproduce

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"assay/harness"
	"assay/harness/leaf/plural"
	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/harness/suitefile"
	"assay/metrics"
	"assay/metrics/names"
	"assay/models"
	"assay/reports"
	"assay/reports/study"
	"assay/suites/catalog"
)

// Result is the outcome of a finished reproduction.
type Result struct {
	Study *study.Study
	Seeds []uint64
	Cells []Cells // one for each seed
}

// Conclude reads the results of every seed, judges the findings, and builds the page. While
// some seed is unfinished, because only a part was run, the result is nil.
func (r *Runner) Conclude(findings []Finding) (*Result, error) {
	out := &Result{Seeds: r.seeds()}
	for _, seed := range out.Seeds {
		if record, err := r.kept(seed, r.Steps(seed)); record == nil || err != nil {
			return nil, err
		}
		read, err := LoadCells(r.resultFile(seed, ".csv"))
		if err != nil {
			return nil, err
		}
		out.Cells = append(out.Cells, read[seed])
	}
	s := &study.Study{
		Title:    "The InstructGPT paper in a small world",
		Subtitle: fmt.Sprintf("Budget %s, %s", r.Budget.Name, seedsInWords(out.Seeds)),
		Seeds:    len(out.Seeds), Null: r.Null, Baseline: r.baseline(),
		Findings: r.Judge(findings, out.Cells), Elements: r.Elements(),
	}
	out.Study = s
	if r.Null {
		s.Title = "The InstructGPT paper in a null world"
	}
	first := r.SeedFolder(out.Seeds[0])
	if err := r.describe(s, first); err != nil {
		return nil, err
	}
	r.estimates(s, out.Cells)
	for _, seed := range out.Seeds {
		for _, of := range []struct{ family, name string }{
			{ppo, fmt.Sprintf("%s of comparisons, beta %g", plural.Of(rounds+1, "round"), beta)}, {hacked, "the first reward model, without a penalty"},
		} {
			steps, err := trainSteps(filepath.Join(r.SeedFolder(seed), named(of.family, r.smallest())))
			if err != nil {
				return nil, err
			}
			s.Optimise = append(s.Optimise, study.Optimised{Name: of.name, Seed: seed, Steps: steps})
		}
	}
	for _, z := range r.Budget.Sizes {
		costs, err := r.costs(first, z)
		if err != nil {
			return nil, err
		}
		for _, c := range costs {
			s.Costs = append(s.Costs, c.Cost)
		}
	}
	return out, nil
}

func seedsInWords(seeds []uint64) string {
	if len(seeds) == 1 {
		return fmt.Sprintf("seed %d", seeds[0])
	}
	return fmt.Sprintf("seeds %d to %d", seeds[0], seeds[len(seeds)-1])
}

// describe adds the suites and models of the runs, some samples, and provenance.
func (r *Runner) describe(s *study.Study, folder string) error {
	var sources []pipeline.Source
	for _, name := range []string{greedyRun, sampledRun} {
		store := runstore.Dir(filepath.Join(folder, name))
		m, err := runstore.ReadManifest(store)
		if err != nil {
			return err
		}
		sources = append(sources, pipeline.Source{Store: store, Manifest: m})
	}
	// Both runs have the suite world; one is enough to list its judges.
	sources[1].Divide = func(j *metrics.Judgement) (string, bool) { return j.Condition, j.Suite != names.World }
	runs, err := pipeline.Open(sources, suitefile.Catalog())
	if err != nil {
		return err
	}
	judged, err := runs.Collect()
	if err != nil {
		return err
	}
	source := sources[:1]
	subject := judged.Subject(source, r.baseline())
	subject.Models = slices.DeleteFunc(subject.Models, func(i models.Info) bool { return !slices.Contains(evaluated, i.Family) })
	s.Subject = &subject
	s.Facts = []reports.Fact{
		{Name: "Program", Value: "assay " + harness.CurrentVersions().String()}, {Name: "CPU path", Value: sources[0].Manifest.Versions.CPU},
		{Name: "Budget", Value: r.Budget.Name + ": " + r.Budget.About}, {Name: "Worlds", Value: seedsInWords(r.seeds())},
	}
	samples, err := pipeline.Runs{Sources: source, Suites: runs.Suites}.Samples(2000, nil)
	if err != nil {
		return err
	}
	s.Samples, err = chosen(samples.Items, filepath.Join(folder, "world", "prompts", "test.jsonl"), func(model string) bool {
		return strings.HasSuffix(model, "-"+r.largest().Name) && slices.ContainsFunc(subject.Models, func(i models.Info) bool { return i.Name == model })
	})
	return err
}

// chosen keeps the first sample of each use case, with the answers of some models.
func chosen(items []reports.Sample, prompts string, keep func(model string) bool) ([]reports.Sample, error) {
	read, err := catalog.ReadWorldPrompts(prompts)
	if err != nil {
		return nil, err
	}
	useCase := map[string]string{}
	for _, p := range read.Prompts {
		useCase[p.Text] = p.UseCase
	}
	var out []reports.Sample
	seen := map[string]bool{}
	for _, item := range items {
		of := useCase[item.Input]
		if item.Suite != names.World && item.Suite != "Small world" || of == "" || seen[of] {
			continue
		}
		seen[of] = true
		item.Outputs = slices.DeleteFunc(slices.Clone(item.Outputs), func(o reports.Output) bool { return !keep(o.Model) })
		out = append(out, item)
	}
	return out, nil
}

// estimates pools the seeds' numbers.
func (r *Runner) estimates(s *study.Study, seeds []Cells) {
	l := listed{metrics: map[string][]string{}}
	for _, suite := range suitefile.Catalog() {
		l.suites, l.conditions = append(l.suites, suite.Name), append(l.conditions, suite.Conditions...)
		for _, m := range suite.Metrics {
			l.metrics[suite.Name] = append(l.metrics[suite.Name], m.Name)
		}
	}
	for _, m := range s.Subject.Models {
		l.models = append(l.models, m.Name)
	}
	order := l.byPlace
	known := func(run string) []metrics.Estimate {
		return slices.DeleteFunc(pool(seeds, run, order), func(e metrics.Estimate) bool { return !slices.Contains(l.models, e.Model) })
	}
	s.Sampled, s.Greedy, s.UseCases = known(sampledRun), known(greedyRun), known(useCasesRun)
	s.Distributions = []study.Distribution{{Name: "sent to InstructGPT"}, {Name: "sent to GPT"}}
	for _, e := range s.Sampled {
		if e.Suite == names.World {
			s.Distributions[0].Estimates = append(s.Distributions[0].Estimates, e)
		}
		if e.Suite == names.WorldGPT {
			e.Suite = names.World // the same metrics on other prompts
			s.Distributions[1].Estimates = append(s.Distributions[1].Estimates, e)
		}
	}
	r.epochs(s, seeds)
	r.fittedLaws(s, seeds)
	s.Rewards = pool(seeds, rewardsRun, order)
	for _, e := range pool(seeds, agreementRun, order) {
		if e.Interval != nil {
			s.Agree = append(s.Agree, study.Agreement{Between: e.Condition, Rate: *e.Interval})
		}
	}
	if !r.Sweeps {
		return
	}
	for _, of := range sweeps() {
		out := study.Sweep{Setting: of.setting, Paper: of.paper}
		for _, v := range of.values {
			model := named(of.family(v), r.smallest())
			point := study.Swept{Value: v, Chosen: of.known[v] != ""}
			for _, run := range []string{sampledRun, greedyRun} {
				for _, e := range pool(seeds, run, order) {
					if e.Model == model && (run == greedyRun) == (e.Suite != names.World) {
						point.Estimates = append(point.Estimates, e)
					}
				}
			}
			out.Points = append(out.Points, point)
		}
		s.Sweeps = append(s.Sweeps, out)
	}
}

// epochs adds what SFT's epochs score.
func (r *Runner) epochs(s *study.Study, seeds []Cells) {
	for _, z := range r.Budget.Sizes {
		for epoch := 1; epoch <= r.Budget.Epochs; epoch++ {
			at := func(metric string) *metrics.Interval {
				return pooled(seeds, Key{epochsRun, sft, metric, strconv.Itoa(epoch), named(sft, z)}).Interval
			}
			s.Epochs = append(s.Epochs, study.Epoch{Model: named(sft, z), Epoch: epoch, Loss: at(models.ScoreValidationLoss), Reward: at(models.ScoreReward), Gold: at(models.ScoreGoldUtility)})
		}
	}
}

// fittedLaws adds the laws of over-optimisation.
func (r *Runner) fittedLaws(s *study.Study, seeds []Cells) {
	prompts := func(n int) string { return plural.Of(n, "prompt") }
	of := []struct{ family, name string }{{hacked, "the first, " + prompts(r.Budget.First)}, {rewardModel, "the last"}}
	if r.Sweeps {
		for _, m := range r.lawModels() {
			of = append(of, struct{ family, name string }{m.family, prompts(r.Budget.Compared/m.divisor) + ", " + m.size.Name})
		}
	}
	for _, l := range of {
		for _, suite := range []string{"ppo", bestRun} {
			at := func(metric string) *metrics.Interval {
				k := Key{lawsRun, suite, metric, "", named(l.family, r.smallest())}
				e := pooled(seeds, k)
				for _, c := range seeds { // a mean over a part of the seeds would be of the tame ones
					if one, ok := c[k]; !ok || one.Interval == nil {
						return nil
					}
				}
				return e.Interval
			}
			if fit := (study.FittedLaw{Name: l.name, BestN: suite == bestRun, Start: at("start"), Alpha: at("alpha"), Beta: at("beta"),
				Distance: at("distance of the peak"), Gain: at("gain at the peak")}); fit.Alpha != nil {
				s.Laws = append(s.Laws, fit)
			}
		}
	}
}
