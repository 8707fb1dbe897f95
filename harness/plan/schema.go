package plan

import (
	"embed"
	"fmt"
	"slices"

	"assay/harness/leaf/place"
	"assay/harness/yamlstruct"
	"assay/suites"
	"assay/suites/judge"
)

// Source has the comments of the fields that files have.
//
//go:embed run.go server.go form.go gates.go train.go dropout.go reward.go ppo.go judge.go label.go
var Source embed.FS

// FileKind is a kind of file that this package reads.
type FileKind string

const (
	RunFile      FileKind = "run"
	GatesFile    FileKind = "gates"
	PretrainFile          = FileKind(Pretrain)
	SFTFile               = FileKind(SFT)
	RewardFile            = FileKind(RewardModel)
	PPOFile               = FileKind(PPOKind)
	JudgeFile             = FileKind(JudgeKind)
	LabelFile    FileKind = "label"
)

// FileKinds are all kinds of files.
func FileKinds() []FileKind {
	return []FileKind{RunFile, GatesFile, PretrainFile, SFTFile, RewardFile, PPOFile, JudgeFile, LabelFile}
}

// form is what a kind of file is decoded into, with its defaults, and how.
func (k FileKind) form(catalog []suites.Suite) (into any, o yamlstruct.Options) {
	switch k {
	case RunFile:
		return newRun(), runOptions("a plan", append(suiteNames(catalog, true), yamlstruct.Others))
	case GatesFile:
		return &Gates{}, runOptions("a gates file", append(suiteNames(catalog, false), yamlstruct.Others))
	case RewardFile:
		return newReward(), trainOptions(RewardModel)
	case JudgeFile:
		return newTrainedJudge(), trainOptions(JudgeKind)
	case PPOFile:
		return preset(Small), trainOptions(PPOKind)
	case LabelFile:
		return newLabel(), yamlstruct.Options{What: "a plan of labelling"}
	}
	return newTrain(), trainOptions(TrainKind(k))
}

// Schema is a JSON Schema of a kind of file, for editors; the suites of the catalog are
// those that it names.
func Schema(kind FileKind, catalog []suites.Suite) (*yamlstruct.Schema, error) {
	into, o, docs, err := described(kind, catalog)
	if err != nil {
		return nil, err
	}
	return yamlstruct.SchemaOf(into, "assay "+string(kind), o, docs), nil
}

// Fields lists the fields of a kind of file.
func Fields(kind FileKind) ([]yamlstruct.Entry, error) {
	into, o, docs, err := described(kind, nil)
	if err != nil {
		return nil, err
	}
	return yamlstruct.Entries(into, o, docs), nil
}

func described(kind FileKind, catalog []suites.Suite) (any, yamlstruct.Options, yamlstruct.Docs, error) {
	if !slices.Contains(FileKinds(), kind) {
		var names []string
		for _, k := range FileKinds() {
			names = append(names, string(k))
		}
		return nil, yamlstruct.Options{}, nil, fmt.Errorf("unknown kind of file %q; %s", kind, place.Choose(string(kind), names))
	}
	docs, err := yamlstruct.ReadDocs(Source, judge.Source)
	into, o := kind.form(catalog)
	return into, o, docs, err
}
