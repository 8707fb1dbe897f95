package judge

import (
	"fmt"
	"strings"

	"assay/suites"
)

// Kind is a kind of judge that a plan can name.
type Kind struct {
	Name suites.JudgeKind
	Asks Asks
	New  func(name string) suites.Judge // name is the judge's own in the records
}

// Asks says what answers a judge's requests.
type Asks int

const (
	Nothing     Asks = iota // the judge sends no requests
	Model                   // a model on a server
	RewardModel             // a reward model on this machine
	Service                 // a toxicity service
)

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
	var names []string
	for _, k := range Kinds() {
		if k.Name == name {
			return k, nil
		}
		names = append(names, string(k.Name))
	}
	return Kind{}, fmt.Errorf("unknown kind of judge %q; choose one of %s", name, strings.Join(names, ", "))
}
