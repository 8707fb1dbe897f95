package cli_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
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

// A dry run trains nothing and writes nothing; it counts what a training would.
func TestDryRun(t *testing.T) {
	tr := newTrainer(t)
	tr.write("base.yaml", "model: {num_hidden_layers: 1, num_attention_heads: 2, hidden_size: 16, max_position_embeddings: 24}\ntokenizer: {type: bytes}\ndata: {text: [text.txt], validation_split: 0.1}\nbatch_size: 3\ngradient_accumulation_steps: 2\nmax_steps: 50\noptimizer: {learning_rate: 1e-3}\nevaluate: {eval_steps: 20}\n")
	said, _ := tr.dryRun("pretrain", "base.yaml")
	for _, want := range []string{"steps: 50, each of 6 rows of up to 24 tokens", "tokens: about 7,200 (144 per step)", "plus 3 evaluations", "hours: ", "held out"} {
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
