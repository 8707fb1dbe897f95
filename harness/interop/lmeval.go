package interop

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/rows"
	"assay/metrics"
	"assay/metrics/statistic"
	"assay/metrics/text"
	"assay/suites"
	"assay/suites/datafile"
)

// LMEval reads what lm-evaluation-harness writes with --log_samples: samples_TASK_TIME.jsonl
// files beside their results_TIME.json. A task is a suite, and a group is another one, whose
// categories are its tasks. A metric under a filter other than "none" is METRIC,FILTER, as in
// the results.
func LMEval() Importer {
	return Importer{
		Name:   "lm-eval",
		Short:  "lm-evaluation-harness: samples_*.jsonl files with their results_*.json",
		Own:    true,
		Deep:   func(name string) bool { return isLMSamples(name) || isLMResults(name) },
		Import: importLMEval,
	}
}

func isLMSamples(name string) bool {
	return strings.HasPrefix(name, "samples_") && strings.HasSuffix(name, ".jsonl")
}

func isLMResults(name string) bool {
	return strings.HasPrefix(name, "results_") && strings.HasSuffix(name, ".json")
}

// lmResults is a results file.
type lmResults struct {
	Results      map[string]map[string]jsontext.Value `json:"results"`
	Groups       map[string]map[string]jsontext.Value `json:"groups"`
	Subtasks     map[string][]string                  `json:"group_subtasks"`
	Configs      map[string]lmConfig                  `json:"configs"`
	Shots        map[string]jsontext.Value            `json:"n-shot"`
	Higher       map[string]map[string]*bool          `json:"higher_is_better"`
	ModelName    string                               `json:"model_name"`
	System       jsontext.Value                       `json:"system_instruction"`
	ChatTemplate jsontext.Value                       `json:"chat_template"`
	path         string
	samples      map[string]string // path by task
}

type lmConfig struct {
	OutputType string `json:"output_type"`
	Metrics    []struct {
		Metric      string         `json:"metric"`
		Aggregation jsontext.Value `json:"aggregation"`
	} `json:"metric_list"`
	Metadata    map[string]jsontext.Value `json:"metadata"`
	Text        jsontext.Value            `json:"doc_to_text"`
	Description jsontext.Value            `json:"description"`
	Generation  map[string]jsontext.Value `json:"generation_kwargs"`
}

// lmQuestions are the members of documents that hold the bare question, the likeliest first.
var lmQuestions = []string{"question", "query", "problem", "goal", "instruction", "input", "prompt", "sentence", "q", "text"}

// lmSample is a row of a samples file, apart from its metrics.
type lmSample struct {
	DocID     jsontext.Value                       `json:"doc_id"`
	DocHash   string                               `json:"doc_hash"`
	Doc       map[string]jsontext.Value            `json:"doc"`
	Target    jsontext.Value                       `json:"target"`
	Arguments map[string]map[string]jsontext.Value `json:"arguments"`
	Resps     jsontext.Value                       `json:"resps"`
	Filter    string                               `json:"filter"`
	Metrics   []string                             `json:"metrics"`
}

type lmImport struct {
	*book
	runs []*lmResults
	// several says that a task was run with several numbers of examples in the prompt, which
	// are then its conditions.
	several map[string]bool
	skipped map[string]bool // metrics that were named in a notice
}

