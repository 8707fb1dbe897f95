package interop

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/metrics"
)

// HELM reads the folders of helm-run: run_spec.json, scenario_state.json, per_instance_stats.json
// and stats.json. A scenario is a suite, a train trial is a sample, and a perturbation is a
// condition. The metrics are HELM's per-instance statistics of the answers of test instances.
func HELM() Importer {
	return Importer{
		Name:   "helm",
		Short:  "HELM's runs: folders with run_spec.json and per_instance_stats.json",
		Own:    true,
		Deep:   func(name string) bool { return slices.Contains(helmFiles, name) },
		Import: importHELM,
	}
}

const (
	helmSpec  = "run_spec.json"
	helmState = "scenario_state.json"
	helmEach  = "per_instance_stats.json"
	helmStats = "stats.json"
)

var helmFiles = []string{helmSpec, helmState, helmEach, helmStats}

type helmRunSpec struct {
	Name    string                    `json:"name"`
	Adapter map[string]jsontext.Value `json:"adapter_spec"`
}

type helmPerturbation struct {
	Name string `json:"name"`
}

type helmStat struct {
	Name struct {
		Name         string         `json:"name"`
		Split        string         `json:"split"`
		SubSplit     string         `json:"sub_split"`
		Perturbation jsontext.Value `json:"perturbation"`
	} `json:"name"`
	Count int            `json:"count"`
	Sum   jsontext.Value `json:"sum"`
	Mean  jsontext.Value `json:"mean"`
}

type helmInstance struct {
	ID           jsontext.Value    `json:"instance_id"`
	Perturbation *helmPerturbation `json:"perturbation"`
	Trial        int               `json:"train_trial_index"`
	Stats        []helmStat        `json:"stats"`
}

type helmRequest struct {
	Instance struct {
		ID    jsontext.Value `json:"id"`
		Split string         `json:"split"`
		Input struct {
			Text string `json:"text"`
		} `json:"input"`
		References []struct {
			Output struct {
				Text string `json:"text"`
			} `json:"output"`
			Tags []string `json:"tags"`
		} `json:"references"`
		Perturbation *helmPerturbation `json:"perturbation"`
	} `json:"instance"`
	Trial  int `json:"train_trial_index"`
	Result *struct {
		Success     bool   `json:"success"`
		Error       string `json:"error"`
		Completions []struct {
			Text   string `json:"text"`
			Finish *struct {
				Reason string `json:"reason"`
			} `json:"finish_reason"`
		} `json:"completions"`
	} `json:"result"`
}

type helmRun struct {
	*book
	dir       string
	suite     string
	model     string
	instances map[string]answer // by key
	splits    map[string]string // of each instance, by key
}

func importHELM(ctx context.Context, paths []string, opt Options, out Sink) error {
	files, b, err := begin(HELM(), paths, opt, out)
	if err != nil {
		return err
	}
	var runs []string
	for _, p := range files {
		if filepath.Base(p) == helmEach {
			runs = append(runs, p)
		}
	}
	if len(runs) == 0 {
		return fmt.Errorf("%s: no %s found; name the output folder of helm-run, such as benchmark_output/runs/SUITE", strings.Join(paths, ", "), helmEach)
	}
	have := map[string]bool{}
	for _, p := range files {
		have[p] = true
	}
	if err := eachFile(ctx, runs, opt, out, func(path string) error {
		r := &helmRun{book: b, dir: filepath.Dir(path), instances: map[string]answer{}, splits: map[string]string{}}
		return r.read(ctx, path, have)
	}); err != nil {
		return err
	}
	return b.close()
}

