package interop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/metrics"
	"assay/reports"
)

// Inspect reads the logs of Inspect: .eval files, with samples in one piece or in chunks, and
// .json files. A task is a suite. Each scorer is a metric, and so is each key of a scorer with
// several. Epochs are samples, so that the metric is Inspect's "mean" reducer; another reducer
// is a metric SCORER/REDUCER, by the reduced values in the log.
func Inspect() Importer {
	return Importer{
		Name:  "inspect",
		Short: "Inspect's logs: .eval and .json files",
		Own:   true,
		Deep: func(name string) bool {
			return strings.HasSuffix(name, ".eval") || strings.HasSuffix(name, ".json") && !slices.Contains([]string{"logs.json", "eval-set.json", "listing.json"}, name)
		},
		Import: importInspect,
	}
}

// inspectHead is a log without its samples.
type inspectHead struct {
	Status string `json:"status"`
	Eval   struct {
		Task    string                    `json:"task"`
		Args    map[string]jsontext.Value `json:"task_args"`
		Model   string                    `json:"model"`
		Config  map[string]jsontext.Value `json:"model_generate_config"`
		Scorers []struct {
			Name string `json:"name"`
		} `json:"scorers"`
	} `json:"eval"`
	Plan struct {
		Steps []struct {
			Solver string `json:"solver"`
		} `json:"steps"`
		Config map[string]jsontext.Value `json:"config"`
	} `json:"plan"`
	Results *struct {
		Scores []inspectResult `json:"scores"`
	} `json:"results"`
}

// inspectResult is what a log prints of a scorer, or of one key of it.
type inspectResult struct {
	Name    string `json:"name"`
	Scorer  string `json:"scorer"`
	Reducer string `json:"reducer"`
	Metrics map[string]struct {
		Value jsontext.Value `json:"value"`
	} `json:"metrics"`
}

type inspectSample struct {
	ID     jsontext.Value `json:"id"`
	Epoch  int            `json:"epoch"`
	Input  jsontext.Value `json:"input"`
	Target jsontext.Value `json:"target"`
	Output struct {
		Choices []struct {
			Message struct {
				Content jsontext.Value `json:"content"`
			} `json:"message"`
			Stop string `json:"stop_reason"`
		} `json:"choices"`
		Completion string `json:"completion"`
		Error      string `json:"error"`
	} `json:"output"`
	Scores map[string]struct {
		Value jsontext.Value `json:"value"`
	} `json:"scores"`
	Metadata     map[string]jsontext.Value `json:"metadata"`
	Error        *inspectError             `json:"error"`
	Invalidation jsontext.Value            `json:"invalidation"`
}

type inspectError struct {
	Message string `json:"message"`
}

type inspectReduction struct {
	Scorer  string `json:"scorer"`
	Reducer string `json:"reducer"`
	Samples []struct {
		Value jsontext.Value `json:"value"`
		ID    jsontext.Value `json:"sample_id"`
	} `json:"samples"`
}

type inspectImport struct {
	*book
	args map[string][]string // the arguments of a task and model, in each of its logs
	read map[string]string   // the log that was read, by task, model and condition
}

// inspectLog is a log that is being read.
type inspectLog struct {
	*inspectImport
	path      string
	head      inspectHead
	condition string
	known     map[string]answer // what each example is
	tally     *tally
}

func importInspect(ctx context.Context, paths []string, opt Options, out Sink) error {
	files, err := Walk(paths, Inspect().Deep)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%s: no .eval or .json file found; name logs of Inspect, or their folder", strings.Join(paths, ", "))
	}
	b, err := newBook("inspect", opt, out)
	if err != nil {
		return err
	}
	im := &inspectImport{b, map[string][]string{}, map[string]string{}}
	heads := map[string]*inspectHead{}
	for _, path := range files {
		head := new(inspectHead)
		if err := eachInspect(path, nil, inspectReader{head: func(h *inspectHead) error { *head = *h; return errHead }}); err == nil {
			heads[path] = head
			key := head.Eval.Task + "\x00" + head.Eval.Model
			if args := head.args(); !slices.Contains(im.args[key], args) {
				im.args[key] = append(im.args[key], args)
			}
		}
	}
	if err := eachFile(ctx, files, opt, out, func(path string) error { return im.log(ctx, path) }); err != nil {
		return err
	}
	return im.close()
}

