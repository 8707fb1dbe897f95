package training

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"assay/harness/leaf/place"
	"assay/models"
)

// Cost describes the memory and time that a training takes. It is known before the first step.
type Cost struct {
	Parameters int
	Data       string // training data, in words
	Batch      string // the batch of a step, in words
	// Memory returns how many bytes the training needs, beyond what the process already uses,
	// if each batch is cut into this many equal parts.
	Memory     func(parts int) (int64, error)
	Rows       int    // of a batch, which parts divide; 1 if it can't be cut
	Accumulate int    // batches of a step
	Remedy     string // if cutting batches doesn't help
	Plan       string // the plan's path
	Line       int    // of its batch
	Copies     int    // of the weights, in a saved state
	Trainings  int    // number of trainings, including those of a cross-validation

	// Try takes steps until report returns an error. Score evaluates the held-out data once;
	// it is nil if nothing is held out. Scores is how often a training does so.
	Try    func(ctx context.Context, report func(models.TrainStep) error) error
	Score  func() (time.Duration, error)
	Scores int
}

// CheckWeights returns an error at a line of the plan unless memory has room for so many
// copies of a model's weights. It is called before they are made.
func CheckWeights(plan string, line, parameters, copies int) error {
	room, ok := MemoryRoom()
	if need := 4 * float64(parameters) * float64(copies); ok && need > float64(room.Bytes) {
		return place.At(plan, line, fmt.Errorf("%s parameters need at least %s of memory for weights, gradients and moments, but only %s are free (%s); use a smaller model or a larger machine",
			Count(parameters), Bytes(int64(min(need, math.MaxInt64/2))), Bytes(room.Bytes), room.By))
	}
	return nil
}

// Check returns the memory in bytes that the training takes in all. It is an error, which
// says what would fit, if memory or the disk of the folder out has no room for it.
func (c *Cost) Check(out string) (memory int64, err error) {
	base := Resident() + Garbage
	more, err := c.Memory(1)
	if err != nil {
		return 0, err
	}
	memory = base + more
	if room, ok := MemoryRoom(); ok && memory > room.Bytes {
		err := fmt.Errorf("the training needs about %s of memory, but only %s are free (%s); %s", Bytes(memory), Bytes(room.Bytes), room.By, c.smaller(base, room.Bytes))
		return memory, place.At(c.Plan, c.Line, err)
	}
	// Model and state, and both again while they are replaced.
	disk := 2 * 4 * int64(c.Parameters) * int64(1+c.Copies)
	if free, ok := DiskRoom(out); ok && disk > free {
		return memory, fmt.Errorf("%s: the training writes up to %s there, and %s are free; choose another -o", out, Bytes(disk), Bytes(free))
	}
	return memory, nil
}

// smaller says into which parts a batch must be cut to fit.
func (c *Cost) smaller(base, room int64) string {
	for parts := 2; parts <= c.Rows; parts++ {
		if c.Rows%parts != 0 {
			continue
		}
		if need, err := c.Memory(parts); err == nil && base+need <= room {
			return fmt.Sprintf("write batch_size: %d and gradient_accumulation_steps: %d, the same steps in parts, which need %s", c.Rows/parts, c.Accumulate*parts, Bytes(base+need))
		}
	}
	return c.Remedy
}

// Estimate is how much memory and time a training takes, measured over a few of its steps.
type Estimate struct {
	Memory int64         // bytes
	Step   time.Duration // one step
	Tokens float64       // tokens of a step
	Score  time.Duration // one measurement of the held-out data
	Hours  float64       // the training, with those of a cross-validation
}

// Measure checks that there is room for a job, and takes a few steps of it in the folder out
// to see how long they last. The job can't be trained afterwards.
func Measure(ctx context.Context, out string, job *Job) (*Estimate, error) {
	c := job.Cost
	e := &Estimate{}
	var err error
	if e.Memory, err = c.Check(out); err != nil {
		return nil, err
	}
	LimitGarbage(e.Memory)
	if e.Step, e.Tokens, err = c.timeSteps(ctx, job.Steps); err != nil {
		return nil, err
	}
	e.Hours = e.Step.Hours() * float64(job.Steps)
	if c.Score != nil {
		if e.Score, err = c.Score(); err != nil {
			return nil, err
		}
		e.Hours += e.Score.Hours() * float64(c.Scores)
	}
	e.Hours *= float64(max(c.Trainings, 1))
	return e, nil
}

// errEnough ends a measurement.
var errEnough = errors.New("enough")

// enough is how long a measurement lasts at least, unless there is nothing left to measure.
const enough = 3 * time.Second

// timeSteps returns how long a step takes and how many tokens it has: the mean over a few
// steps after the first, which is slower because it builds what later ones reuse.
func (c *Cost) timeSteps(ctx context.Context, steps int) (step time.Duration, tokens float64, err error) {
	const most = 32
	begun := time.Now()
	var first time.Duration
	n := 0
	var last models.TrainStep
	err = c.Try(ctx, func(s models.TrainStep) error {
		n++
		last = s
		if n == 1 {
			first = time.Since(begun)
		}
		if took := time.Since(begun); n >= steps || n >= most || took > 10*enough || n > 2 && took > enough {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return 0, 0, err
	}
	tokens = float64(last.Tokens) / float64(max(n, 1))
	if n < 2 {
		return first, tokens, nil
	}
	return (time.Since(begun) - first) / time.Duration(n-1), tokens, nil
}

// TimeScores returns how long it takes to measure all of what is held out, from how long a
// part takes. measure goes through it in batches, and calls done after each with the batch's
// share of all.
func TimeScores(all int, measure func(done func(n int) error) error) (time.Duration, error) {
	begun, measured := time.Now(), 0
	err := measure(func(n int) error {
		measured += n
		if time.Since(begun) > enough {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return time.Duration(float64(time.Since(begun)) * float64(all) / float64(max(measured, 1))), err
}

// Count writes a number with commas: 12,345.
func Count(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// Bytes writes a number of bytes in MB or GB.
func Bytes(n int64) string {
	if n >= 1e9 {
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	}
	return fmt.Sprintf("%.0f MB", float64(n)/1e6)
}

// Hours writes a number of hours: "about 1.5".
func Hours(h float64) string {
	if h < 0.01 {
		return "less than 0.01"
	}
	return fmt.Sprintf("about %.2g", h)
}

// StepTime writes the time of a step in seconds or milliseconds.
func StepTime(d time.Duration) string {
	if d >= time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f ms", 1e3*d.Seconds())
}
