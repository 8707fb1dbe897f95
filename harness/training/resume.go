package training

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"assay/harness/leaf/plural"
	"assay/harness/runstore"
	"assay/models"
	"assay/models/train"
)

// resume sets model and records to the last saved state, or to the beginning.
func (s *trainer) resume() error {
	path := s.dir.Path(StateFile)
	var kept []models.TrainStep
	if _, err := os.Stat(path); err == nil {
		notes, err := s.job.Model.LoadState(path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if s.at, err = readNotes(notes, s.job); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		s.saved = s.at.Step
		if kept, err = s.records(s.at.Step); err != nil {
			return err
		}
	}
	if n := len(kept); n > 0 {
		s.result.Last = kept[n-1]
	}
	if err := runstore.TrainSteps().WriteAll(s.dir, kept); err != nil {
		return err
	}
	var err error
	s.journal, err = runstore.TrainSteps().Journal(s.dir, func(runstore.Located[models.TrainStep]) error { return nil })
	return err
}

// records are those of the first steps, up to the saved one. Later steps are done again.
func (s *trainer) records(step int) ([]models.TrainStep, error) {
	var kept []models.TrainStep
	for r, err := range runstore.TrainSteps().Read(s.dir) {
		if len(kept) == step {
			break
		}
		if err != nil {
			return nil, err
		}
		kept = append(kept, *r)
	}
	if len(kept) < step {
		return nil, fmt.Errorf("%s has %d of %s; remove the folder and train again", s.dir.Path(runstore.TrainSteps().File()), len(kept), plural.Of(step, "step"))
	}
	return kept, nil
}

// The notes of a state: its step, tokens and best score; and what it depends on. With other
// files, another plan or another CPU path, resuming would end in other weights.
const (
	noteStep, noteTokens, noteBest        = "step", "tokens", "best"
	notePlan, noteSources, noteVersionCPU = "plan", "sources", "cpu"
)

func writeNotes(at train.Progress, job *Job) map[string]string {
	notes := map[string]string{
		noteStep: strconv.Itoa(at.Step), noteTokens: strconv.FormatInt(at.Tokens, 10),
		notePlan: string(job.Plan.Train), noteSources: sources(job), noteVersionCPU: job.Versions.CPU,
	}
	if at.Best != nil {
		notes[noteBest] = strconv.FormatFloat(*at.Best, 'g', -1, 64)
	}
	return notes
}

// sources are the files that a training reads, a line each.
func sources(job *Job) string {
	var text strings.Builder
	for _, s := range job.Plan.Sources {
		fmt.Fprintf(&text, "%s %s\n", s.SHA256, s.Name)
	}
	return text.String()
}

func readNotes(notes map[string]string, job *Job) (at train.Progress, err error) {
	if notes[notePlan] != string(job.Plan.Train) {
		return at, errors.New("this state was saved with another plan, or by another version of assay; choose another -o, or resume with that plan and version")
	}
	if notes[noteSources] != sources(job) {
		return at, errors.New("this state was saved with other input files; choose another -o, or put those files back")
	}
	if notes[noteVersionCPU] != job.Versions.CPU {
		return at, fmt.Errorf("this state was computed on %s, and this is %s, which gives other last bits; choose another -o, or set ASSAY_CPU as it was",
			notes[noteVersionCPU], job.Versions.CPU)
	}
	if at.Step, err = strconv.Atoi(notes[noteStep]); err != nil || at.Step < 1 {
		return at, fmt.Errorf("step %q in it; remove the file and train again", notes[noteStep])
	}
	if at.Tokens, err = strconv.ParseInt(notes[noteTokens], 10, 64); err != nil {
		return at, fmt.Errorf("tokens %q in it; remove the file and train again", notes[noteTokens])
	}
	if text, ok := notes[noteBest]; ok {
		best, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return at, fmt.Errorf("best score %q in it; remove the file and train again", text)
		}
		at.Best = &best
	}
	return at, nil
}