// args are the task's arguments.
func (h *inspectHead) args() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(h.Eval.Args)) {
		all = append(all, name+"="+strings.Join(texts(h.Eval.Args[name]), ","))
	}
	return strings.Join(all, " ")
}

// errHead ends the reading of a log whose head alone is wanted.
var errHead = errors.New("the head is read")

// log reads a log.
func (im *inspectImport) log(ctx context.Context, path string) error {
	f, err := open(path, im.out.Progress())
	if err != nil {
		return err
	}
	defer f.Close()
	if strings.HasSuffix(path, ".eval") { // a zip is read in another order than it is hashed
		if _, err := io.Copy(io.Discard, f); err != nil {
			return err
		}
	}
	l := &inspectLog{inspectImport: im, path: path, known: map[string]answer{}, tally: &tally{path: path, skip: im.opt.KeepGoing}}
	err = eachInspect(path, f, inspectReader{
		head: l.begin,
		sample: func(line int, s *inspectSample, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				err = l.sample(s)
			}
			return l.tally.took(line, err)
		},
		reduction: l.reduction,
	})
	if err := l.tally.end(err, "no samples in the log; get a complete copy", f, im.out); err != nil {
		return err
	}
	if l.head.Status != "success" {
		im.out.Notice("%s: the evaluation ended with the status %q; %s read", path, l.head.Status, reports.Counted(l.tally.read, "sample"))
	}
	l.aggregates()
	return nil
}

// begin takes a log's head.
func (l *inspectLog) begin(h *inspectHead) error {
	if h.Eval.Task == "" || h.Eval.Model == "" {
		return placed(l.path, 1, "no member \"eval\" with a task and a model; name a log of Inspect")
	}
	l.head = *h
	if len(l.args[h.Eval.Task+"\x00"+h.Eval.Model]) > 1 {
		l.condition = cmp.Or(h.args(), "no arguments")
	}
	key := h.Eval.Task + "\x00" + h.Eval.Model + "\x00" + l.condition
	if before, ok := l.read[key]; ok {
		return placed(l.path, 1, "the samples of %s on %s were read from %s already; import the logs apart, each into a run of its own", h.Eval.Model, h.Eval.Task, before)
	}
	l.read[key] = l.path
	l.setting(h.Eval.Task, h.Eval.Model, "solver", h.solver())
	for _, config := range []map[string]jsontext.Value{h.Eval.Config, h.Plan.Config} {
		for _, name := range slices.Sorted(maps.Keys(config)) {
			l.setting(h.Eval.Task, h.Eval.Model, settingNames(name), strings.Join(texts(config[name]), ", "))
		}
	}
	return nil
}

func (h *inspectHead) solver() string {
	var all []string
	for _, s := range h.Plan.Steps {
		all = append(all, s.Solver)
	}
	return strings.Join(all, ", ")
}

// name is the metric of a scorer's key.
func (l *inspectLog) name(scorer, key string) string {
	if key == "" {
		return scorer
	}
	if l.head.Results != nil {
		for _, r := range l.head.Results.Scores { // two scorers may have one key
			if r.Name == key && r.Scorer != scorer {
				return scorer + "/" + key
			}
		}
	}
	return key
}

// scorers lists the scorers that each sample should have a score of.
func (l *inspectLog) scorers() (names []string) {
	if l.head.Results == nil {
		for _, s := range l.head.Eval.Scorers {
			names = append(names, s.Name)
		}
		return names
	}
	for _, r := range l.head.Results.Scores {
		if !slices.Contains(names, r.Scorer) {
			names = append(names, r.Scorer)
		}
	}
	return names
}

// keysOf lists the keys of a scorer with several.
func (l *inspectLog) keysOf(scorer string) (keys []string) {
	if l.head.Results != nil {
		for _, r := range l.head.Results.Scores {
			if r.Scorer == scorer && r.Name != scorer && !strings.HasPrefix(r.Name, scorer) && !slices.Contains(keys, r.Name) {
				keys = append(keys, r.Name)
			}
		}
	}
	return keys
}

