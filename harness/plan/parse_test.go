package plan

import (
	"strings"

	"assay/harness/yamlstruct"
	"assay/metrics"
	"assay/suites"
)

// These read content instead of files, as the functions without parse in their names do.

func parseRun(path string, data []byte, catalog []suites.Suite) (*Run, error) {
	return parse(path, data, runRemedy, func(f *yamlstruct.File) (*Run, error) { return readRun(f, catalog, task) })
}

// exactly judges exact_match.
type exactly struct{ named }

func (exactly) Metrics() []string { return []string{"exact_match"} }

// task stands for the openers of task files and of suite files, which other packages have.
func task(reference, _ string) ([]suites.Suite, bool, error) {
	if reference == "tickets.yaml" { // in the documentation
		exact := metrics.Metric{Name: "exact_match", Hi: 1}
		return []suites.Suite{{Name: "tickets", Metrics: []metrics.Metric{exact}, Judge: exactly{"tickets"}, Live: &suites.Live{}}}, true, nil
	}
	if name, ok := strings.CutPrefix(reference, "lm-eval:"); ok {
		return []suites.Suite{{Name: name, Live: &suites.Live{}}}, true, nil
	}
	return nil, false, nil
}

func parseGates(path string, data []byte, catalog []suites.Suite) ([]metrics.Gate, error) {
	return parse(path, data, gatesRemedy, func(f *yamlstruct.File) ([]metrics.Gate, error) { return readGates(f, catalog) })
}

func parseTrain(path string, data []byte, kind TrainKind) (*Train, error) {
	return parse(path, data, trainRemedy, func(f *yamlstruct.File) (*Train, error) { return readTrain(f, kind) })
}

func parseReward(path string, data []byte) (*Reward, error) {
	return parse(path, data, rewardRemedy, readReward)
}

func parseLabel(path string, data []byte) (*Label, error) {
	return parse(path, data, labelRemedy, readLabel)
}

func parsePPO(path string, data []byte) (*PPO, error) { return parse(path, data, ppoRemedy, readPPO) }

func parse[T any](path string, data []byte, remedy string, read func(*yamlstruct.File) (T, error)) (got T, err error) {
	f, err := yamlstruct.Parse(path, data, remedy)
	if err != nil {
		return got, err
	}
	return read(f)
}
