package reproduce

import (
	"context"
	"fmt"
	"io"
	"strings"

	"assay/harness/leaf/plural"
)

// longestPart is how long a part takes at most, in seconds on two quiet cores.
const longestPart = 100 * 60

// Part is a stretch of a reproduction's steps that can be run on its own, after the parts
// before it: at most two hours with a margin.
type Part struct {
	Number  int // from 1
	tasks   []task
	Seconds float64
}

// task is a step of a seed.
type task struct {
	seed  uint64
	index int // among the seed's steps
	step  Step
}

// tasks are all steps of all seeds, in order.
func (r *Runner) tasks() []task {
	var all []task
	for _, seed := range r.seeds() {
		for i, s := range r.Steps(seed) {
			all = append(all, task{seed, i, s})
		}
	}
	return all
}

// Parts cuts the steps of all seeds into parts.
func (r *Runner) Parts() []Part {
	var parts []Part
	for _, t := range r.tasks() {
		last := len(parts) - 1
		if last < 0 || parts[last].Seconds+t.step.Seconds > longestPart {
			parts = append(parts, Part{Number: len(parts) + 1})
			last++
		}
		parts[last].tasks = append(parts[last].tasks, t)
		parts[last].Seconds += t.step.Seconds
	}
	return parts
}

// ShowParts lists the commands of the parts, with their estimated time and what is done.
func (r *Runner) ShowParts(w io.Writer) error {
	for _, p := range r.Parts() {
		done := 0
		for i := range p.tasks {
			finished, err := r.finished(p.tasks[i].seed)
			if err != nil {
				return err
			}
			if p.tasks[i].index < finished {
				done++
			}
		}
		state := ""
		switch {
		case done == len(p.tasks):
			state = "  # done"
		case done > 0:
			state = fmt.Sprintf("  # %d of %s done", done, plural.Of(len(p.tasks), "step"))
		}
		if _, err := fmt.Fprintf(w, "%s --part %d  # about %s: %s%s\n", r.command(), p.Number, roughly(p.Seconds), p.about(), state); err != nil {
			return err
		}
	}
	return nil
}

// about is "seed 200, from pretraining 130k to PPO 1.4m".
func (p *Part) about() string {
	first, last := p.tasks[0], p.tasks[len(p.tasks)-1]
	if first.seed == last.seed {
		return fmt.Sprintf("seed %d, from %s to %s", first.seed, first.step.Stage, last.step.Stage)
	}
	return fmt.Sprintf("from %s of seed %d to %s of seed %d", first.step.Stage, first.seed, last.step.Stage, last.seed)
}

// command is the command of this reproduction.
func (r *Runner) command() string {
	args := []string{"assay reproduce --budget", r.Budget.Name, "--first-seed", fmt.Sprint(r.First), "--seeds", fmt.Sprint(r.Seeds)}
	if r.Null {
		args = append(args, "--null")
	}
	if r.Sweeps != r.Budget.Sweeps {
		args = append(args, fmt.Sprintf("--sweeps=%v", r.Sweeps))
	}
	return strings.Join(append(args, "-o", r.Folder), " ")
}

// CheckPart refuses the number of a part that there isn't; 0 is for all.
func (r *Runner) CheckPart(number int) error {
	if n := len(r.Parts()); number < 0 || number > n {
		return fmt.Errorf("--part %d: must be from 1 to %d; --list shows the parts", number, n)
	}
	return nil
}

// RunPart runs the unfinished steps of one part, or of all for 0. The parts before it must be
// done.
func (r *Runner) RunPart(ctx context.Context, number int) error {
	if number == 0 {
		return r.Run(ctx)
	}
	if err := r.CheckPart(number); err != nil {
		return err
	}
	p := r.Parts()[number-1]
	first := p.tasks[0]
	finished, err := r.finished(first.seed)
	if err != nil {
		return err
	}
	if finished < first.index {
		return fmt.Errorf("--part %d: seed %d is at step %d, and this part begins at step %d; run the parts before it first, --list shows them", number, first.seed, finished+1, first.index+1)
	}
	return r.run(ctx, p.tasks)
}

// finished counts a seed's finished steps. All are, if its results are kept.
func (r *Runner) finished(seed uint64) (int, error) {
	steps := r.Steps(seed)
	record, err := r.kept(seed, steps)
	if err != nil || record != nil {
		return len(steps), err
	}
	return r.done(seed, steps)
}
