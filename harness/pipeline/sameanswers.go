package pipeline

import (
	"errors"
	"hash/maphash"
	"io/fs"
	"slices"
	"strings"

	"assay/harness"
	"assay/harness/runstore"
	"assay/models"
)

// Two runs that judged one suite by different metrics, such as people's labels and a judge's
// values, judged one model if its answers are the same in both.

// apart are the models of the second run that are not the first run's of the same name: see
// [NameApart].
func apart(a, b *Source, paired []string) (names map[string]bool, err error) {
	suites := sharedSuites(a.Manifest, b.Manifest, paired)
	if len(suites) == 0 {
		return nil, nil
	}
	names = map[string]bool{}
	if slices.ContainsFunc(suites, func(s [2]string) bool { return s[0] != s[1] || shareMetric(a.Manifest, b.Manifest, s[0]) }) {
		for _, m := range b.Manifest.Models {
			names[m.Name] = true
		}
		return names, nil
	}
	for _, m := range b.Manifest.Models {
		for _, other := range a.Manifest.Models {
			if m.Name == other.Name && identified(&m) && identified(&other) && m.Fingerprint != other.Fingerprint {
				names[m.Name] = true
			}
		}
	}
	return names, otherAnswers(a, b, names)
}

// recordedPrint begins the fingerprint of a model whose answers were imported: it says only the name.
const recordedPrint = "recorded:"

// identified reports whether a model's fingerprint says which model it is.
func identified(m *models.Info) bool {
	return m.Fingerprint != "" && !strings.HasPrefix(m.Fingerprint, recordedPrint)
}

// sharedSuites are the suites that both runs judged, by their names in each.
func sharedSuites(a, b *harness.Manifest, paired []string) (all [][2]string) {
	for _, c := range a.Counts {
		for _, d := range b.Counts {
			if c.Suite == d.Suite || slices.Contains(paired, c.Suite+"="+d.Suite) || slices.Contains(paired, d.Suite+"="+c.Suite) {
				all = append(all, [2]string{c.Suite, d.Suite})
			}
		}
	}
	return all
}

// shareMetric reports whether two manifests define a metric of a suite with one name, or don't say.
func shareMetric(a, b *harness.Manifest, suite string) bool {
	metrics := func(m *harness.Manifest) map[string]bool {
		of := map[string]bool{}
		for _, s := range m.Suites {
			if s.Name == suite {
				for _, one := range s.Metrics {
					of[one.Name] = true
				}
			}
		}
		return of
	}
	x, y := metrics(a), metrics(b)
	for name := range x {
		if y[name] {
			return true
		}
	}
	return len(x) == 0 || len(y) == 0
}

// answerOf names an answer.
type answerOf struct {
	suite, example, condition, model string
	sample                           int
}

// otherAnswers adds the models of which the two runs have different answers to one example.
func otherAnswers(a, b *Source, names map[string]bool) error {
	seed, first := maphash.MakeSeed(), map[answerOf]uint64{}
	read := func(s *Source, take func(answerOf, uint64)) error {
		for c, err := range runstore.Completions().Read(s.Store) {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			take(answerOf{c.Suite, c.Example, c.Condition, c.Model, c.Sample}, maphash.String(seed, strings.TrimSpace(c.Text)))
		}
		return nil
	}
	if err := read(a, func(of answerOf, text uint64) { first[of] = text }); err != nil {
		return err
	}
	return read(b, func(of answerOf, text uint64) {
		if before, ok := first[of]; ok && before != text {
			names[of.model] = true
		}
	})
}
