package runstore

import (
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

// kinds are files by which a folder without a manifest is known, with what it is and what to do.
func kinds(s Store) [][2]string {
	return [][2]string{
		{Answers().File(), "is an unfinished run; rerun 'assay run' to finish it"},
		{TrainSteps().File(), "is an unfinished training; rerun 'assay train' to finish it"},
		{"model/config.json", "is the folder of a training, not of a run; " + makeRun},
		{"config.json", "is a model's checkpoint, not a run; " + makeRun},
		{"report.html", "is a report, not a run; name the run that it reports on"},
		{"findings.json", "is a reproduction, not a run; its runs are in seed-N"},
		{"run/" + ManifestFile, "is not a run, but holds one; name it: " + s.Path("run")},
	}
}

// What says what a folder without a manifest is, by its files: "is a report, not a run". If they don't show it, it "was
// not written by assay".
func What(s Store) string {
	for _, known := range kinds(s) {
		if f, err := s.Open(known[0]); err == nil {
			f.Close()
			what, _, _ := strings.Cut(known[1], ";")
			return what
		}
	}
	return "was not written by assay"
}

// noRun is the error where a store has no manifest: it names what the store is by its files.
func noRun(s Store) error {
	for _, known := range kinds(s) {
		if f, err := s.Open(known[0]); err == nil {
			f.Close()
			return noManifest(s.Path(".") + " " + known[1])
		}
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