func importLMEval(ctx context.Context, paths []string, opt Options, out Sink) error {
	files, err := Walk(paths, LMEval().Deep)
	if err != nil {
		return err
	}
	b, err := newBook("lm-eval", opt, out)
	if err != nil {
		return err
	}
	im := &lmImport{book: b, several: map[string]bool{}, skipped: map[string]bool{}}
	var samples []string
	results := slices.DeleteFunc(slices.Clone(files), func(p string) bool { return !isLMResults(filepath.Base(p)) })
	for _, p := range files {
		if isLMSamples(filepath.Base(p)) {
			samples = append(samples, p)
		} else if !isLMResults(filepath.Base(p)) {
			return placed(p, 0, "the name is neither results_TIME.json nor samples_TASK_TIME.jsonl; name a folder that lm_eval wrote with --log_samples")
		}
	}
	if len(samples) == 0 {
		return fmt.Errorf("%s: no samples_*.jsonl file found; run lm_eval with --log_samples and --output_path, and name that folder", strings.Join(paths, ", "))
	}
	if len(results) > 0 {
		if err := eachFile(ctx, results, opt, out, im.results); err != nil {
			return err
		}
	}
	im.shots()
	if err := eachFile(ctx, samples, opt, out, func(path string) error { return im.samples(ctx, path) }); err != nil {
		return err
	}
	im.aggregates()
	return im.close()
}

// results reads a results file.
func (im *lmImport) results(path string) error {
	r := &lmResults{path: path, samples: map[string]string{}}
	if err := wholeDocument(path, im.out, r); err != nil {
		return err
	}
	if len(r.Results) == 0 {
		return placed(path, 1, "no member \"results\"; name a results file of lm_eval")
	}
	if r.ModelName == "" {
		r.ModelName = filepath.Base(filepath.Dir(path))
	}
	im.runs = append(im.runs, r)
	for _, task := range slices.Sorted(maps.Keys(r.Configs)) {
		if own, ok := r.Configs[task].Metadata[Own]; ok {
			var defined []suites.Definition
			if err := decodeValue(own, &defined); err != nil {
				return placed(path, 0, "assay's own definitions can't be read; export the run again")
			}
			im.definitions(defined)
		}
	}
	return nil
}

// shots finds the tasks that were run with several numbers of examples in the prompt.
func (im *lmImport) shots() {
	first := map[string]string{}
	for _, r := range im.runs {
		for task, n := range r.Shots {
			if before, ok := first[task]; ok && before != string(n) {
				im.several[task] = true
			}
			first[task] = string(n)
		}
	}
}

// of finds the run and the task of a samples file: they have the same folder and time.
func (im *lmImport) of(path string) (*lmResults, string, error) {
	for _, r := range im.runs {
		if filepath.Dir(r.path) != filepath.Dir(path) {
			continue
		}
		time := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(r.path), "results_"), ".json")
		if task, ok := strings.CutSuffix(strings.TrimPrefix(filepath.Base(path), "samples_"), "_"+time+".jsonl"); ok {
			for name := range r.Configs { // the file's name has another letter for what can't be in one
				if name == task || sanitized(name) == sanitized(task) {
					task = name
				}
			}
			return r, task, nil
		}
	}
	return nil, "", placed(path, 0, "no results_TIME.json of the same time beside it, which says what its metrics are; copy both files")
}

// sanitized keeps letters and digits.
func sanitized(name string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c > 127 {
			return c
		}
		return '_'
	}, name)
}

// condition is the number of examples in the prompt, if a task was run with several.
func (im *lmImport) condition(r *lmResults, task string) string {
	shots := string(r.Shots[task])
	for i, leaf := range r.leaves(task, 0) { // of a group
		if n := string(r.Shots[leaf]); i == 0 || n == shots {
			shots = n
		} else {
			shots = "mixed"
		}
	}
	if !im.several[task] && !slices.ContainsFunc(r.leaves(task, 0), func(leaf string) bool { return im.several[leaf] }) {
		return ""
	}
	return shots + "-shot"
}

