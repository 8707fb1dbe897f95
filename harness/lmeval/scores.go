package lmeval

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/harness/leaf/logistic"
	"assay/metrics/text"
	"assay/models"
	"assay/models/jinja"
)

// values are the values of a document's metrics by name; a missing one has its reason instead.
type values struct {
	names   []string
	value   map[string][]float64
	missing map[string]string
}

func newValues() *values { return &values{value: map[string][]float64{}, missing: map[string]string{}} }

func (v *values) set(name string, value ...float64) {
	v.names = append(v.names, name)
	v.value[name] = value
}

func (v *values) fail(name string, err error) {
	v.names = append(v.names, name)
	v.missing[name] = err.Error()
}

// score computes a document's metrics from the model's answer.
func (b *builder) score(q *question, c *models.Completion) *values {
	out := newValues()
	switch b.output {
	case generateUntil:
		b.scoreText(q, c.Text, out)
		return out
	case rolling:
		b.scoreWhole(q, c, out)
	default:
		if err := b.scoreChoices(q, c, out); err != nil {
			for _, m := range b.metrics {
				out.fail(m.name, err)
			}
		}
	}
	return out.under(b)
}

// under gives metrics of log-probabilities the names that they have under each pipeline.
func (v *values) under(b *builder) *values {
	out := newValues()
	for i := range b.filters {
		for k := range b.metrics {
			from, name := b.metrics[k].name, b.metricName(&b.metrics[k], &b.filters[i])
			if reason, missing := v.missing[from]; missing {
				out.fail(name, errors.New(reason))
			} else if value, ok := v.value[from]; ok {
				out.set(name, value...)
			}
		}
	}
	return out
}

// scoreWhole computes perplexities of a text.
func (b *builder) scoreWhole(q *question, c *models.Completion, out *values) {
	s, _ := q.target.(string)
	units := map[string]float64{"word_perplexity": float64(words(s)), "byte_perplexity": float64(len(s)), "bits_per_byte": float64(len(s))}
	for _, m := range b.metrics {
		switch {
		case len(c.Scores) != 1:
			out.fail(m.name, errNoScores)
		case m.name == "bits_per_byte":
			out.set(m.name, -c.Scores[0]/math.Ln2, units[m.name])
		default:
			out.set(m.name, -c.Scores[0], units[m.name])
		}
	}
}

// words counts as Python's len(re.split(r"\s+", s)).
func words(s string) int {
	n, space := 1, false
	for _, r := range s {
		is := pythonSpace(r)
		if is && !space {
			n++
		}
		space = is
	}
	return n
}

var errNoScores = errors.New("the answer has no log-probabilities of the choices")

// scoreChoices computes the metrics of multiple_choice and loglikelihood.
func (b *builder) scoreChoices(q *question, c *models.Completion, out *values) error {
	if b.output == loglikelihood {
		if len(c.Scores) != 1 || len(c.Greedy) != 1 {
			return errNoScores
		}
		for _, m := range b.metrics {
			if m.name == "acc" {
				out.set(m.name, share(c.Greedy[0]))
			} else {
				out.set(m.name, -c.Scores[0], 1)
			}
		}
		return nil
	}
	n := len(q.choices)
	want := n
	if b.has("acc_mutual_info") {
		want += n
	}
	if len(c.Scores) != want || len(c.Greedy) != want || n == 0 {
		return errNoScores
	}
	g := b.goldOf(q)
	lls := c.Scores[:n]
	for _, m := range b.metrics {
		switch m.name {
		case "acc":
			out.set(m.name, share(g.has(best(lls, func(int) float64 { return 1 }))))
		case "acc_norm":
			out.set(m.name, share(g.has(best(lls, func(i int) float64 { return float64(utf8.RuneCountInString(q.choices[i])) }))))
		case "acc_bytes":
			out.set(m.name, share(g.has(best(lls, func(i int) float64 { return float64(len(q.choices[i])) }))))
		case "acc_mutual_info":
			difference := make([]float64, n)
			for i := range difference {
				difference[i] = lls[i] - c.Scores[n+i]
			}
			out.set(m.name, share(!g.several && g.has(best(difference, func(int) float64 { return 1 }))))
		case "exact_match":
			out.set(m.name, share(g.greedy(c.Greedy)))
		default:
			b.scoreGold(m.name, g, lls, out)
		}
	}
	return nil
}

// scoreGold computes metrics that need one right choice.
func (b *builder) scoreGold(name string, g gold, lls []float64, out *values) {
	if g.several || len(g.at) != 1 || g.at[0] < 0 || g.at[0] != math.Trunc(g.at[0]) {
		out.fail(name, errors.New("the document has no single right choice"))
		return
	}
	right, chosen := g.at[0], float64(best(lls, func(int) float64 { return 1 }))
	switch name {
	case "brier_score":
		sum := 0.0
		for i, p := range logistic.Softmax(lls) {
			d := p - share(float64(i) == right)
			sum += d * d
		}
		out.set(name, sum)
	case "mcc":
		out.set(name, right, chosen)
	case "f1": // of the class 1, as sklearn's f1_score has it
		if right > 1 || chosen > 1 {
			out.fail(name, errors.New("f1 is for two choices"))
			return
		}
		out.set(name, 2*right*chosen, right+chosen)
	}
}