func (r *helmRun) read(ctx context.Context, path string, have map[string]bool) error {
	spec := filepath.Join(r.dir, helmSpec)
	if !have[spec] {
		return placed(path, 0, "no %s beside it, which says what was run; copy the complete folder", helmSpec)
	}
	var s helmRunSpec
	if err := wholeDocument(spec, r.out, &s); err != nil {
		return err
	}
	if err := r.spec(&s); err != nil {
		return placed(spec, 1, "%w", err)
	}
	if state := filepath.Join(r.dir, helmState); have[state] {
		if err := eachStat(ctx, r, state, "request_states", r.request); err != nil {
			return err
		}
	}
	if err := eachStat(ctx, r, path, "", r.instance); err != nil {
		return err
	}
	if stats := filepath.Join(r.dir, helmStats); have[stats] {
		return eachStat(ctx, r, stats, "", func(st *helmStat) error { r.printed(st, stats); return nil })
	}
	return nil
}

// spec takes the scenario and the model from a run's name: SCENARIO:ARG=VALUE,model=MODEL.
func (r *helmRun) spec(s *helmRunSpec) error {
	r.model = strings.Join(texts(s.Adapter["model"]), "")
	if s.Name == "" || r.model == "" {
		return errors.New("no name, or no model in adapter_spec; get the complete file")
	}
	scenario, args, _ := strings.Cut(s.Name, ":")
	var kept []string
	for _, arg := range strings.Split(args, ",") {
		if arg != "" && !strings.HasPrefix(arg, "model=") && !strings.HasPrefix(arg, "model_deployment=") {
			kept = append(kept, arg)
		}
	}
	r.suite = scenario
	if len(kept) > 0 {
		r.suite += ":" + strings.Join(kept, ",")
	}
	for _, name := range []string{"max_train_instances", "temperature", "max_tokens", "instructions", "method", "stop_sequences", "num_outputs"} {
		own := settingNames(name)
		if name == "max_train_instances" {
			own = "shots"
		}
		r.setting(r.suite, r.model, own, strings.Join(texts(s.Adapter[name]), ", "))
	}
	return nil
}

// eachStat passes on the elements of an array that is the document, or a member of it.
func eachStat[T any](ctx context.Context, r *helmRun, path, member string, take func(*T) error) error {
	_, err := r.inDocument(path, "the array is empty; get the complete file", func(d *document, t *tally) error {
		elements := func() error { return d.elements(func() error { return decodeRow(ctx, d, t, take) }) }
		if member == "" {
			return elements()
		}
		return d.members(func(name string) error {
			if name == member {
				return elements()
			}
			return d.skip()
		})
	})
	return err
}

// key names an instance: its id, perturbation and trial.
func (r *helmRun) key(id jsontext.Value, p *helmPerturbation, trial int) string {
	name := ""
	if p != nil {
		name = p.Name
	}
	return strings.Join([]string{strings.Join(texts(id), ""), name, strconv.Itoa(trial)}, "\x00")
}

func (r *helmRun) answer(id jsontext.Value, p *helmPerturbation, trial int) answer {
	a := answer{suite: r.suite, model: r.model, example: strings.Join(texts(id), ""), sample: max(0, trial)}
	if p != nil {
		a.condition = p.Name
	}
	return a
}

func (r *helmRun) request(q *helmRequest) error {
	in := &q.Instance
	if len(in.ID) == 0 {
		return errors.New("an instance without an id; get the complete file")
	}
	a := r.answer(in.ID, in.Perturbation, q.Trial)
	a.input = in.Input.Text
	for _, ref := range in.References {
		if slices.Contains(ref.Tags, "correct") {
			a.references = append(a.references, ref.Output.Text)
		} else {
			a.incorrect = append(a.incorrect, ref.Output.Text)
		}
	}
	switch res := q.Result; {
	case res == nil:
	case !res.Success:
		a.failed = firstLine("the request failed: " + res.Error)
	case len(res.Completions) > 0:
		a.text = &res.Completions[0].Text
		if res.Completions[0].Finish != nil {
			a.finish = res.Completions[0].Finish.Reason
			if a.finish == "unknown" {
				a.finish = ""
			}
		}
	}
	key := r.key(in.ID, in.Perturbation, q.Trial)
	if _, twice := r.instances[key]; !twice { // a request for each choice has the same instance
		r.instances[key] = a
	} else {
		kept := r.instances[key]
		kept.text = nil
		r.instances[key] = kept
	}
	r.splits[key] = in.Split
	return nil
}