// sample takes a sample.
func (l *inspectLog) sample(s *inspectSample) error {
	if len(s.ID) == 0 || s.Epoch < 0 {
		return errors.New("a sample without an id; get the complete file")
	}
	id := texts(s.ID)
	if len(id) != 1 {
		return errors.New("the id of a sample is neither a text nor a number")
	}
	a := answer{
		suite: l.head.Eval.Task, example: id[0], input: conversation(s.Input), references: texts(s.Target), fields: map[string]string{},
		condition: l.condition, model: l.head.Eval.Model, sample: max(0, s.Epoch-1),
	}
	for _, name := range slices.Sorted(maps.Keys(s.Metadata)) {
		if v := s.Metadata[name]; len(v) <= longestField && v.Kind() != '{' && v.Kind() != '[' && v.Kind() != 'n' {
			if name == "category" {
				a.category = texts(v)[0]
			} else {
				a.fields[name] = texts(v)[0]
			}
		}
	}
	l.known[a.example] = a
	switch {
	case s.Invalidation != nil && s.Invalidation.Kind() != 'n':
		a.failed = "the sample is marked as invalid in the log"
	case s.Error != nil && len(s.Scores) == 0:
		a.failed = firstLine("the sample ended with an error: " + s.Error.Message)
	case s.Output.Error != "" && len(s.Scores) == 0:
		a.failed = firstLine("the model gave an error: " + s.Output.Error)
	default:
		a.text = new(s.Output.Completion)
		if len(s.Output.Choices) > 0 {
			a.finish = s.Output.Choices[0].Stop
			if a.finish == "unknown" {
				a.finish = ""
			}
			if *a.text == "" {
				a.text = new(conversation(s.Output.Choices[0].Message.Content))
			}
		}
	}
	for _, scorer := range slices.Sorted(maps.Keys(s.Scores)) {
		if err := l.scored(&a, scorer, "", s.Scores[scorer].Value); err != nil {
			return err
		}
	}
	for _, scorer := range l.scorers() {
		if _, ok := s.Scores[scorer]; ok {
			continue
		}
		why := "the log has no score of it"
		keys := l.keysOf(scorer)
		if len(keys) == 0 {
			keys = []string{""}
		}
		for _, key := range keys {
			a.scores = append(a.scores, score{metric: l.form(l.name(scorer, key), nil), missing: why})
		}
	}
	return l.add(&a)
}

// longestField is how many bytes a value of metadata may have that becomes a field.
const longestField = 80

// firstLine is a text's beginning, for a reason.
func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if len(line) > 200 {
		line = strings.ToValidUTF8(line[:200], "") + " ..."
	}
	return line
}

// scored adds the scores of a scorer to an answer.
func (l *inspectLog) scored(a *answer, scorer, suffix string, raw jsontext.Value) error {
	switch raw.Kind() {
	case '{':
		var keys map[string]jsontext.Value
		if err := decodeValue(raw, &keys); err != nil {
			return err
		}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			l.one(a, l.name(scorer, key)+suffix, keys[key])
		}
	case '[':
		var list []jsontext.Value
		if err := decodeValue(raw, &list); err != nil {
			return err
		}
		for i, v := range list {
			l.one(a, scorer+"["+strconv.Itoa(i)+"]"+suffix, v)
		}
	default:
		l.one(a, scorer+suffix, raw)
	}
	return nil
}

func (l *inspectLog) one(a *answer, name string, raw jsontext.Value) {
	x, missing := inspectValue(raw)
	s := score{metric: l.form(name, raw), missing: missing}
	if missing == "" {
		s.value = []float64{x}
	}
	a.scores = append(a.scores, s)
}

