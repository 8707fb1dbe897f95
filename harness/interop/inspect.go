package interop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/plural"
)

// Inspect reads the logs of Inspect: .eval files, with samples in one piece or in chunks, and
// .json files. A task is a suite. Each scorer is a metric, and so is each key of a scorer with
// several. Epochs are samples, so that the metric is Inspect's "mean" reducer; another reducer
// is a metric SCORER/REDUCER, by the reduced values in the log.
func Inspect() Importer {
	return Importer{
		Name:  "inspect",
		Short: "Inspect's logs: .eval and .json files",
		Own:   true,
		Deep: func(name string) bool {
			return strings.HasSuffix(name, ".eval") || strings.HasSuffix(name, ".json") && !slices.Contains([]string{"logs.json", "eval-set.json", "listing.json"}, name)
		},
		Import: importInspect,
	}
}

// inspectHead is a log without its samples.
type inspectHead struct {
	Status string `json:"status"`
	Eval   struct {
		Task    string                    `json:"task"`
		Args    map[string]jsontext.Value `json:"task_args"`
		Model   string                    `json:"model"`
		Config  map[string]jsontext.Value `json:"model_generate_config"`
		Scorers []struct {
			Name string `json:"name"`
		} `json:"scorers"`
	} `json:"eval"`
	Plan struct {
		Steps []struct {
			Solver string `json:"solver"`
		} `json:"steps"`
		Config map[string]jsontext.Value `json:"config"`
	} `json:"plan"`
	Results *struct {
		Scores []inspectResult `json:"scores"`
	} `json:"results"`
}

type inspectImport struct {
	*book
	args map[string][]string // the arguments of a task and model, in each of its logs
}

// inspectLog is a log that is being read.
type inspectLog struct {
	*inspectImport
	path      string
	head      inspectHead
	condition string
	known     map[string]answer // what each example is
	tally     *tally
}

func importInspect(ctx context.Context, paths []string, opt Options, out Sink) error {
	files, b, err := begin(Inspect(), paths, opt, out)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%s: no .eval or .json file found; name logs of Inspect, or their folder", strings.Join(paths, ", "))
	}
	im := &inspectImport{b, map[string][]string{}}
	heads := map[string]*inspectHead{}
	for _, path := range files {
		head := new(inspectHead)
		if err := eachInspect(path, nil, inspectReader{head: func(h *inspectHead) error { *head = *h; return errEnough }}); errors.Is(err, errEnough) {
			heads[path] = head
			key := head.Eval.Task + "\x00" + head.Eval.Model
			if args := head.args(); !slices.Contains(im.args[key], args) {
				im.args[key] = append(im.args[key], args)
			}
		}
	}
	files = withoutShards(files, heads, out)
	if err := eachFile(ctx, files, opt, out, func(path string) error { return im.log(ctx, path) }); err != nil {
		return err
	}
	return im.close()
}

// withoutShards leaves out the logs of a run's workers, NAME.shards/WORKER/FILE, if the log that Inspect
// merged from them, NAME.eval or NAME-recovered.eval, is here and complete: it has their samples
// (inspect_ai 0.3.285, _util/log_layout.py).
func withoutShards(files []string, heads map[string]*inspectHead, out Sink) []string {
	left := map[string]int{}
	var merged []string
	kept := slices.DeleteFunc(slices.Clone(files), func(path string) bool {
		run, ok := strings.CutSuffix(filepath.Dir(filepath.Dir(path)), ".shards")
		if !ok || filepath.Base(run) == "." || strings.HasSuffix(run, string(filepath.Separator)) {
			return false
		}
		for _, log := range []string{run + ".eval", run + "-recovered.eval"} {
			if head, ok := heads[log]; ok && head.Status == "success" {
				if left[log]++; left[log] == 1 {
					merged = append(merged, log)
				}
				return true
			}
		}
		return false
	})
	for _, log := range merged {
		out.Notice("%s was merged from the logs of workers: %s in its folder .shards left out", log, plural.Of(left[log], "log"))
	}
	return kept
}

// args are the task's arguments.
func (h *inspectHead) args() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(h.Eval.Args)) {
		all = append(all, name+"="+strings.Join(texts(h.Eval.Args[name]), ","))
	}
	return strings.Join(all, " ")
}

// log reads a log.
func (im *inspectImport) log(ctx context.Context, path string) error {
	f, err := open(path, im.out.Progress())
	if err != nil {
		return err
	}
	defer f.Close()
	if strings.HasSuffix(path, ".eval") { // a zip is read in another order than it is hashed
		if _, err := io.Copy(io.Discard, f); err != nil {
			return err
		}
	}
	l := &inspectLog{inspectImport: im, path: path, known: map[string]answer{}, tally: newTally(path, f, longestDocument, im.opt)}
	err = eachInspect(path, l.tally.in, inspectReader{
		head: l.begin,
		sample: func(line int, s *inspectSample, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil {
				err = l.sample(s)
			}
			return l.tally.took(line, err)
		},
		reduction: l.reduction,
	})
	if err := l.tally.end(err, "no samples in the log; get a complete copy", f, im.out); err != nil {
		return err
	}
	if l.head.Status != "success" {
		im.out.Notice("%s: the evaluation ended with the status %q; %s read", path, l.head.Status, plural.Of(l.tally.read, "sample"))
	}
	l.aggregates()
	return nil
}

// begin takes a log's head.
func (l *inspectLog) begin(h *inspectHead) error {
	if h.Eval.Task == "" || h.Eval.Model == "" {
		return placed(l.path, 1, "no member \"eval\" with a task and a model; name a log of Inspect")
	}
	l.head = *h
	if len(l.args[h.Eval.Task+"\x00"+h.Eval.Model]) > 1 {
		l.condition = cmp.Or(h.args(), "no arguments")
	}
	if err := l.once(l.path, h.Eval.Task, h.Eval.Model, l.condition); err != nil {
		return err
	}
	l.setting(h.Eval.Task, h.Eval.Model, "solver", h.solver())
	for _, config := range []map[string]jsontext.Value{h.Eval.Config, h.Plan.Config} {
		for _, name := range slices.Sorted(maps.Keys(config)) {
			l.setting(h.Eval.Task, h.Eval.Model, settingNames(name), strings.Join(texts(config[name]), ", "))
		}
	}
	return nil
}

func (h *inspectHead) solver() string {
	var all []string
	for _, s := range h.Plan.Steps {
		all = append(all, s.Solver)
	}
	return strings.Join(all, ", ")
}