// samples reads a task's samples.
func (im *lmImport) samples(ctx context.Context, path string) error {
	r, task, err := im.of(path)
	if err != nil {
		return err
	}
	for _, other := range im.runs {
		if before, ok := other.samples[task]; ok && other.ModelName == r.ModelName && im.condition(other, task) == im.condition(r, task) {
			return placed(path, 1, "the samples of %s on %s were read from %s already; import the runs apart, each into a run of its own", r.ModelName, task, before)
		}
	}
	r.samples[task] = path
	im.settings(r, task)
	f, err := open(path, im.out.Progress())
	if err != nil {
		return err
	}
	defer f.Close()
	lines, err := rows.NewText(path, f)
	if err != nil {
		return err
	}
	groups := r.groupsOf(task)
	tally := tally{path: path, skip: im.opt.KeepGoing}
	_, err = lines.EachLine(func(line int, value []byte) error {
		err := ctx.Err()
		if err == nil {
			err = im.sample(r, task, groups, value)
		}
		return tally.took(line, err)
	})
	return tally.end(err, "no samples; get the complete file", f, im.out)
}

// settings records how a task's requests were made.
func (im *lmImport) settings(r *lmResults, task string) {
	say := func(name string, raw jsontext.Value) {
		im.setting(task, r.ModelName, settingNames(name), strings.Join(texts(raw), ", "))
	}
	c := r.Configs[task]
	say("shots", r.Shots[task])
	say("template", c.Text)
	say("description", c.Description)
	for _, name := range slices.Sorted(maps.Keys(c.Generation)) {
		say(name, c.Generation[name])
	}
	say("system", r.System)
	say("chat template", r.ChatTemplate)
}

// groupsOf lists the groups with results of their own that a task is in, at any depth.
func (r *lmResults) groupsOf(task string) (groups []string) {
	for _, group := range slices.Sorted(maps.Keys(r.Groups)) {
		if r.within(task, group, 0) {
			groups = append(groups, group)
		}
	}
	return groups
}

const deepestGroup = 32

func (r *lmResults) within(task, group string, depth int) bool {
	return depth < deepestGroup && slices.ContainsFunc(r.Subtasks[group], func(sub string) bool {
		return sub == task || sub != group && r.within(task, sub, depth+1)
	})
}

// sample takes a row of a samples file.
func (im *lmImport) sample(r *lmResults, task string, groups []string, value []byte) error {
	var s lmSample
	if err := datafile.Decode(value, &s); err != nil {
		return memberError(err)
	}
	if len(s.DocID) == 0 || s.Metrics == nil {
		return errors.New("a sample without doc_id or metrics; name a samples file of lm_eval")
	}
	members, err := datafile.Members(value)
	if err != nil {
		return err
	}
	if own, ok := members[Own]; ok && own.Kind() == '{' {
		a := &answer{}
		a.text, _ = s.answer()
		return im.recorded(a, own)
	}
	a := &answer{
		suite: task, example: string(s.DocID), model: r.ModelName, condition: im.condition(r, task),
		input: s.prompt(), references: texts(s.Target),
	}
	if r.Configs[task].OutputType == "loglikelihood_rolling" { // the target is the text itself
		a.references = nil
	}
	for _, name := range lmQuestions {
		if v := s.Doc[name]; v.Kind() == '"' {
			a.question = texts(v)[0]
			break
		}
	}
	if s.DocHash != "" {
		a.example += " " + s.DocHash
	}
	a.text, a.choices = s.answer()
	a.references, a.incorrect = s.right(a.references, len(a.choices))
	for _, name := range s.Metrics {
		m, value, missing, err := im.score(r, task, lmName(name, s.Filter), name, members[name], a.choices)
		if err != nil {
			return fmt.Errorf("metric %s: %w", name, err)
		}
		if m != nil {
			a.scores = append(a.scores, score{metric: m, value: value, missing: missing})
		}
	}
	if err := im.add(a); err != nil {
		return err
	}
	for _, group := range groups {
		if err := im.grouped(r, *a, group); err != nil {
			return err
		}
	}
	return nil
}

// lmName is a metric's name under a filter.
func lmName(metric, filter string) string {
	if filter == "" || filter == "none" {
		return metric
	}
	return metric + "," + filter
}

// lmKey is a metric's key in results.
func lmKey(name string) string {
	if strings.Contains(name, ",") {
		return name
	}
	return name + ",none"
}

