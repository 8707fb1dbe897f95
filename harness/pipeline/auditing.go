package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"assay/harness/leaf/place"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/text"
	"assay/suites"
	"assay/suites/judge"
)

// auditing collects what judges said, while judgements are read for agreement. A nil auditing
// collects nothing.
type auditing struct {
	judges map[string]*judgeInfo // by name
	models map[string][]string   // what a model is called in its run and on its server, by its name in the report
	missed map[[3]string]int     // judgements without a value, by suite, metric and judge
	again  map[[3]string][]metrics.Judgement
	known  map[string][]metrics.Judgement // by judge

	// of the source that is being read
	source *Source
	here   map[string]bool // its judges
	looks  map[answerKey]*text.Style
}

// judgeInfo is what the runs tell of a judge.
type judgeInfo struct {
	kind       suites.JudgeKind // "" for a judge of imported files
	model      string           // the name of its model; "" if it has none
	definition string
	apart      bool // two runs define it differently
}

// heard is one judgement of a judge that is audited. In a preference, it is from the side that the
// item has.
type heard struct {
	item, example, cluster, condition, sample string
	model, baseline                           string
	value                                     float64
	orders                                    []float64
	looks                                     [2]*text.Style // nil if the text is not known
}

// audited is what one judge said by one metric.
type audited struct {
	judge string
	said  []heard
}

func newAuditing() *auditing {
	return &auditing{judges: map[string]*judgeInfo{}, models: map[string][]string{}, missed: map[[3]string]int{},
		again: map[[3]string][]metrics.Judgement{}, known: map[string][]metrics.Judgement{}}
}

// importsVerdicts are the importers of files in which every judge that is no person is a model.
var importsVerdicts = map[string]bool{"mt-bench": true, "llmbar": true}

// open starts a source: its judges, its texts, and what its judges said when they were asked again and
// of known pairs.
func (u *auditing) open(s *Source, known map[[2]string]*metrics.Metric) error {
	if u == nil {
		return nil
	}
	u.source, u.here, u.looks = s, map[string]bool{}, map[answerKey]*text.Style{}
	if err := u.define(s); err != nil {
		return place.Within(s.Store.Path(runstore.ManifestFile), 0, err)
	}
	if s.Manifest.Plan.Run != nil && len(u.here) == 0 {
		return nil
	}
	if err := u.readLooks(s, known); err != nil {
		return err
	}
	for r, err := range runstore.Repeats().Read(s.Store) {
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return err
		}
		j := r.Judgement
		if j.Model = s.label(j.Model); j.Model != "" {
			s.joined.judgement(&j)
			key := [3]string{j.Suite, j.Metric, j.Judge}
			u.again[key] = append(u.again[key], j)
		}
	}
	for j, err := range runstore.Known().Read(s.Store) {
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return err
		}
		u.known[j.Judge] = append(u.known[j.Judge], *j)
	}
	return nil
}

// readLooks reads what a source's answers look like, if a judge compares them.
func (u *auditing) readLooks(s *Source, known map[[2]string]*metrics.Metric) error {
	compares := importsVerdicts[s.Manifest.Plan.Import]
	for _, m := range known {
		compares = compares || s.Manifest.Plan.Import != "" && m.Even != nil
	}
	for name := range u.here {
		kind := u.judges[name].kind
		compares = compares || kind == judge.PairwiseKind || kind == judge.GradeKind || kind == judge.RewardKind
	}
	if !compares {
		return nil
	}
	for c, err := range runstore.Completions().Read(s.Store) {
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return err
		}
		if c.Missing == "" {
			style := text.StyleOf(c.Text)
			u.looks[answerKey{c.Suite, c.Example, c.Condition, c.Model, c.Sample}] = &style
		}
	}
	return nil
}

// define reads the judges and models of a source's plan.
func (u *auditing) define(s *Source) error {
	for _, m := range s.Manifest.Models {
		label := s.label(m.Name)
		u.models[label] = append(u.models[label], m.Name)
	}
	if s.Manifest.Plan.Run == nil {
		return nil
	}
	var p struct {
		Models []struct {
			Name string `json:"name"`
			Spec string `json:"model"`
		} `json:"models"`
		Judges []struct {
			Name string           `json:"name"`
			Kind suites.JudgeKind `json:"kind"`
			Spec string           `json:"model"`
		} `json:"judges"`
	}
	if err := json.Unmarshal(s.Manifest.Plan.Run, &p); err != nil {
		return fmt.Errorf("the plan in the manifest: %w", err)
	}
	for _, m := range p.Models {
		u.models[s.label(m.Name)] = []string{modelName(m.Spec)} // a plan's own names say nothing
	}
	definitions, err := s.judgeDefinitions()
	if err != nil {
		return err
	}
	for _, j := range p.Judges {
		u.here[j.Name] = true
		info := &judgeInfo{kind: j.Kind, definition: definitions[j.Name]}
		// Those that 'assay train judge' made are no language models; linear: was judge: before.
		if kind, _, _ := strings.Cut(j.Spec, ":"); !slices.Contains([]string{"judge", "linear", "assay"}, kind) {
			info.model = modelName(j.Spec)
		}
		if before := u.judges[j.Name]; before != nil {
			before.apart = before.apart || before.definition != info.definition
			continue
		}
		u.judges[j.Name] = info
	}
	return nil
}

