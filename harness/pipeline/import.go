package pipeline

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"assay/harness"
	"assay/harness/interop"
	"assay/harness/runstore"
	"assay/harness/session"
	"assay/suites"
)

// ImportOptions says how recorded outputs become a run.
type ImportOptions struct {
	interop.Options
	Catalog  []suites.Suite
	Baseline string // the run's baseline; "" takes the format's usual one, if the run has it
	Seed     uint64 // of all resampling in the run
	// Reading counts the bytes that are read. Judging is called with the number of
	// completions to judge, and counts one byte for each.
	Reading io.Writer
	Judging func(all int) io.Writer
}

// Imported is what came of an import.
type Imported struct {
	Manifest *harness.Manifest
	Missing  map[string]int // judgements without a value, by reason
	Notices  []string
}

// Import reads recorded outputs into an empty store: the importer's records, then the
// judgements of suites that need no model, then the timings and the manifest.
func Import(ctx context.Context, store runstore.Store, im interop.Importer, paths []string, o ImportOptions) (*Imported, error) {
	if err := o.Check(im); err != nil {
		return nil, err
	}
	out := &Imported{}
	start := time.Now()
	in, err := NewIngest(store, func(s string) { out.Notices = append(out.Notices, s) }, o.Reading)
	if err != nil {
		return nil, err
	}
	defer in.Abort()
	if !im.Own {
		in.Catalog = o.Catalog
	}
	o.Options.Baseline = o.Baseline
	if err := im.Import(ctx, paths, o.Options, in); err != nil {
		return nil, err
	}
	if err := in.CommitCompletions(); err != nil {
		return nil, err
	}
	var judged []suites.Suite
	all := 0
	for _, count := range in.Counts() {
		for _, s := range in.Catalog {
			if s.Name == count.Suite && s.Judge != nil {
				judged = append(judged, s)
				all += count.Completions
			}
		}
	}
	if err := Judge(ctx, store, judged, in.Judgement, o.Judging(all)); err != nil {
		return nil, err
	}
	if out.Manifest, err = in.Commit(); err != nil {
		return nil, err
	}
	out.Missing = in.Missing()
	m := out.Manifest
	m.Plan.Import, m.Seed = im.Name, o.Seed
	if m.Baseline, err = baselineOf(m, o.Baseline, im.Baseline); err != nil {
		return nil, err
	}
	timing := session.NewTiming("import", start)
	timing.Seconds = time.Since(start).Seconds()
	if err := session.KeepTimings(store, timing); err != nil {
		return nil, err
	}
	return out, runstore.WriteManifest(store, m)
}

// baselineOf is the named model, which the run must have. Without a name it is the format's
// usual one, if the run has it.
func baselineOf(m *harness.Manifest, named, usual string) (string, error) {
	var names []string
	for _, info := range m.Models {
		names = append(names, info.Name)
		if named == "" && info.Name == usual || named != "" && info.Name == named {
			return info.Name, nil
		}
	}
	if named != "" {
		return "", fmt.Errorf("--baseline %s: no such model in the files; they have %s", named, strings.Join(names, ", "))
	}
	return "", nil
}
