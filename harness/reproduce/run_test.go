package reproduce

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"assay/harness/runstore"
	"assay/metrics"
	"assay/metrics/names"
)

// runner is a reproduction whose commands only write what later steps read. It stops at
// the command number stop, counted from 1.
func runner(folder string, stop int, did *[]string) *Runner {
	r := &Runner{Options: Options{Budget: Budgets()[0], Seeds: 2}, Folder: folder, Begin: func(uint64, Step, int, int, time.Duration) {}, measured: func(uint64) error { return nil }}
	r.Do = func(_ context.Context, args []string) error {
		if len(*did)+1 == stop {
			return errors.New("stopped")
		}
		*did = append(*did, strings.Join(args, " "))
		out := args[slices.Index(args, "-o")+1]
		if !strings.Contains(out, "prefixes") {
			return nil
		}
		if err := os.MkdirAll(out, 0o755); err != nil {
			return err
		}
		return prefixRewards(out)
	}
	return r
}

// prefixRewards writes the estimates of a run of few-shot prefixes, of which the third is the best.
func prefixRewards(run string) error {
	return runstore.Estimates().WriteAll(runstore.Dir(run), []metrics.Estimate{
		{Suite: "world", Metric: names.RewardScore, Model: "gpt", Condition: "few-shot", Interval: &metrics.Interval{}, Confidence: 0.95, Method: "t"},
		{Suite: "world", Metric: names.RewardScore, Model: "gpt", Condition: "few-shot 3", Interval: &metrics.Interval{Point: 1}, Confidence: 0.95, Method: "t"}})
}

func writePrefix(t *testing.T, folder string, z Size) {
	t.Helper()
	run := filepath.Join(folder, prefixesName(z))
	if err := os.MkdirAll(run, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := prefixRewards(run); err != nil {
		t.Fatal(err)
	}
}

// A stopped reproduction resumes with the first unfinished step.
func TestRunGoesOn(t *testing.T) {
	var whole []string
	if err := runner(t.TempDir(), 0, &whole).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(whole) < 50 {
		t.Fatalf("%d commands", len(whole))
	}
	for stop := 1; stop < len(whole); stop += 17 {
		folder := t.TempDir()
		var did []string
		if err := runner(folder, stop, &did).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "stopped") {
			t.Fatalf("stopped at %d: %v", stop, err)
		}
		if err := runner(folder, 0, &did).Run(t.Context()); err != nil {
			t.Fatalf("resumed after %d: %v", stop, err)
		}
		if len(did) != len(whole) {
			t.Errorf("stopped at %d: %d commands in all, want %d", stop, len(did), len(whole))
		}
	}
}

// The results of a seed are kept as soon as its last step is done, also if a later seed stops, and
// if the program was stopped between the last step and keeping them.
func TestRunKeepsEachSeed(t *testing.T) {
	folder := t.TempDir()
	var did []string
	var kept []uint64
	keep := func(seed uint64) error { kept = append(kept, seed); return nil }
	r := runner(folder, 0, &did)
	last := len(r.Steps(0))
	r = runner(folder, last+2, &did) // the second step of the second seed
	r.measured = keep
	if err := r.Run(t.Context()); err == nil {
		t.Fatal("it did not stop")
	}
	if !slices.Equal(kept, []uint64{0}) {
		t.Errorf("kept the results of %v before the second seed was done, want [0]", kept)
	}

	kept = nil
	r = runner(folder, 1, new([]string)) // stops at once
	r.measured = keep
	if err := r.Run(t.Context()); err == nil {
		t.Fatal("it did not stop")
	}
	if !slices.Equal(kept, []uint64{0}) {
		t.Errorf("kept the results of %v before the first step, want [0]", kept)
	}
}

func TestRunRefuses(t *testing.T) {
	folder := t.TempDir()
	var did []string
	if err := runner(folder, 60, &did).Run(t.Context()); err == nil {
		t.Fatal("it did not stop")
	}
	seed := filepath.Join(folder, "seed-0")
	plan, err := os.ReadFile(filepath.Join(seed, "sampled.yaml"))
	if err != nil || !strings.Contains(string(plan), "asked_as: {plain: few-shot 3}") {
		t.Errorf("the plan runs GPT (prompted) with another prefix than the best: %v\n%s", err, plan)
	}
	commands := filepath.Join(seed, Commands)
	noted, err := os.ReadFile(commands)
	if err != nil {
		t.Fatal(err)
	}
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}

	// The step of a torn line runs again.
	write(commands, string(noted[:len(noted)-5]))
	before := len(did)
	if err := runner(folder, 0, &did).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(commands); err != nil || string(got) != string(noted) {
		t.Errorf("after a torn line: %v\n%s", err, got)
	}
	if len(did) == before {
		t.Error("nothing was run again")
	}

	write(filepath.Join(seed, "sft-130k.yaml"), "seed: 1\n")
	if err := runner(folder, 0, &did).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "sft-130k.yaml: the plan of a finished step") {
		t.Errorf("with a plan of another version: %v", err)
	}
	write(commands, "assay demo\n")
	if err := runner(folder, 0, &did).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "commands.txt:1: ") {
		t.Errorf("with another program's commands: %v", err)
	}
}