func share(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// best is the index of the largest quotient, the first of equal ones, as numpy's argmax has it: no number is larger
// than NaN.
func best(lls []float64, by func(i int) float64) int {
	at, top := 0, math.Inf(-1)
	for i, l := range lls {
		x := l / by(i)
		if math.IsNaN(x) {
			return i
		}
		if i == 0 || x > top {
			at, top = i, x
		}
	}
	return at
}

// gold are the indices of the right choices. outside is one that is no choice.
type gold struct {
	at      []float64
	several bool // the task's answers are lists
}

const outside = -100

func (g gold) has(i int) bool { return slices.Contains(g.at, float64(i)) }

// greedy tells whether a right choice is what greedy decoding gives.
func (g gold) greedy(is []bool) bool {
	return slices.ContainsFunc(g.at, func(at float64) bool {
		i := int(at)
		if i < 0 && i != outside { // counted from the end, as Python does
			i += len(is)
		}
		return i >= 0 && i < len(is) && is[i]
	})
}

// goldOf finds the right choices: doc_to_target's, or with multiple inputs doc_to_text's.
func (b *builder) goldOf(q *question) gold {
	v := q.target
	if b.multipleInput {
		v = q.text
	}
	one := func(v any) float64 {
		switch x := v.(type) {
		case string:
			if i := slices.Index(q.choices, x); i >= 0 {
				return float64(i)
			}
			return outside
		case float64:
			return x
		}
		if i, ok := asInt(v); ok && i < len(q.choices) {
			return float64(i)
		}
		return outside
	}
	list, ok := v.([]any)
	if !ok {
		return gold{at: []float64{one(v)}, several: b.multipleTarget}
	}
	g := gold{several: true}
	for _, item := range list {
		if _, isText := item.(string); isText {
			return gold{at: []float64{outside}, several: true}
		}
		g.at = append(g.at, one(item))
	}
	return g
}

func (b *builder) has(metric string) bool {
	return slices.ContainsFunc(b.metrics, func(m metricConfig) bool { return m.name == metric })
}

// scoreText filters a text and computes the metrics of each pipeline.
func (b *builder) scoreText(q *question, answer string, out *values) {
	golds, wrong := b.golds(q)
	for i := range b.filters {
		p := &b.filters[i]
		said, err := p.text(answer, q.doc)
		err = cmp.Or(wrong, err)
		for k := range b.metrics {
			m := &b.metrics[k]
			name := b.metricName(m, p)
			if err != nil {
				out.fail(name, err)
				continue
			}
			b.scoreMetric(m, name, golds, said, out)
		}
	}
}

// text is what the filters leave of an answer, which is one text or a list with one.
func (p *pipeline) text(answer string, d document) (string, error) {
	v, err := p.apply([]any{answer}, d)
	if err != nil {
		return "", err
	}
	if list, ok := v.([]any); ok && len(list) == 1 {
		v = list[0]
	}
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("the filters left %v, which is no text", v)
	}
	return s, nil
}

// golds are the right answers as texts.
func (b *builder) golds(q *question) ([]string, error) {
	if b.choice.value != nil {
		i, ok := asInt(q.target)
		if !ok {
			return nil, fmt.Errorf("doc_to_target gives %v, which is no index of doc_to_choice", q.target)
		}
		if i < 0 {
			i += len(q.choices)
		}
		if i < 0 || i >= len(q.choices) {
			return nil, fmt.Errorf("doc_to_target gives choice %d of %d", i, len(q.choices))
		}
		return []string{q.choices[i]}, nil
	}
	list, ok := q.target.([]any)
	if !ok || !b.multipleTarget {
		s, err := jinja.Text(q.target)
		return []string{s}, err
	}
	var out []string
	for _, item := range list {
		s, ok := item.(string)
		if !ok {
			return nil, fmt.Errorf("an answer of doc_to_target is %v, which is no text", item)
		}
		out = append(out, s)
	}
	return out, nil
}

func (b *builder) scoreMetric(m *metricConfig, name string, golds []string, said string, out *values) {
	switch m.name {
	case "exact_match":
		for _, g := range golds {
			same, err := m.match.equal(said, g)
			if err != nil {
				out.fail(name, err)
				return
			}
			if same {
				out.set(name, 1)
				return
			}
		}
		out.set(name, 0)
	case "bleu":
		v := text.BLEUStatistics(said, golds)
		out.set(name, v[:]...)
	case "ter":
		v := text.TERStatistics(said, golds)
		out.set(name, v[:]...)
	case "chrf", "chrf++":
		out.set(name, text.ChrFStatistics(said, golds, m.name == "chrf++")...)
	}
}

// metricName is the metric's name under a pipeline, as in the harness's results: METRIC,FILTER, and the metric's own
// where the pipeline is called none.
func (b *builder) metricName(m *metricConfig, p *pipeline) string {
	if p.name == noFilter {
		return m.name
	}
	return m.name + "," + p.name
}

// metricNames are all names of the task's metrics with their configurations.
func (b *builder) metricNames() (names []string, of []*metricConfig) {
	for i := range b.filters {
		for k := range b.metrics {
			names = append(names, b.metricName(&b.metrics[k], &b.filters[i]))
			of = append(of, &b.metrics[k])
		}
	}
	return names, of
}

// referenceTexts are a document's right answers as readers should see them.
func (b *builder) referenceTexts(q *question) []string {
	if b.output == multipleChoice {
		var out []string
		for _, at := range b.goldOf(q).at {
			if i := int(at); i >= 0 && i < len(q.choices) {
				out = append(out, q.choices[i])
			}
		}
		return out
	}
	if golds, err := b.golds(q); err == nil {
		return golds
	}
	s, err := jinja.Text(q.target)
	if err != nil || strings.TrimSpace(s) == "" {
		return nil
	}
	return []string{s}
}
