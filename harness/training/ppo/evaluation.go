package ppo

import (
	"context"
	"fmt"
	"strconv"

	"assay/models"
	"assay/models/train"
)

// Evaluation scores a policy between iterations by its responses to held-out prompts, and
// says which policy is the best and when to stop.
type Evaluation struct {
	train.Evaluations
	Iterations int
	// Scores are those of the present policy: the first is the reward by a model that doesn't
	// train it. They are the same whenever the policy is.
	Scores    func(context.Context) ([]models.TrainScore, error)
	KeepsBest bool
	Patience  int // evaluations in a row without a new best, after which training stops; 0 never stops it

	waited int // such evaluations so far
}

// add puts the scores into an iteration's record, if it is evaluated. It isn't interrupted,
// because a stopped training is left between iterations.
func (e *Evaluation) add(step *models.TrainStep, at *train.Progress) error {
	if e == nil {
		return nil
	}
	scored, _ := e.At(step.Step, e.Iterations)
	if !scored {
		return nil
	}
	scores, err := e.Scores(context.Background())
	if err == nil {
		err = train.Finite(scores)
	}
	if err != nil {
		return fmt.Errorf("evaluation: %w", err)
	}
	step.Scores = scores
	if e.KeepsBest {
		step.Best = at.Better(scores, models.ScoreValidationReward, true)
		e.waited++
		if step.Best {
			e.waited = 0
		}
	}
	return nil
}

// stops reports whether the training is to end before its last iteration.
func (e *Evaluation) stops() bool { return e != nil && e.Patience > 0 && e.waited >= e.Patience }

// noteWaited is the number of evaluations without a new best among a state's notes.
const noteWaited = "evaluations_without_a_new_best"

func (e *Evaluation) note(notes map[string]string) {
	if e != nil {
		notes[noteWaited] = strconv.Itoa(e.waited)
	}
}

func (e *Evaluation) restore(notes map[string]string) (err error) {
	if e == nil {
		return nil
	}
	if e.waited, err = strconv.Atoi(notes[noteWaited]); err != nil {
		return fmt.Errorf("%q evaluations without a new best; remove the file and train again", notes[noteWaited])
	}
	return nil
}