// grouped adds an answer to a group that prints some of its metrics.
func (im *lmImport) grouped(r *lmResults, a answer, group string) error {
	task, scores := a.suite, a.scores
	a.suite, a.example, a.category, a.scores, a.condition = group, task+" "+a.example, task, nil, im.condition(r, group)
	for _, s := range scores {
		if _, ok := r.Groups[group][lmKey(s.metric.name)]; !ok {
			continue
		}
		m := im.metric(group, s.metric.name, s.metric.form())
		a.scores = append(a.scores, score{metric: m, value: s.value, missing: s.missing})
	}
	if len(a.scores) == 0 {
		return nil
	}
	return im.add(&a)
}

// form is what the metric was made from.
func (m *scoreMetric) form() form {
	f := form{title: m.title, kind: m.usual, direction: m.direction, even: m.even, statistic: m.statistic, width: m.width}
	if m.declared != nil {
		f.lo, f.hi = m.declared.Lo, m.declared.Hi
	}
	return f
}

// prompt is the text that the model was given, with its examples.
func (s *lmSample) prompt() string {
	first, ok := s.Arguments["gen_args_0"]
	if !ok {
		return ""
	}
	var text string
	if json.Unmarshal(first["arg_0"], &text, jsontext.AllowInvalidUTF8(true)) != nil {
		return ""
	}
	return text
}

// right names the choices that are right and those that are wrong, if the target is the number of
// one. Otherwise the target is the reference.
func (s *lmSample) right(target []string, choices int) (right, wrong []string) {
	if choices < 2 || len(target) != 1 {
		return target, nil
	}
	gold, err := strconv.Atoi(target[0])
	if err != nil || gold < 0 || gold >= choices {
		return target, nil
	}
	for i := range choices {
		choice := texts(s.Arguments["gen_args_"+strconv.Itoa(i)]["arg_1"])
		switch {
		case len(choice) != 1:
			return target, nil
		case i == gold:
			right = append(right, strings.TrimSpace(choice[0]))
		default:
			wrong = append(wrong, strings.TrimSpace(choice[0]))
		}
	}
	return right, wrong
}

// answer is a text, or the log-probabilities of several choices.
func (s *lmSample) answer() (*string, []float64) {
	var resps [][]jsontext.Value
	if json.Unmarshal(s.Resps, &resps, jsontext.AllowInvalidUTF8(true)) != nil || len(resps) == 0 {
		return nil, nil
	}
	var choices []float64
	for _, r := range resps {
		if len(r) == 0 {
			return nil, nil
		}
		if r[0].Kind() == '"' {
			t := texts(r[0])
			return &t[0], nil
		}
		var pair []jsontext.Value
		if json.Unmarshal(r[0], &pair) != nil || len(pair) == 0 {
			return nil, nil
		}
		number := string(pair[0])
		if pair[0].Kind() == '"' { // newer versions write all answers as texts
			number = texts(pair[0])[0]
		}
		x, err := strconv.ParseFloat(number, 64)
		if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
			return nil, nil
		}
		choices = append(choices, x)
	}
	return nil, choices
}

// texts are the texts of a text or a list; anything else is its JSON.
func texts(raw jsontext.Value) []string {
	var one string
	var list []jsontext.Value
	switch {
	case len(raw) == 0 || raw.Kind() == 'n':
		return nil
	case json.Unmarshal(raw, &one, jsontext.AllowInvalidUTF8(true)) == nil:
		return []string{one}
	case json.Unmarshal(raw, &list, jsontext.AllowInvalidUTF8(true)) == nil:
		var all []string
		for _, v := range list {
			if v.Kind() == '"' {
				all = append(all, texts(v)...)
			} else {
				all = append(all, string(v))
			}
		}
		return all
	}
	return []string{string(raw)}
}

// lmShares are metrics whose values are 0 or 1 in every task.
var lmShares = []string{"acc", "acc_norm", "acc_bytes", "acc_mutual_info", "acc_norm_bytes", "exact_match", "acc_all", "em"}

