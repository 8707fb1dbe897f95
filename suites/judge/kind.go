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
	// Settings are zero values of the structs of fields of plans that this kind has beside those
	// of all judges. Their types are embedded in [Settings].
	Settings []any
	// New makes a judge; name is its own in the records. The error is a fault in the settings.
	New func(name string, s Settings) (suites.Judge, error)
	// Metrics define what a judge with these settings judges, for suites without such metrics.
	// Every suite of texts takes a kind that defines its metrics; others only the kinds in
	// [suites.Suite.Judged].
	Metrics func(s Settings) []metrics.Metric
}

// Asks says what answers a judge's requests.
type Asks int

const (
	Nothing     Asks = iota // the judge sends no requests
	Model                   // a model on a server or of this machine
	RewardModel             // a reward model on this machine
	Service                 // a toxicity service
	Program                 // a program on this machine
)

// Settings are the fields of plans that only some kinds have.
type Settings struct {
	ToxicitySettings
	TruthSettings
	GradeSettings
	PairwiseSettings
	RewardSettings
	ViewSettings
	MetricSettings
	CommandSettings
}

// Kinds are all kinds of judges that a plan can name.
func Kinds() []Kind {
	return []Kind{
		toxicityKind(),
		truthKind(),
		pairwiseKind(),
		gradeKind(),
		metadataKind(),
		groundedKind(),
		rewardKind(),
		commandKind(),
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

// Define adds the metrics of a judge of the kind to a suite that lacks them. Suites that share
// their list of metrics with s keep theirs. The error names a metric that the suite has with
// another meaning.
func (k Kind) Define(s *suites.Suite, settings Settings) error {
	if k.Metrics == nil {
		return nil
	}
	s.Metrics = slices.Clip(s.Metrics)
	for _, m := range k.Metrics(settings) {
		own, ok := s.Metric(m.Name)
		if !ok {
			s.Metrics = append(s.Metrics, m)
			if s.Plot.Group != "" && s.Plot.Metric == "" && m.Direction != metrics.NeitherIsBetter { // a suite that only judges score
				s.Plot.Metric = m.Name
			}
			continue
		}
		mine, theirs := suites.DefinitionOf(m), suites.DefinitionOf(*own)
		if differs := mine.Differs(&theirs); differs != "" {
			return fmt.Errorf("its metric %s is not the one that suite %s has (%s); write metric: and another name", m.Name, s.Name, differs)
		}
	}
	return nil
}

// Names lists kinds for messages.
func Names(kinds []Kind) string {
	var names []string
	for _, k := range kinds {
		names = append(names, string(k.Name))
	}
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
