package runstore

import (
	"cmp"
	"fmt"
	"io/fs"
	"strings"

	"github.com/go-json-experiment/json"
)

// makeRun is what to do where there is no run.
const makeRun = "make a run with 'assay run' or 'assay import'"

// noManifest says what a folder without a manifest is. It is an [fs.ErrNotExist].
type noManifest string

func (e noManifest) Error() string      { return string(e) }
func (noManifest) Is(target error) bool { return target == fs.ErrNotExist }

// known says what a folder without a manifest is by its files, and what to do: "is a report, not a run; name the run
// that it reports on". It is "" if they don't show it.
func known(s Store) string {
	switch {
	case Answers().begun(s):
		return "is an unfinished run; rerun 'assay run' to finish it"
	case TrainSteps().begun(s):
		return "is an unfinished training; rerun 'assay train' to finish it"
	case has(s, "prepare.json"): // its train.jsonl has prompts
		return "is a folder of prepared prompts, not a run; " + makeRun
	case has(s, "model/config.json"):
		return "is the folder of a training, not of a run; " + makeRun
	case has(s, "config.json"):
		return "is a model's checkpoint, not a run; " + makeRun
	case has(s, "report.html"):
		return "is a report, not a run; name the run that it reports on"
	case has(s, "findings.json"):
		return "is a reproduction, not a run; its runs are in seed-N"
	case has(s, "run/"+ManifestFile):
		return "is not a run, but holds one; name it: " + s.Path("run")
	}
	return ""
}

func has(s Store, file string) bool {
	f, err := s.Open(file)
	if err != nil {
		return false
	}
	f.Close()
	return true
}

// What says what a folder without a manifest is, by its files: "is a report, not a run".
func What(s Store) string {
	what, _, _ := strings.Cut(known(s), ";")
	return cmp.Or(what, "holds files, but neither a run nor a training")
}

// noRun is the error where a store has no manifest: it names what the store is by its files.
func noRun(s Store) error {
	if is := known(s); is != "" {
		return noManifest(s.Path(".") + " " + is)
	}
	return noManifest(fmt.Sprintf("%s is not a run: it has no %s; %s", s.Path("."), ManifestFile, makeRun))
}

// kindOf is the kind of a manifest that is not a run's, such as "assay world"; "" if it has
// none.
func kindOf(manifest []byte) string {
	var m struct {
		Kind string `json:"kind"`
	}
	if json.Unmarshal(manifest, &m) != nil {
		return ""
	}
	return m.Kind
}