// modelName is a model's name on its server, or the last part of its path, from its spec in a plan.
func modelName(spec string) string {
	_, where, _ := strings.Cut(spec, ":")
	if _, name, named := strings.Cut(where, "#"); named {
		where = name
	}
	where = strings.TrimRight(where, "/")
	return where[strings.LastIndexByte(where, '/')+1:]
}

// audits reports whether a judgement is one of a judge that is audited. In imported files, that
// is a judge of preferences who is no person. AlpacaEval's annotators count as judges unless the
// import gave them another judge's name.
func (u *auditing) audits(j *metrics.Judgement, m *metrics.Metric) bool {
	if u.source.Manifest.Plan.Run != nil {
		return u.here[j.Judge] && j.Labeler == ""
	}
	if j.Labeler != "" && (j.Labeler != j.Judge || u.source.Manifest.Plan.Import != "alpaca-eval") {
		return false
	}
	return m.Even != nil && u.source.Manifest.Plan.Import != "" || importsVerdicts[u.source.Manifest.Plan.Import]
}

// wants reports whether a judgement is needed: one of a judge that is audited, of a person, or of
// another who gives preferences.
func (u *auditing) wants(j *metrics.Judgement, m *metrics.Metric) bool {
	return u == nil || j.Labeler != "" || m.Even != nil || u.audits(j, m)
}

// miss counts a judgement without a value.
func (u *auditing) miss(j *metrics.Judgement, m *metrics.Metric) {
	if u != nil && u.audits(j, m) {
		u.missed[[3]string{j.Suite, j.Metric, j.Judge}]++
	}
}

// looksOf are the looks of the answers of a judgement, by the names in its run.
func (u *auditing) looksOf(j *metrics.Judgement) (looks [2]*text.Style) {
	if u == nil {
		return looks
	}
	key := answerKey{j.Suite, j.Example, j.Condition, j.Model, j.Sample}
	looks[0] = u.looks[key]
	key.model = j.Baseline
	looks[1] = u.looks[key]
	return looks
}

// take takes a judgement of a judge that is audited, under the report's names.
func (u *auditing) take(a *asked, j *metrics.Judgement, baseline string, looks [2]*text.Style) {
	if u == nil || !u.audits(j, a.metric) {
		return
	}
	rating := &a.ratings[len(a.ratings)-1]
	if a.audited == nil {
		a.audited = map[string]*audited{}
	}
	if a.audited[rating.Rater] == nil {
		a.audited[rating.Rater] = &audited{judge: j.Judge}
		if u.judges[j.Judge] == nil {
			u.judges[j.Judge] = &judgeInfo{model: importedModel(j.Judge)}
		}
	}
	s := heard{item: rating.Item, example: j.Example, cluster: rating.Cluster, condition: j.Condition, sample: fmt.Sprint(j.Sample), model: j.Model, baseline: baseline, value: rating.Value, looks: looks}
	if j.Orders != nil {
		s.orders = []float64{j.Orders[0], j.Orders[1]}
	}
	if _, mirrored := a.itemOf(j); mirrored {
		s.model, s.baseline = s.baseline, s.model
		s.looks[0], s.looks[1] = looks[1], looks[0]
		if s.orders != nil {
			s.orders[0], s.orders[1] = 2**a.metric.Even-j.Orders[1], 2**a.metric.Even-j.Orders[0]
		}
	}
	to := a.audited[rating.Rater]
	to.said = append(to.said, s)
}

// importedModel is the model behind a judge's name in imported files. AlpacaEval's annotators are
// named after the tool and their model.
func importedModel(name string) string {
	name = strings.TrimPrefix(name, "weighted_")
	return strings.TrimPrefix(name, "alpaca_eval_")
}

// asksModel reports whether judges of the kind ask a model, which may say something else next time.
func (i *judgeInfo) asksModel() bool {
	kind, err := judge.Find(i.kind)
	return i.kind == "" || err == nil && kind.Asks == judge.Model && i.model != ""
}
