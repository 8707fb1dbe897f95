package lmeval

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"assay/metrics"
	"assay/metrics/statistic"
	"assay/metrics/text"
	"assay/models/jinja"
)

// metricConfig is an entry of metric_list.
type metricConfig struct {
	name        string // of the metric
	aggregation string
	higher      bool
	match       *matching // of exact_match
}

// aggregations are those of metrics for which a task names none.
var aggregations = map[string]string{
	"acc": "mean", "acc_norm": "mean", "acc_bytes": "mean", "acc_mutual_info": "mean", "exact_match": "mean", "brier_score": "brier_score",
	"perplexity": "perplexity", "word_perplexity": "weighted_perplexity", "byte_perplexity": "weighted_perplexity", "bits_per_byte": "bits_per_byte",
	"mcc": "matthews_corrcoef", "f1": "f1", "bleu": "bleu", "chrf": "chrf", "chrf++": "chrf++", "ter": "ter",
}

// lower are the metrics of which less is better.
var lower = []string{"brier_score", "perplexity", "word_perplexity", "byte_perplexity", "bits_per_byte", "ter"}

// usual are the metrics of a task without metric_list.
var usual = map[string][]string{
	generateUntil: {"exact_match"}, multipleChoice: {"acc", "acc_norm"}, loglikelihood: {"perplexity", "acc"},
	rolling: {"word_perplexity", "byte_perplexity", "bits_per_byte"},
}

// produced are the metrics that each kind of task has values for.
var produced = map[string][]string{
	generateUntil:  {"exact_match", "bleu", "chrf", "chrf++", "ter"},
	multipleChoice: {"acc", "acc_norm", "acc_bytes", "acc_mutual_info", "f1", "mcc", "exact_match", "brier_score"},
	loglikelihood:  {"perplexity", "acc"},
	rolling:        {"word_perplexity", "byte_perplexity", "bits_per_byte"},
}

// readMetrics reads metric_list.
func (t *task) readMetrics(key string) error {
	if t.get(key) == nil {
		for _, name := range usual[t.output] {
			m, err := t.newMetric(key, jinja.NewDict(), name)
			if err != nil {
				return err
			}
			t.metrics = append(t.metrics, m)
		}
		return nil
	}
	list, ok := t.get(key).([]any)
	if !ok || len(list) == 0 {
		return t.fail(key, "metric_list must be a list of mappings with metric:")
	}
	for _, item := range list {
		d, ok := item.(*jinja.Dict)
		if !ok {
			return t.fail(key, "an entry of metric_list must be a mapping with metric:")
		}
		name, _ := d.Get("metric")
		text, ok := name.(string)
		if !ok {
			return t.fail(key, "an entry of metric_list has no metric:")
		}
		m, err := t.newMetric(key, d, text)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(t.metrics, func(o metricConfig) bool { return o.name == m.name }) {
			return t.fail(key, "the metric %s is listed twice", m.name)
		}
		t.metrics = append(t.metrics, m)
	}
	return nil
}

func (t *task) newMetric(key string, d *jinja.Dict, name string) (metricConfig, error) {
	m := metricConfig{name: name, aggregation: aggregations[name], higher: !slices.Contains(lower, name)}
	fail := func(format string, args ...any) (metricConfig, error) {
		return m, t.fail(key, "metric %s: %w", name, fmt.Errorf(format, args...))
	}
	switch {
	case t.output != "" && produced[t.output] == nil: // reported elsewhere
		return m, nil
	case !slices.Contains(produced[t.output], name):
		return fail("not supported with output_type: %s, which has %s", t.output, strings.Join(produced[t.output], ", "))
	}
	m.match = &matching{}
	for k, v := range d.All() {
		var err error
		switch k {
		case "metric":
		case "hf_evaluate":
			if v == true {
				return fail("hf_evaluate: true loads a metric from the hub, which is not supported")
			}
		case "aggregation":
			a, ok := v.(string)
			if !ok || !slices.Contains([]string{aggregations[name], "nanmean"}, a) || a == "nanmean" && aggregations[name] != "mean" {
				return fail("the aggregation %v is not supported; %s is", v, aggregations[name])
			}
		case "higher_is_better":
			h, ok := v.(bool)
			if !ok {
				return fail("higher_is_better must be true or false")
			}
			m.higher = h
		default:
			if name == "exact_match" && t.output == generateUntil {
				err = m.match.set(fmt.Sprint(k), v)
			} else if t.output == generateUntil {
				err = fmt.Errorf("%v is not supported", k)
			} // other kinds of tasks give arguments to no metric
		}
		if err != nil {
			return fail("%w", err)
		}
	}
	return m, nil
}

