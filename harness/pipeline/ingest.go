package pipeline

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"

	"assay/harness"
	"assay/harness/interop"
	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/models"
	"assay/suites"
	"assay/suites/labels"
)

// Ingest writes what an importer reads into a store, and refuses duplicates. In memory
// it keeps only a hash of each key, not the records.
type Ingest struct {
	// Catalog has the suites that describe examples (see [suites.Suite.Describe]) and that
	// the manifest defines.
	Catalog []suites.Suite

	own         []suites.Definition // of an importer that brings its own suites
	unmarked    bool                // a judgement came without its completion
	examples    *runstore.Writer[suites.Example]
	completions *runstore.Writer[models.Completion]
	judgements  *runstore.Writer[metrics.Judgement]
	labels      *runstore.Writer[labels.Row] // nil without labels
	store       runstore.Store

	seenExamples    seen
	seenCategories  seen
	seenCompletions seen
	seenJudgements  seen
	seenLabels      seen

	models   []models.Info
	named    map[string]bool
	counts   []harness.Count
	counted  map[string]int
	sources  []harness.Source
	settings []harness.Setting
	missing  map[string]int
	// uncategorized counts examples that were written before their category was known.
	uncategorized int
	answers       harness.AnswerCounts
	marks         map[[2]uint64]metrics.Mark // of completions that are out of the ordinary, by the hash of their key

	alike alike

	paths []string // of files, as they were read; the last is that of the records that follow
	line  int32    // of the records that follow; 0 if it is unknown

	notice   func(string)
	progress io.Writer
}

var _ interop.Sink = (*Ingest)(nil)

// seen maps the 128-bit hash of a key to the hash of its content. Hashes are valid
// only in this process and are never stored.
type seen struct {
	seeds   [2]maphash.Seed
	content map[[2]uint64]once
}

// once is a record as it was first seen: the hash of its content, and its place.
type once struct {
	sum  uint64
	at   int32 // index in [Ingest.paths]
	line int32
}