// helmBookkeeping are statistics of requests and not of answers.
var helmBookkeeping = []string{"num_", "inference_", "training_", "max_prob", "batch_size", "finish_reason_", "prompt_truncated", "estimated_", "logprob"}

var helmLower = []string{"bits_per_byte", "logprob_per_byte", "perplexity", "ece_", "loss", "_rate"}

var helmShares = []string{"exact_match", "quasi_exact_match", "prefix_exact_match", "quasi_prefix_exact_match", "exact_match_indicator", "final_number_exact_match"}

// named makes the metric of a statistic; nil for one of requests.
func (r *helmRun) metricOf(name string) *scoreMetric {
	for _, prefix := range helmBookkeeping {
		if strings.HasPrefix(name, prefix) {
			return nil
		}
	}
	f := form{kind: new(metrics.Mean)}
	base, _, _ := strings.Cut(name, "@")
	switch {
	case slices.Contains(helmShares, base):
		f = form{kind: new(metrics.Proportion), direction: new(metrics.HigherIsBetter), lo: new(0.0), hi: new(1.0)}
	case slices.ContainsFunc(helmLower, func(part string) bool { return strings.Contains(name, part) }):
		f.direction = new(metrics.LowerIsBetter)
	case strings.HasPrefix(name, "rouge") || strings.HasPrefix(name, "bleu") || strings.Contains(name, "f1"):
		f.direction, f.lo, f.hi = new(metrics.HigherIsBetter), new(0.0), new(1.0)
	}
	return r.metric(r.suite, name, f)
}

func (r *helmRun) instance(in *helmInstance) error {
	if len(in.ID) == 0 {
		return errors.New("an instance without an id; get the complete file")
	}
	key := r.key(in.ID, in.Perturbation, in.Trial)
	a, known := r.instances[key]
	if !known {
		a = r.answer(in.ID, in.Perturbation, in.Trial)
	}
	if plain, ok := r.instances[r.key(in.ID, nil, in.Trial)]; ok && in.Perturbation != nil { // the example is that without it
		a.input, a.references, a.incorrect = plain.input, plain.references, plain.incorrect
	}
	seen := map[string]bool{}
	for _, st := range in.Stats {
		if st.Name.Split == "train" || seen[st.Name.Name] {
			continue
		}
		m := r.metricOf(st.Name.Name)
		if m == nil {
			continue
		}
		seen[st.Name.Name] = true
		r.splits[key] = st.Name.Split
		raw := st.Mean
		if len(raw) == 0 {
			raw = st.Sum
		}
		s, err := scoreOf(m, raw)
		if err != nil {
			return fmt.Errorf("%s: %w", st.Name.Name, err)
		}
		if st.Count == 0 {
			s.value, s.missing = nil, "HELM gave no score"
		}
		a.scores = append(a.scores, s)
	}
	if r.splits[key] != "" {
		a.fields = map[string]string{"split": r.splits[key]}
	}
	return r.add(&a)
}

// printed notes an aggregate over the unperturbed or one kind of perturbed instances of a split,
// if all instances are of that split.
func (r *helmRun) printed(st *helmStat, path string) {
	splits := slices.Compact(slices.Sorted(maps.Values(r.splits)))
	if st.Name.SubSplit != "" || len(splits) != 1 || st.Name.Split != splits[0] || r.named[r.suite] == nil {
		return
	}
	var p struct {
		Name       string `json:"name"`
		ComputedOn string `json:"computed_on"`
	}
	if len(st.Name.Perturbation) > 0 && (decodeValue(st.Name.Perturbation, &p) != nil || p.ComputedOn != "" && p.ComputedOn != "perturbed") {
		return
	}
	if !slices.ContainsFunc(r.named[r.suite].metrics, func(m *scoreMetric) bool { return m.name == st.Name.Name }) {
		return
	}
	r.print(cellKey{suite: r.suite, model: r.model, condition: p.Name, metric: st.Name.Name}, st.Mean, path)
}