// matching is how exact_match compares texts.
type matching struct {
	ignore                                 []*regex
	ignoreCase, punctuation, ignoreNumbers bool
}

func (m *matching) set(key string, v any) error {
	flags := map[string]*bool{"ignore_case": &m.ignoreCase, "ignore_punctuation": &m.punctuation, "ignore_numbers": &m.ignoreNumbers}
	if flag := flags[key]; flag != nil {
		b, ok := v.(bool)
		if !ok && v != nil {
			return fmt.Errorf("%s must be true or false", key)
		}
		*flag = b
		return nil
	}
	if key != "regexes_to_ignore" {
		return fmt.Errorf("exact_match takes no %s", key)
	}
	list, ok := v.([]any)
	if !ok && v != nil {
		return fmt.Errorf("regexes_to_ignore must be a list of patterns")
	}
	for _, item := range list {
		s, ok := item.(string)
		if !ok {
			return fmt.Errorf("regexes_to_ignore must be a list of patterns")
		}
		re, err := compileRegex(s)
		if err != nil {
			return err
		}
		m.ignore = append(m.ignore, re)
	}
	return nil
}

// normal is a text as it is compared.
func (m *matching) normal(s string) (string, error) {
	for _, re := range m.ignore {
		var err error
		if s, err = re.replace(s, "", -1); err != nil {
			return "", err
		}
	}
	if m.ignoreCase {
		s = text.Lower(s)
	}
	if m.punctuation {
		s = text.DropASCIIPunctuation(s)
	}
	if m.ignoreNumbers {
		s = strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return -1
			}
			return r
		}, s)
	}
	return s, nil
}

func (m *matching) equal(a, b string) (bool, error) {
	a, err := m.normal(a)
	if err != nil {
		return false, err
	}
	b, err = m.normal(b)
	return a == b, err
}

// define is the metric of a suite. choices is the largest number of choices of a document.
func (m *metricConfig) define(name string, choices int) metrics.Metric {
	out := metrics.Metric{Name: name, Title: title(name), Kind: metrics.Mean, Hi: 1}
	if !m.higher {
		out.Direction = metrics.LowerIsBetter
	}
	sums := func(statistic string, width int, hi float64) {
		out.Kind, out.Width, out.Hi, out.Statistic = metrics.FunctionOfSums, width, hi, metrics.Statistic{Name: statistic}
	}
	switch m.name {
	case "acc", "acc_norm", "acc_bytes", "acc_mutual_info", "exact_match":
		out.Kind = metrics.Proportion
	case "brier_score":
		out.Hi = 2
	case "f1":
		sums(statistic.ShareOfSums, 2, 1)
	case "mcc":
		sums(statistic.MCC, 2, 1)
		out.Lo = -1
		for i := range max(choices, 2) {
			out.Statistic.Labels = append(out.Statistic.Labels, fmt.Sprint(i))
		}
	case "perplexity", "word_perplexity", "byte_perplexity":
		sums(statistic.ExpRatioOfSums, 2, math.Inf(1))
		out.Lo = 1
	case "bits_per_byte":
		sums(statistic.RatioOfSums, 2, math.Inf(1))
	case "bleu":
		sums(statistic.CorpusBLEU, text.BLEUSize, 100)
	case "chrf":
		sums(statistic.CorpusChrF, text.ChrFSize, 100)
	case "chrf++":
		sums(statistic.CorpusChrFWords, text.ChrFWordSize, 100)
	case "ter":
		sums(statistic.CorpusTER, text.TERSize, math.Inf(1))
	}
	return out
}

var titles = map[string]string{
	"acc": "Accuracy", "acc_norm": "Accuracy by characters", "acc_bytes": "Accuracy by bytes", "acc_mutual_info": "Accuracy by mutual information",
	"exact_match": "Exact match", "brier_score": "Brier score", "f1": "F1", "mcc": "Matthews correlation", "perplexity": "Perplexity",
	"word_perplexity": "Perplexity of words", "byte_perplexity": "Perplexity of bytes", "bits_per_byte": "Bits per byte",
	"bleu": "BLEU", "chrf": "chrF", "chrf++": "chrF++", "ter": "TER",
}

func title(name string) string {
	metric, filter, ok := strings.Cut(name, ",")
	out := titles[metric]
	if ok {
		out += " (" + filter + ")"
	}
	return out
}