// lmUnits are metrics that lie between 0 and 1 in every task.
var lmUnits = append([]string{"f1", "likelihood"}, lmShares...)

// score reads a metric's value in a sample. m is nil for a metric that can't be read; it is
// named once.
func (im *lmImport) score(r *lmResults, task, name, metric string, raw jsontext.Value, choices []float64) (m *scoreMetric, value []float64, missing string, err error) {
	f := form{}
	if higher := r.Higher[task][metric]; higher != nil {
		f.direction = new(metrics.HigherIsBetter)
		if !*higher {
			f.direction = new(metrics.LowerIsBetter)
		}
	}
	if slices.Contains(lmUnits, metric) {
		f.lo, f.hi = new(0.0), new(1.0)
	}
	if slices.Contains(lmShares, metric) {
		f.kind = new(metrics.Proportion)
	} else {
		f.kind = new(metrics.Mean)
	}
	aggregation := r.aggregation(task, metric)
	read, ok := lmAggregations[aggregation]
	if !ok {
		im.leaveOut(task, name, fmt.Sprintf("its aggregation %s is not read", aggregation))
		return nil, nil, "", nil
	}
	if read.form != nil {
		read.form(&f, choices)
	}
	switch value, missing, err = read.value(raw, choices); {
	case err != nil && aggregation == "mean" && raw.Kind() == '[':
		im.leaveOut(task, name, "its values are lists")
		return nil, nil, "", nil
	case err != nil:
		return nil, nil, "", err
	}
	return im.metric(task, name, f), value, missing, nil
}

func (im *lmImport) leaveOut(task, name, why string) {
	if key := task + "\x00" + name; !im.skipped[key] {
		im.skipped[key] = true
		im.out.Notice("%s %s is left out: %s", task, name, why)
	}
}

// aggregation is how a task aggregates a metric.
func (r *lmResults) aggregation(task, metric string) string {
	for _, m := range r.Configs[task].Metrics {
		if m.Metric == metric && m.Aggregation.Kind() == '"' {
			return texts(m.Aggregation)[0]
		}
	}
	if usual, ok := lmUsual[metric]; ok {
		return usual
	}
	return "mean"
}

// lmUsual are the aggregations of metrics for which a task names none.
var lmUsual = map[string]string{
	"perplexity": "perplexity", "word_perplexity": "weighted_perplexity", "byte_perplexity": "weighted_perplexity", "bits_per_byte": "bits_per_byte",
	"f1": "f1", "mcc": "matthews_corrcoef", "bleu": "bleu", "chrf": "chrf", "chrf++": "chrf++", "ter": "ter", "brier_score": "brier_score", "bypass": "bypass",
}

// lmAggregation reads the values of metrics that are aggregated in one way. choices are the
// log-probabilities of the answer's choices, if it has some.
type lmAggregation struct {
	form  func(f *form, choices []float64)
	value func(raw jsontext.Value, choices []float64) (value []float64, missing string, err error)
}

// lmAggregations are the aggregations that are read: functions of sums over samples. The median,
// and functions of a task's own, aren't.
var lmAggregations = map[string]lmAggregation{
	"mean":                {value: plain},
	"nanmean":             {value: plain},
	"brier_score":         {form: func(f *form, _ []float64) { f.lo, f.hi = new(0.0), new(2.0) }, value: brier},
	"perplexity":          {form: sums(statistic.ExpRatioOfSums, 2), value: nats},
	"weighted_perplexity": {form: sums(statistic.ExpRatioOfSums, 2), value: natsOfUnits(1)},
	"bits_per_byte":       {form: sums(statistic.RatioOfSums, 2), value: natsOfUnits(math.Ln2)},
	"f1":                  {form: sums(statistic.ShareOfSums, 2), value: f1Of},
	"matthews_corrcoef":   {form: labelled, value: pairOf},
	"bleu":                {form: sums(statistic.CorpusBLEU, text.BLEUSize), value: textsOf(func(t string, refs []string) []float64 { s := text.BLEUStatistics(t, refs); return s[:] })},
	"chrf":                {form: sums(statistic.CorpusChrF, text.ChrFSize), value: textsOf(func(t string, refs []string) []float64 { return text.ChrFStatistics(t, refs, false) })},
	"chrf++":              {form: sums(statistic.CorpusChrFWords, text.ChrFWordSize), value: textsOf(func(t string, refs []string) []float64 { return text.ChrFStatistics(t, refs, true) })},
	"ter":                 {form: sums(statistic.CorpusTER, text.TERSize), value: textsOf(func(t string, refs []string) []float64 { s := text.TERStatistics(t, refs); return s[:] })},
}