// form defines a metric. Letters are shares of right answers.
func (l *inspectLog) form(name string, raw jsontext.Value) *scoreMetric {
	f := form{}
	if raw.Kind() == '"' || raw.Kind() == 't' || raw.Kind() == 'f' {
		f = form{kind: new(metrics.Proportion), direction: new(metrics.HigherIsBetter), lo: new(0.0), hi: new(1.0)}
		if _, missing := inspectValue(raw); missing == "" && raw.Kind() == '"' && strings.Trim(string(raw), `"0123456789.+-eE`) == "" {
			f = form{}
		}
	}
	if f.direction == nil && l.head.Results != nil {
		for _, r := range l.head.Results.Scores {
			if _, ok := r.Metrics["accuracy"]; ok && l.resultName(r) == name {
				f.direction = new(metrics.HigherIsBetter)
			}
		}
	}
	return l.metric(l.head.Eval.Task, name, f)
}

// inspectValue is a value as Inspect's metrics count it.
func inspectValue(raw jsontext.Value) (x float64, missing string) {
	if raw.Kind() == '"' {
		switch text := strings.ToLower(texts(raw)[0]); text {
		case "c", "yes", "true":
			return 1, ""
		case "p":
			return 0.5, ""
		case "i", "n", "no", "false":
			return 0, ""
		default:
			if x, err := strconv.ParseFloat(text, 64); err == nil {
				return x, ""
			}
			return 0, fmt.Sprintf("the value %.40q is no number", text)
		}
	}
	x, missing, err := valueOf(raw)
	if err != nil {
		return 0, "the value is no number"
	}
	if missing == "the tool gave no score" {
		missing = "the scorer gave no score"
	}
	return x, missing
}

// reduction takes the reduced values of a reducer that is no mean.
func (l *inspectLog) reduction(r *inspectReduction) error {
	if r.Reducer == "" || r.Reducer == "mean" {
		return nil
	}
	for _, s := range r.Samples {
		id := texts(s.ID)
		if len(id) != 1 {
			continue
		}
		a, ok := l.known[id[0]]
		if !ok {
			return fmt.Errorf("a reduction has the sample %.80q, and the log has no such sample", id[0])
		}
		if err := l.scored(&a, r.Scorer, "/"+r.Reducer, s.Value); err != nil {
			return err
		}
		a.sample = 0
		if err := l.add(&a); err != nil {
			return err
		}
	}
	return nil
}

// resultName is the metric that a result is of.
func (l *inspectLog) resultName(r inspectResult) string {
	key := r.Name
	if key == r.Scorer || l.named[l.head.Eval.Task] != nil && slices.ContainsFunc(l.named[l.head.Eval.Task].metrics, func(m *scoreMetric) bool { return m.name == r.Name }) {
		key = ""
	}
	name := r.Name
	if key != "" {
		name = l.name(r.Scorer, key)
	}
	if r.Reducer != "" && r.Reducer != "mean" {
		name += "/" + r.Reducer
	}
	return name
}

// aggregates notes what the log prints: accuracies and means.
func (l *inspectLog) aggregates() {
	if l.head.Results == nil || l.tally.skipped > 0 {
		return
	}
	for _, r := range l.head.Results.Scores {
		for _, name := range []string{"accuracy", "mean"} {
			m, ok := r.Metrics[name]
			if !ok {
				continue
			}
			if x, missing, err := valueOf(m.Value); err == nil && missing == "" {
				l.print(printed{cellKey: cellKey{suite: l.head.Eval.Task, model: l.head.Eval.Model, condition: l.condition, metric: l.resultName(r)}, value: x, path: l.path})
			}
		}
	}
}

// conversation is a text, or the messages of a conversation as text.
func conversation(raw jsontext.Value) string {
	if raw.Kind() != '[' {
		return strings.Join(texts(raw), "")
	}
	var messages []struct {
		Role    string         `json:"role"`
		Type    string         `json:"type"`
		Text    string         `json:"text"`
		Content jsontext.Value `json:"content"`
	}
	if decodeValue(raw, &messages) != nil {
		return string(raw)
	}
	var all []string
	for _, m := range messages {
		switch {
		case m.Type == "text":
			all = append(all, m.Text)
		case m.Role == "user" && len(messages) == 1:
			all = append(all, conversation(m.Content))
		case m.Role != "":
			all = append(all, m.Role+": "+conversation(m.Content))
		}
	}
	return strings.Join(all, "\n\n")
}

func isEval(path string) bool { return filepath.Ext(path) == ".eval" }
