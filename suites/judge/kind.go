package judge

import (
	"fmt"
	"slices"
	"strings"

	"assay/metrics"
	"assay/suites"
)

// Kind is a kind of judge that a plan can name.
type Kind struct {
	Name suites.JudgeKind
	Asks Asks
	// Settings is the zero value of the fields of plans that only this kind has; nil where it
	// has none. Its type is embedded in [Settings].
	Settings any
	// New makes a judge; name is its own in the records. The error is a fault in the settings.
	New func(name string, s Settings) (suites.Judge, error)
	// Metrics define what the kind judges, for suites without such metrics. Every suite of
	// texts takes a kind that defines its metrics; others only the kinds in [suites.Suite.Judged].
	Metrics []metrics.Metric
}

// Asks says what answers a judge's requests.
type Asks int

const (
	Nothing     Asks = iota // the judge sends no requests
	Model                   // a model on a server
	RewardModel             // a reward model on this machine
	Service                 // a toxicity service
)

// Settings are the fields of plans that only some kinds have.
type Settings struct {
	ToxicitySettings
}

// Kinds are all kinds of judges that a plan can name.
func Kinds() []Kind {
	return []Kind{
		toxicityKind(),
		truthKind(),
		pairwiseKind(),
		gradeKind(),
		rewardKind(),
	}
}

// Find finds a kind by its name.
func Find(name suites.JudgeKind) (Kind, error) {
	all := Kinds()
	i := slices.IndexFunc(all, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, fmt.Errorf("unknown kind of judge %q; choose one of %s", name, Names(all))
	}
	return all[i], nil
}

// For are the kinds that a suite takes.
func For(s *suites.Suite) []Kind {
	return slices.DeleteFunc(Kinds(), func(k Kind) bool { return !k.Fits(s) })
}

// Fits reports whether a suite takes judges of the kind.
func (k Kind) Fits(s *suites.Suite) bool {
	return slices.Contains(s.Judged, k.Name) || k.Metrics != nil && s.Live != nil && !s.Live.Scored
}

// Define adds the kind's metrics to a suite that lacks them. Suites that share their list of
// metrics with s keep theirs.
func (k Kind) Define(s *suites.Suite) {
	s.Metrics = slices.Clip(s.Metrics)
	for _, m := range k.Metrics {
		if _, ok := s.Metric(m.Name); !ok {
			s.Metrics = append(s.Metrics, m)
		}
	}
}

// Names lists kinds for messages.
func Names(kinds []Kind) string {
	var names []string
	for _, k := range kinds {
		names = append(names, string(k.Name))
	}
	return strings.Join(names, ", ")
}