func newSeen() seen {
	return seen{[2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, map[[2]uint64]once{}}
}

// add returns nil for a new key, else ErrDuplicate or ErrConflict with the place of the first.
func (in *Ingest) add(s *seen, key, content []string) error {
	hash := s.hash(key)
	sum := hashOf(s.seeds[0], content)
	before, ok := s.content[hash]
	if !ok {
		s.content[hash] = once{sum, int32(len(in.paths) - 1), in.line}
		return nil
	}
	err := interop.ErrConflict
	if before.sum == sum {
		err = interop.ErrDuplicate
	}
	var first place.Seen
	if before.at >= 0 {
		first = place.Seen{File: in.paths[before.at], Line: int(before.line)}
	}
	return &interop.Repeated{Err: err, First: first}
}

// At says where the records that follow were read.
func (in *Ingest) At(path string, line int) {
	if n := len(in.paths); n == 0 || in.paths[n-1] != path {
		in.paths = append(in.paths, path)
	}
	in.line = int32(min(line, math.MaxInt32))
}

func (s *seen) has(key []string) bool {
	_, ok := s.content[s.hash(key)]
	return ok
}

func (s *seen) hash(key []string) [2]uint64 {
	return [2]uint64{hashOf(s.seeds[0], key), hashOf(s.seeds[1], key)}
}

// hashOf hashes fields, each with its end marked.
func hashOf(seed maphash.Seed, fields []string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, f := range fields {
		maphash.WriteComparable(&h, len(f))
		h.WriteString(f)
	}
	return h.Sum64()
}

// NewIngest starts the three streams. It sends messages that aren't errors to notice, and
// the bytes read to progress.
func NewIngest(store runstore.Store, notice func(string), progress io.Writer) (*Ingest, error) {
	in := &Ingest{
		seenExamples: newSeen(), seenCategories: newSeen(), seenCompletions: newSeen(), seenJudgements: newSeen(), seenLabels: newSeen(),
		marks: map[[2]uint64]metrics.Mark{}, named: map[string]bool{}, counted: map[string]int{}, missing: map[string]int{},
		notice: notice, progress: progress, store: store, alike: newAlike(),
	}
	var err error
	if in.examples, err = runstore.Examples().Create(store); err != nil {
		return nil, err
	}
	if in.completions, err = runstore.Completions().Create(store); err != nil {
		return nil, errors.Join(err, in.Abort())
	}
	if in.judgements, err = runstore.Judgements().Create(store); err != nil {
		return nil, errors.Join(err, in.Abort())
	}
	return in, nil
}

// Example keeps the first of equal examples. One input with two contents is a
// conflict, unless the second only lacks or adds a category.
func (in *Ingest) Example(ex suites.Example) error {
	for _, s := range in.Catalog {
		if s.Name == ex.Suite && s.Describe != nil {
			s.Describe(&ex)
		}
	}
	key := []string{ex.Suite, ex.ID}
	err := in.add(&in.seenExamples, key, ex.References)
	conflict := errors.Is(err, interop.ErrConflict)
	if ex.Category != "" {
		second := in.add(&in.seenCategories, key, []string{ex.Category})
		conflict = conflict || errors.Is(second, interop.ErrConflict)
		if err != nil && second == nil {
			in.uncategorized++
		}
	}
	switch {
	case conflict:
		return fmt.Errorf("%w: the same input came before with other references or another category; make the two rows agree", interop.ErrConflict)
	case err != nil:
		return nil
	}
	in.count(ex.Suite).Examples++
	in.alike.example(&ex)
	ex.Content = ex.ContentOf()
	return in.examples.Append(&ex)
}

// Completion adds a completion.
func (in *Ingest) Completion(c models.Completion) error {
	key := []string{c.Suite, c.Example, c.Condition, c.Model, strconv.Itoa(c.Sample)}
	if err := in.add(&in.seenCompletions, key, []string{c.Text}); err != nil {
		return err
	}
	mark := suites.MarkOf(&c)
	in.answers.Add(c.Suite, c.Model, mark)
	if mark != "" {
		in.marks[in.seenCompletions.hash(key)] = mark
	}
	in.name(c.Model)
	in.count(c.Suite).Completions++
	return in.completions.Append(&c)
}

// Label adds a row of labels.
func (in *Ingest) Label(r *labels.Row) error {
	content, err := json.Marshal(r)
	if err != nil {
		return err
	}
	key := []string{r.SuiteName(), r.ExampleID(), r.Condition, r.Model, strconv.Itoa(r.Sample), r.Labeler, r.Baseline, string(r.Item)}
	if err := in.add(&in.seenLabels, key, []string{string(content)}); err != nil {
		return err
	}
	if in.labels == nil {
		if in.labels, err = runstore.Labels().Create(in.store); err != nil {
			return err
		}
	}
	return in.labels.Append(r)
}

// name lists a model in the manifest.
func (in *Ingest) name(model string) {
	if model == "" || in.named[model] {
		return
	}
	in.named[model] = true
	info := models.ParseName(model)
	info.Fingerprint = recordedPrint + model
	in.models = append(in.models, info)
}

// Define defines a suite that is not the catalog's.
func (in *Ingest) Define(d suites.Definition) error {
	if err := d.Validate(); err != nil {
		return err
	}
	if slices.ContainsFunc(in.own, func(o suites.Definition) bool { return o.Name == d.Name }) {
		return fmt.Errorf("suite %s is defined twice", d.Name)
	}
	in.own = append(in.own, d)
	return nil
}

// markOf returns the mark of a judgement's completion. Completions come before their
// judgements.
func (in *Ingest) markOf(j *metrics.Judgement, model string) metrics.Mark {
	if len(in.marks) == 0 {
		return ""
	}
	return in.marks[in.seenCompletions.hash([]string{j.Suite, j.Example, j.Condition, model, strconv.Itoa(j.Sample)})]
}

// Judgement adds a judgement, recorded or made here, with its completion's mark.
func (in *Ingest) Judgement(j metrics.Judgement) error {
	j.Mark = in.markOf(&j, j.Model)
	if j.Baseline != "" {
		j.BaselineMark = in.markOf(&j, j.Baseline)
	}
	in.name(j.Model)
	in.name(j.Baseline)
	in.alike.judgement(&j)
	if !in.unmarked {
		in.unmarked = !in.seenCompletions.has([]string{j.Suite, j.Example, j.Condition, j.Model, strconv.Itoa(j.Sample)})
	}
	key := []string{j.Suite, j.Example, j.Condition, j.Model, j.Baseline, strconv.Itoa(j.Sample), j.Metric, j.Judge, j.Labeler, j.Order}
	content := []string{j.Missing}
	for _, v := range slices.Concat(j.Value, j.Orders) {
		content = append(content, strconv.FormatUint(math.Float64bits(v), 16))
	}
	if err := in.add(&in.seenJudgements, key, content); err != nil {
		return err
	}
	count := in.count(j.Suite)
	count.Attempted++
	if j.Scored() {
		count.Scored++
	} else {
		count.Missing++
		in.missing[j.Missing]++
	}
	return in.judgements.Append(&j)
}

// Source records a file that was read.
func (in *Ingest) Source(s harness.Source) { in.sources = append(in.sources, s) }

// Setting records how another harness made its requests; a repeated one counts once.
func (in *Ingest) Setting(s harness.Setting) {
	if !slices.Contains(in.settings, s) {
		in.settings = append(in.settings, s)
	}
}

// Notice reports to the user.
func (in *Ingest) Notice(format string, args ...any) { in.notice(fmt.Sprintf(format, args...)) }

// Progress reports the bytes read.
func (in *Ingest) Progress() io.Writer { return in.progress }

func (in *Ingest) count(suite string) *harness.Count {
	i, ok := in.counted[suite]
	if !ok {
		i = len(in.counts)
		in.counted[suite] = i
		in.counts = append(in.counts, harness.Count{Suite: suite})
	}
	return &in.counts[i]
}

// Counts tallies what was added so far, by suite in order of appearance.
func (in *Ingest) Counts() []harness.Count { return in.counts }

// Missing counts the judgements without a value, by reason.
func (in *Ingest) Missing() map[string]int { return in.missing }

// CommitCompletions publishes examples and completions, so that judges can read
// them. Judgements stay open.
func (in *Ingest) CommitCompletions() error {
	if n := in.uncategorized; n > 0 {
		in.Notice("%s read without a category before a file that has it; name the file with categories first", plural.Of(n, "example"))
	}
	if err := in.examples.Commit(); err != nil {
		return err
	}
	return in.completions.Commit()
}

// Commit publishes the judgements and returns the run's manifest without the plan's
// importer, seed and baseline.
func (in *Ingest) Commit() (*harness.Manifest, error) {
	if err := in.judgements.Commit(); err != nil {
		return nil, err
	}
	if in.labels != nil {
		if err := in.labels.Commit(); err != nil {
			return nil, err
		}
	}
	in.alike.notices(in.Notice)
	defined := in.own
	for _, c := range in.counts {
		if slices.ContainsFunc(in.own, func(d suites.Definition) bool { return d.Name == c.Suite }) {
			continue
		}
		if i := slices.IndexFunc(in.Catalog, func(s suites.Suite) bool { return s.Name == c.Suite }); i >= 0 {
			defined = append(defined, in.Catalog[i].Definition())
		}
	}
	answers := in.answers
	if in.unmarked {
		answers = nil // the kinds of some answers aren't known
	}
	return &harness.Manifest{
		Schema:   harness.ManifestSchema,
		Suites:   defined,
		Plan:     harness.Plan{Sources: in.sources},
		Versions: harness.CurrentVersions(),
		Models:   in.models,
		Counts:   in.counts,
		Answers:  answers,
		Settings: in.settings,
	}, nil
}

// Abort discards what is not committed.
func (in *Ingest) Abort() error {
	var errs []error
	if in.examples != nil {
		errs = append(errs, in.examples.Abort())
	}
	if in.completions != nil {
		errs = append(errs, in.completions.Abort())
	}
	if in.judgements != nil {
		errs = append(errs, in.judgements.Abort())
	}
	if in.labels != nil {
		errs = append(errs, in.labels.Abort())
	}
	return errors.Join(errs...)
}
