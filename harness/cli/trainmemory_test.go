//go:build linux

package cli_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"assay/harness/leaf/approx"
)

// The memory that a dry run reports is the training's peak by the system's count. A lower
// limit is an error that says into which parts the batch must be cut to fit.
func TestTrainSaysItsMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	tr := newTrainer(t)
	check := func(kind, config, out string) {
		t.Helper()
		_, about := tr.dryRun(kind, config)
		took := math.Inf(1)
		for try := range 3 { // garbage collection that starts late on a busy machine only adds
			took = min(took, tr.peak("train", kind, config, "-o", fmt.Sprint(out, try)))
			if math.Abs(about-took) <= 0.25*took {
				break
			}
		}
		if !approx.Equal(about, took, 0.25*took) {
			t.Errorf("%s: reported about %.0f MB, and took %.0f", config, about, took)
		}
		if err := os.Rename(filepath.Join(tr.dir, out+"0"), filepath.Join(tr.dir, out)); err != nil {
			t.Fatal(err)
		}
	}
	shape := "model: {num_hidden_layers: 2, num_attention_heads: 2, hidden_size: %d, max_position_embeddings: 64}\ntokenizer: {type: bytes}\ndata: {text: [text.txt], validation_split: 0.1}\nbatch_size: %d\nmax_steps: 2\noptimizer: {learning_rate: 1e-3}\n"
	for i, size := range [][2]int{{128, 64}, {256, 48}} {
		config := fmt.Sprintf("size%d.yaml", i)
		tr.write(config, fmt.Sprintf(shape, size[0], size[1]))
		check("pretrain", config, fmt.Sprint("size", i))
	}
	var pairs strings.Builder
	for i := range 200 {
		fmt.Fprintf(&pairs, "{\"prompt\": \"say %d\\n\", \"chosen\": \"%s\", \"rejected\": \"no\", \"labeler\": \"l%d\"}\n", i, strings.Repeat("yes", i%9+1), i%3)
	}
	tr.write("pairs.jsonl", pairs.String())
	of := "init: size1/model\nbatch_size: 48\noptimizer: {learning_rate: 1e-3}\n"
	tr.write("sft2.yaml", of+"max_steps: 2\ndata: {demonstrations: [demos.jsonl], validation_split: 0.2}\n")
	check("sft", "sft2.yaml", "sft2")
	tr.write("rm2.yaml", of+"data: {preferences: [pairs.jsonl], validation_split: 0.2}\n")
	check("reward", "rm2.yaml", "rm2")
	tr.write("ppo2.yaml", "init: size1/model\nreward_model: rm2/model\ndata: {prompts: [demos.jsonl]}\niterations: 2\nbatch_size: 48\nmini_batch_size: 48\nresponse_length: 16\n")
	check("ppo", "ppo2.yaml", "ppo2")

	cmd := tr.command("train", "pretrain", "size1.yaml", "-o", "limited")
	cmd.Env = append(os.Environ(), "GOMEMLIMIT=100MiB")
	out, err := cmd.CombinedOutput()
	if want := regexp.MustCompile(`size1.yaml:4: the training needs about \d+ MB of memory, but only 105 MB are free \(GOMEMLIMIT\); write batch_size: (\d+) and gradient_accumulation_steps: (\d+), the same steps in parts, which need \d+ MB`); err == nil || !want.Match(out) {
		t.Errorf("below a limit: %v: %s", err, out)
	}
	if _, err := os.Stat(filepath.Join(tr.dir, "limited")); err == nil {
		t.Error("a training that has no room leaves a folder")
	}
}

// peakEnv has the command of TestPeakChild, an argument a line.
const peakEnv = "ASSAY_TEST_PEAK"

// TestPeakChild runs a command and prints its peak memory in KiB. It is a process of its own,
// because a command's count begins at the size of the process that starts it.
func TestPeakChild(t *testing.T) {
	args := strings.Split(os.Getenv(peakEnv), "\n")
	if args[0] == "" {
		t.Skip("runs only as a child of TestTrainSaysItsMemory")
	}
	cmd := exec.Command(args[0], args[1:]...)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%q: %v\n%s", args, err, text)
	}
	fmt.Printf("peak %d\n", cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
}

// peak runs assay and returns its peak memory by the system's count, in MB.
func (tr *trainer) peak(args ...string) float64 {
	tr.t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestPeakChild$")
	child.Dir = tr.dir
	child.Env = append(os.Environ(), peakEnv+"="+strings.Join(append([]string{tr.binary}, args...), "\n"))
	out, err := child.CombinedOutput()
	m := regexp.MustCompile(`(?m)^peak (\d+)$`).FindSubmatch(out)
	if err != nil || m == nil {
		tr.t.Fatalf("%q: %v\n%s", args, err, out)
	}
	kibibytes, _ := strconv.ParseFloat(string(m[1]), 64) // the pattern matches only digits
	return kibibytes * 1024 / 1e6
}
