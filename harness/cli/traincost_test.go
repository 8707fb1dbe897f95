package cli_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// dryRun returns the output of --dry-run, and the memory in it, in MB.
func (tr *trainer) dryRun(kind, config string) (said string, mega float64) {
	tr.t.Helper()
	said = tr.run("train", kind, config, "--dry-run")
	m := regexp.MustCompile(`memory: about ([0-9.]+) (MB|GB)`).FindStringSubmatch(said)
	if m == nil {
		tr.t.Fatalf("%s names no memory: %s", config, said)
	}
	mega, _ = strconv.ParseFloat(m[1], 64)
	if m[2] == "GB" {
		mega *= 1000
	}
	return said, mega
}

// The memory that a dry run reports is the training's peak by the system's count. A lower
// limit is an error that says into which parts the batch must be cut to fit.
func TestTrainSaysItsMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	tr := newTrainer(t)
	peak := func(kind, config, out string) float64 {
		cmd := tr.command("train", kind, config, "-o", out)
		var text bytes.Buffer
		cmd.Stdout, cmd.Stderr = &text, &text
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		most := 0.0
		for {
			select {
			case err := <-ended:
				if err != nil {
					t.Fatalf("%s: %v\n%s", config, err, text.String())
				}
				return most
			case <-time.After(2 * time.Millisecond):
				most = max(most, highWater(cmd.Process.Pid))
			}
		}
	}
	check := func(kind, config, out string) {
		t.Helper()
		_, about := tr.dryRun(kind, config)
		if took := peak(kind, config, out); math.Abs(about-took) > 0.25*took {
			t.Errorf("%s: reported about %.0f MB, and took %.0f", config, about, took)
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

// A dry run trains nothing and writes nothing; it counts what a training would.
func TestDryRun(t *testing.T) {
	tr := newTrainer(t)
	tr.write("base.yaml", "model: {num_hidden_layers: 1, num_attention_heads: 2, hidden_size: 16, max_position_embeddings: 24}\ntokenizer: {type: bytes}\ndata: {text: [text.txt], validation_split: 0.1}\nbatch_size: 3\ngradient_accumulation_steps: 2\nmax_steps: 50\noptimizer: {learning_rate: 1e-3}\nevaluate: {eval_steps: 20}\n")
	said, _ := tr.dryRun("pretrain", "base.yaml")
	for _, want := range []string{"steps: 50, each 6 rows of up to 24 tokens", "tokens: about 7,200 (144 per step)", "plus 3 evaluations", "hours: about", "held out"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %s", want, said)
		}
	}
	entries, err := os.ReadDir(tr.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			t.Errorf("a dry run leaves a folder %s", e.Name())
		}
	}
}

// highWater is the peak memory of a process so far, in MB; 0 once it has ended.
// A child's rusage can't be used: its maximum starts at that of this test.
func highWater(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		return 0
	}
	kilobytes, _ := strconv.ParseFloat(string(m[1]), 64) // the pattern matches only digits
	return kilobytes * 1024 / 1e6
}
