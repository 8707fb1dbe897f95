package score

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
	"assay/metrics"
)

// Gathered is a metric computed from all samples of an example.
type Gathered struct {
	metrics.Metric
	// of computes the value from the samples' judgements, which all have values, in the order of
	// samples; or it says why there is none.
	of       func(samples []metrics.Judgement) (value []float64, missing string)
	compares bool // whether it needs the judgements' answers
}

// compares reports whether one of the metric's gathered metrics compares answers.
func (m *Metric) compares() bool {
	return slices.ContainsFunc(m.Gathers, func(g Gathered) bool { return g.compares })
}

// gathered makes what the settings say about several samples.
func (s *Settings) gathered(m *metrics.Metric) ([]Gathered, error) {
	var out []Gathered
	if s.PassAt != nil && (m.Kind != metrics.Proportion || m.Direction != metrics.HigherIsBetter) {
		return nil, errors.New("pass_at: needs a metric whose values are 0 and 1, such as exact_match")
	}
	for i, k := range s.PassAt {
		if k < 1 || slices.Contains(s.PassAt[:i], k) {
			return nil, fmt.Errorf("pass_at: %d; write different numbers of samples, at least 1", k)
		}
		out = append(out, Gathered{
			Metric: metrics.Metric{Name: fmt.Sprintf("%s_pass_at_%d", m.Name, k), Title: fmt.Sprintf("%s, pass@%d", m.Title, k), Kind: metrics.Mean, Lo: 0, Hi: 1},
			of: func(samples []metrics.Judgement) ([]float64, string) {
				passed := 0
				for _, j := range samples {
					if j.Value[0] == 1 {
						passed++
					}
				}
				if k > len(samples) {
					return nil, fmt.Sprintf("pass@%d of only %s", k, plural.Of(len(samples), "sample"))
				}
				return []float64{PassAt(k, len(samples), passed)}, ""
			},
		})
	}
	if s.Majority {
		if m.ValueWidth() != 1 {
			return nil, errors.New("majority: needs a metric of one number an answer, such as exact_match")
		}
		of := *m
		of.Name, of.Title = m.Name+"_majority", m.Title+", majority"
		out = append(out, Gathered{Metric: of, of: majority, compares: true})
	}
	return out, nil
}

// PassAt estimates the probability that at least one of k answers passes, from n answers of
// which c passed: 1 - C(n-c, k) / C(n, k), which is unbiased (Chen et al. 2021, arXiv 2107.03374,
// equation 1). It panics unless 1 <= k <= n and 0 <= c <= n.
func PassAt(k, n, c int) float64 {
	if k < 1 || k > n || c < 0 || c > n {
		panic("score: PassAt needs 1 <= k <= n and 0 <= c <= n")
	}
	fails := 1.0 // that k different answers all fail
	for i := range k {
		fails *= float64(max(n-c-i, 0)) / float64(n-i)
	}
	return 1 - fails
}

// majority is the value of the most frequent answer, without case and white space at the ends;
// of equally frequent ones, that of the one given first. Samples from which nothing was extracted
// have no vote, unless all are such.
func majority(samples []metrics.Judgement) ([]float64, string) {
	var answers []string
	for _, j := range samples {
		answers = append(answers, strings.ToLower(strings.TrimSpace(j.Answer)))
	}
	best, votes := 0, 0
	for i, a := range answers {
		if n := count(answers, a); a != "" && n > votes {
			best, votes = i, n
		}
	}
	return samples[best].Value, ""
}

func count(all []string, one string) (n int) {
	for _, a := range all {
		if a == one {
			n++
		}
	}
	return n
}

// Gather returns what the metrics gather from several samples: the definitions, for the suite's
// metrics, and the function for [suites.Suite.Gather]. gather is nil if there is nothing to
// gather. If a sample has no value, what is gathered has none either.
func Gather(all []Metric) (defined []metrics.Metric, gather func([]metrics.Judgement) []metrics.Judgement) {
	for i := range all {
		for _, g := range all[i].Gathers {
			defined = append(defined, g.Metric)
		}
	}
	if defined == nil {
		return nil, nil
	}
	return defined, func(samples []metrics.Judgement) (out []metrics.Judgement) {
		for i := range all {
			if all[i].Gathers == nil {
				continue
			}
			own, missing := samplesOf(samples, all[i].Name)
			if own == nil {
				continue
			}
			for _, g := range all[i].Gathers {
				j := own[0]
				j.Metric, j.Sample, j.Value, j.Missing, j.Answer = g.Name, 0, nil, missing, ""
				if missing == "" {
					j.Value, j.Missing = g.of(own)
				}
				out = append(out, j)
			}
		}
		return out
	}
}

// samplesOf are the judgements of one metric, one for each sample, and why some have no value.
func samplesOf(all []metrics.Judgement, metric string) (own []metrics.Judgement, missing string) {
	n, reason := 0, ""
	for _, j := range all {
		if j.Metric != metric || slices.ContainsFunc(own, func(o metrics.Judgement) bool { return o.Sample == j.Sample }) {
			continue
		}
		own = append(own, j)
		if !j.Scored() {
			if n++; n == 1 {
				reason = j.Missing
			}
		}
	}
	if n > 0 {
		missing = fmt.Sprintf("%d of %s not scored: %s", n, plural.Of(len(own), "sample"), reason)
	}
	return own, missing
}
