package reproduce

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"assay/harness/leaf/outfile"
	"assay/harness/leaf/place"
	"assay/harness/runstore"
	"assay/harness/session"
)

// Commands is the file in a seed's folder that lists the finished steps, one command a
// line.
const Commands = "commands.txt"

// Runner runs the steps of a reproduction.
type Runner struct {
	Options
	Folder string
	// Do runs one of assay's commands to its end.
	Do func(ctx context.Context, args []string) error
	// Begin is called before each step n of all, with the estimated time left.
	Begin func(seed uint64, s Step, n, all int, left time.Duration)

	measured func(seed uint64) error // instead of measuring, in tests
}

// SeedFolder is the folder of one seed.
func (r *Runner) SeedFolder(seed uint64) string {
	return filepath.Join(r.Folder, fmt.Sprintf("seed-%d", seed))
}

// Run runs the unfinished steps.
func (r *Runner) Run(ctx context.Context) error { return r.run(ctx, r.tasks()) }

// run runs the unfinished ones of some tasks. After a seed's last step its results are kept.
func (r *Runner) run(ctx context.Context, tasks []task) error {
	finished := map[uint64]int{}
	var todo []task
	left := 0.0
	for _, t := range tasks {
		n, ok := finished[t.seed]
		if !ok {
			var err error
			if n, err = r.finished(t.seed); err != nil {
				return err
			}
			finished[t.seed] = n
		}
		if t.index >= n {
			todo = append(todo, t)
			left += t.step.Seconds
		}
	}
	for seed := range finished { // a seed whose last step was done when the program was stopped
		if err := r.keepFinished(seed); err != nil {
			return err
		}
	}
	begun, passed := time.Now(), 0.0
	for i, t := range todo {
		if err := ctx.Err(); err != nil {
			return err
		}
		slower := 1.0 // measured time relative to the steps' estimates
		if passed > 20 {
			slower = time.Since(begun).Seconds() / passed
		}
		r.Begin(t.seed, t.step, len(tasks)-len(todo)+i+1, len(tasks), time.Duration(left*slower*float64(time.Second)))
		if err := r.step(ctx, t.seed, t.step); err != nil {
			return err
		}
		passed += t.step.Seconds
		left -= t.step.Seconds
		if err := r.keepFinished(t.seed); err != nil {
			return err
		}
	}
	return nil
}

// Hold locks the folder, which it makes if there is none, while work is done there.
func (r *Runner) Hold(work func() error) (err error) {
	if _, err := outfile.MkdirAll(r.Folder); err != nil {
		return fmt.Errorf("can't write to %s; choose another -o: %w", r.Folder, err)
	}
	lock, err := session.Lock(runstore.Dir(r.Folder))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	if err := runstore.Dir(r.Folder).Sweep(); err != nil {
		return err
	}
	return work()
}

// keepFinished keeps the results of a seed whose steps are all done.
func (r *Runner) keepFinished(seed uint64) error {
	steps := r.Steps(seed)
	record, err := r.kept(seed, steps)
	if err != nil || record != nil {
		return err
	}
	done, err := r.done(seed, steps)
	if err != nil || done < len(steps) {
		return err
	}
	if r.measured != nil {
		return r.measured(seed)
	}
	return r.keep(seed, steps)
}

// line is a step as commands.txt has it.
func (s *Step) line() string { return "assay " + strings.Join(s.Args, " ") }

// done counts a seed's finished steps, and checks that they are the first of these.
func (r *Runner) done(seed uint64, steps []Step) (int, error) {
	path := filepath.Join(r.SeedFolder(seed), Commands)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	whole := bytes.LastIndexByte(data, '\n') + 1
	if whole < len(data) { // killed while writing the line
		if err := os.Truncate(path, int64(whole)); err != nil {
			return 0, err
		}
	}
	n := 0
	for line := range strings.Lines(string(data[:whole])) {
		if n >= len(steps) || strings.TrimSuffix(line, "\n") != steps[n].line() {
			return 0, place.At(path, n+1, errors.New("this is not a step of this reproduction: the folder has another budget, null or not, or version; choose another -o"))
		}
		if err := steps[n].unchanged(r.SeedFolder(seed)); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// unchanged checks that a finished step ran with the plan that it would get now.
func (s *Step) unchanged(folder string) error {
	if s.File == nil {
		return nil
	}
	want, err := s.File.Write(folder)
	if err != nil {
		return err
	}
	path := filepath.Join(folder, s.File.Name)
	got, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if string(got) != want {
		return fmt.Errorf("%s: the plan of a finished step, which would be different now, because another version of assay began here; choose another -o", path)
	}
	return nil
}

// step runs one step, and records it.
func (r *Runner) step(ctx context.Context, seed uint64, s Step) error {
	folder := r.SeedFolder(seed)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	if err := outfile.Sweep(folder); err != nil {
		return err
	}
	begun := time.Now()
	if s.File != nil {
		content, err := s.File.Write(folder)
		if err != nil {
			return err
		}
		if err := outfile.WriteBytes(filepath.Join(folder, s.File.Name), []byte(content)); err != nil {
			return err
		}
	}
	args := slices.Clone(s.Args)
	for i, a := range args {
		if name, ok := strings.CutPrefix(a, "./"); ok {
			args[i] = filepath.Join(folder, filepath.FromSlash(name))
		}
	}
	if s.Args[0] == "world" && s.Name == "world" { // a world is either complete or written again
		if err := os.RemoveAll(filepath.Join(folder, s.Name)); err != nil {
			return err
		}
	}
	if err := r.Do(ctx, args); err != nil {
		return fmt.Errorf("seed %d, %s: %w", seed, s.Stage, err)
	}
	if err := note(r.Folder, Timings, fmt.Sprintf("{\"seed\":%d,\"step\":%q,\"seconds\":%.3f}", seed, s.Name, time.Since(begun).Seconds())); err != nil {
		return err
	}
	return note(folder, Commands, s.line())
}

// Timings is the file in a reproduction's folder that lists the time of each step.
const Timings = "timings.jsonl"

// note appends a line to a file durably.
func note(folder, name, line string) error {
	path := filepath.Join(folder, name)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return outfile.SyncFolder(folder)
}

// ShowSteps lists the commands of all seeds with their estimated time.
func (r *Runner) ShowSteps(w io.Writer) error {
	total := 0.0
	var b strings.Builder
	for _, seed := range r.seeds() {
		fmt.Fprintf(&b, "in %s:\n", r.SeedFolder(seed))
		for _, s := range r.Steps(seed) {
			total += s.Seconds
			fmt.Fprintf(&b, "  %5.0f s  %s\n", s.Seconds, s.line())
		}
	}
	fmt.Fprintf(&b, "about %s on two cores\n", time.Duration(total*float64(time.Second)).Round(time.Second))
	_, err := io.WriteString(w, b.String())
	return err
}