// sums is the form of a metric that is a function of sums.
func sums(name string, width int) func(*form, []float64) {
	return func(f *form, _ []float64) {
		f.kind, f.statistic, f.width = new(metrics.FunctionOfSums), metrics.Statistic{Name: name}, width
	}
}

// labelled is the form of Matthews' correlation of the numbers of choices.
func labelled(f *form, choices []float64) {
	sums(statistic.MCC, 2)(f, nil)
	f.lo, f.hi = new(-1.0), new(1.0)
	for i := range choices {
		f.statistic.Labels = append(f.statistic.Labels, strconv.Itoa(i))
	}
}

// nats reads the log-probability of one text.
func nats(raw jsontext.Value, _ []float64) ([]float64, string, error) {
	value, missing, err := plain(raw, nil)
	if missing != "" || err != nil {
		return nil, missing, err
	}
	return []float64{-value[0], 1}, "", nil
}

// natsOfUnits reads a log-probability and the number of words or bytes that it is of.
func natsOfUnits(unit float64) func(jsontext.Value, []float64) ([]float64, string, error) {
	return func(raw jsontext.Value, _ []float64) ([]float64, string, error) {
		pair, err := numbers(raw, 2)
		if err != nil {
			return nil, "", err
		}
		return []float64{-pair[0] / unit, pair[1]}, "", nil
	}
}

// pairOf reads the right choice and the model's.
func pairOf(raw jsontext.Value, _ []float64) ([]float64, string, error) {
	pair, err := numbers(raw, 2)
	return pair, "", err
}

// f1Of reads the same, as what it adds to twice the hits, and to claims and right ones.
func f1Of(raw jsontext.Value, _ []float64) ([]float64, string, error) {
	pair, err := numbers(raw, 2)
	if err != nil {
		return nil, "", err
	}
	value := []float64{0, 0}
	for _, x := range pair {
		if x != 0 && x != 1 {
			return nil, "", fmt.Errorf("%.40s: F1 is read for two choices, 0 and 1", raw)
		}
		value[1] += x
	}
	if pair[0] == 1 && pair[1] == 1 {
		value[0] = 2
	}
	return value, "", nil
}

// textsOf reads references and an answer, as what they add to the sums.
func textsOf(sums func(answer string, references []string) []float64) func(jsontext.Value, []float64) ([]float64, string, error) {
	return func(raw jsontext.Value, _ []float64) ([]float64, string, error) {
		var pair []jsontext.Value
		if err := decodeValue(raw, &pair); err != nil || len(pair) != 2 {
			return nil, "", fmt.Errorf("%.60s is no pair of references and an answer", raw)
		}
		answer := texts(pair[1])
		if len(answer) != 1 {
			return nil, "", fmt.Errorf("%.60s has no answer", raw)
		}
		return sums(answer[0], texts(pair[0])), "", nil
	}
}

// plain reads one number.
func plain(raw jsontext.Value, _ []float64) ([]float64, string, error) {
	x, missing, err := valueOf(raw)
	if missing != "" || err != nil {
		return nil, missing, err
	}
	return []float64{x}, "", nil
}

