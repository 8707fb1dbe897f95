// Package demo is the demo as a list of assay's own commands, and the files that it starts
// from. The command demo runs them.
package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/fixtures"
	"assay/harness/leaf/outfile"
)

// Step is a command of the demo.
type Step struct {
	Say  string   // what it shows
	Args []string // without "assay"
	Into string   // the file that takes what it prints; "" prints it
	Want int      // the exit code that it must end with
}

// Files in the demo's folder.
const (
	planFile  = "plan.yaml"
	gatesFile = "gates.yaml" // by which an older demo is known
	world     = "world"
	worldText = "world.txt"
	run       = "run"
	runText   = "run.txt"
	report    = "report"
)

// Page is the report's page.
func Page(dir string) string { return filepath.Join(dir, report, "report.html") }

// Steps are the demo's commands in a folder where [Prepare] put its plan and its gates.
// regression is the exit code of a gate that found one.
func Steps(dir string, regression int) []Step {
	in := func(name string) string { return filepath.Join(dir, name) }
	gates, run := in(gatesFile), in(run)
	return []Step{
		{"Generate the small world's prompts and evaluation sets from seed 0. (Its training text is cut short.)",
			strings.Fields("world -o " + in(world) + " --seed 0 --people 80 --words 1000 --held-out-words 20000 --sft-train 10 --rm-train 10 --ppo-train 10 --tasks 10"), in(worldText), 0},
		{"Run the plan: six checkpoints on each suite, with their answers judged. The plan is " + in(planFile) + ".",
			[]string{"run", in(planFile), "-o", run}, in(runText), 0},
		{"Print some of the estimates, each with its 95% interval.",
			[]string{"estimate", run, "--suite", "world", "--metric", "win_rate,gold_utility,gold_hallucinated"}, "", 0},
		{"May ptx-twin replace ptx? The gates say how much worse it may be. It passes them: exit code 0.",
			[]string{"compare", run + ":ptx", run + ":ptx-twin", "--gates", gates, "--brief"}, "", 0},
		{"May ptx-damaged replace ptx? It was trained without the KL penalty, and the gates catch it: exit code 1.",
			[]string{"compare", run + ":ptx", run + ":ptx-damaged", "--gates", gates, "--brief"}, "", regression},
		{"Write the report: verdicts, figures, tables and samples in one page.",
			[]string{"report", run, "-o", in(report), "--baseline", "ptx", "--candidates", "ptx-twin,ptx-damaged", "--gates", gates, "--resamples", "50000"}, "", 0},
	}
}

// Prepare puts the plan and the gates into a folder, and removes an older demo there. A
// folder that holds anything else is refused.
func Prepare(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is not a folder; choose another -o", dir)
	}
	parts := []string{planFile, world, worldText, run, runText, report, gatesFile}
	old := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == gatesFile })
	for _, e := range entries {
		if !old {
			return fmt.Errorf("%s exists and is not a demo; choose another -o, or remove the folder", dir)
		}
		if !slices.Contains(parts, e.Name()) {
			return fmt.Errorf("%s contains %s, which assay did not write: move it, or choose another -o", dir, e.Name())
		}
	}
	for _, name := range parts { // gatesFile last, so that an interrupted removal can be repeated
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	if _, err := outfile.MkdirAll(dir); err != nil {
		return err
	}
	return os.CopyFS(dir, fixtures.Demo())
}
