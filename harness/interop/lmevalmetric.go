package interop

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/logistic"
	"assay/harness/leaf/plural"
	"assay/metrics"
	"assay/metrics/statistic"
	"assay/metrics/text"
)

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
		im.leaveOut(task, name, "its aggregation %s is not read", aggregation)
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
		return nil, fmt.Errorf("%.60s is no list of %s", raw, plural.Of(n, "number"))
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
	if exact := logistic.Softmax(choices); len(exact) == len(ps) && !slices.ContainsFunc(ps, func(p float64) bool { return p > 1 }) {
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