// numbers reads a list of numbers.
func numbers(raw jsontext.Value, n int) ([]float64, error) {
	var list []jsontext.Value
	if err := json.Unmarshal(raw, &list); err != nil || n >= 0 && len(list) != n {
		return nil, fmt.Errorf("%.60s is no list of %d numbers", raw, n)
	}
	var all []float64
	for _, v := range list {
		x, missing, err := valueOf(v)
		if err != nil {
			return nil, err
		}
		if missing != "" {
			return nil, fmt.Errorf("%.40s is no number", v)
		}
		all = append(all, x)
	}
	return all, nil
}

// brier reads the right choice and the probabilities of all.
func brier(raw jsontext.Value, choices []float64) ([]float64, string, error) {
	var list []jsontext.Value
	if err := json.Unmarshal(raw, &list); err != nil || len(list) != 2 {
		return nil, "", fmt.Errorf("%.60s is no pair of a choice and probabilities", raw)
	}
	right, missing, err := valueOf(list[0])
	if err != nil || missing != "" {
		return nil, missing, err
	}
	if list[1].Kind() == '"' { // numpy's text, of 8 digits
		list[1] = jsontext.Value("[" + strings.Join(strings.Fields(strings.Trim(texts(list[1])[0], "[]")), ",") + "]")
	}
	ps, err := numbers(list[1], -1)
	if err != nil {
		return nil, "", err
	}
	if exact := softmax(choices); len(exact) == len(ps) && !slices.ContainsFunc(ps, func(p float64) bool { return p > 1 }) {
		near := true
		for i, p := range ps {
			near = near && math.Abs(p-exact[i]) < 1e-6
		}
		if near {
			ps = exact
		}
	}
	if right != math.Trunc(right) || right < 0 || int(right) >= len(ps) {
		return nil, "", fmt.Errorf("choice %v of %d", right, len(ps))
	}
	sum := 0.0
	for i, p := range ps {
		if i == int(right) {
			p--
		}
		sum += p * p
	}
	return []float64{sum}, "", nil
}

// softmax turns log-probabilities into shares.
func softmax(logs []float64) []float64 {
	if len(logs) == 0 {
		return nil
	}
	most, sum := slices.Max(logs), 0.0
	ps := make([]float64, len(logs))
	for i, x := range logs {
		ps[i] = math.Exp(x - most)
		sum += ps[i]
	}
	for i := range ps {
		ps[i] /= sum
	}
	return ps
}

// aggregates notes what the results files print.
func (im *lmImport) aggregates() {
	for _, r := range im.runs {
		for _, task := range slices.Sorted(maps.Keys(r.samples)) {
			im.printOf(r, task, im.condition(r, task), r.Results[task])
		}
		for _, group := range slices.Sorted(maps.Keys(r.Groups)) {
			complete := len(r.leaves(group, 0)) > 0
			for _, task := range r.leaves(group, 0) {
				complete = complete && r.samples[task] != ""
			}
			if complete {
				im.printOf(r, group, im.condition(r, group), r.Groups[group])
			}
		}
	}
}

// leaves lists the tasks of a group at any depth.
func (r *lmResults) leaves(group string, depth int) (tasks []string) {
	if depth >= deepestGroup {
		return nil
	}
	for _, sub := range r.Subtasks[group] {
		if len(r.Subtasks[sub]) > 0 && sub != group {
			tasks = append(tasks, r.leaves(sub, depth+1)...)
		} else {
			tasks = append(tasks, sub)
		}
	}
	return tasks
}

func (im *lmImport) printOf(r *lmResults, suite, condition string, values map[string]jsontext.Value) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		metric, filter, ok := strings.Cut(key, ",")
		x, missing, err := valueOf(values[key])
		if !ok || strings.HasSuffix(metric, "_stderr") || missing != "" || err != nil {
			continue
		}
		name := lmName(metric, filter)
		if im.skipped[suite+"\x00"+name] || im.named[suite] == nil {
			continue
		}
		im.print(printed{cellKey: cellKey{suite: suite, model: r.ModelName, condition: condition, metric: name}, value: x, path: r.path})
	}
}
