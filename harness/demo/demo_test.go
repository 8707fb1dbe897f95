package demo

import (
	"maps"
	"testing"

	"assay/harness/reproduce"
)

// The models know the town of the reproduction that trained them, so the demo's prompts must be of the
// same town: all flags of its world are the same, except those that only say how much of it to write.
func TestWorldIsTheModels(t *testing.T) {
	xs, err := reproduce.FindBudget("xs")
	if err != nil {
		t.Fatal(err)
	}
	of := reproduce.Options{Budget: xs, Seeds: 1}
	trained := townFlags(t, of.Steps(0)[0].Args)
	shown := townFlags(t, Steps("demo", 1)[0].Args)
	if len(trained) == 0 || !maps.Equal(trained, shown) {
		t.Errorf("the models were trained in a world with %v; the demo's has %v", trained, shown)
	}
}

// townFlags are the flags of a world command that decide what the town is.
func townFlags(t *testing.T, args []string) map[string]string {
	t.Helper()
	if args[0] != "world" {
		t.Fatalf("%q is not a world command", args)
	}
	flags := map[string]string{}
	for i := 1; i < len(args); i++ {
		if args[i] == "--null" {
			flags["--null"] = ""
			continue
		}
		flags[args[i]] = args[i+1]
		i++
	}
	for _, amount := range []string{"-o", "--sft-train", "--sft-validation", "--rm-train", "--rm-validation", "--ppo-train", "--ppo-validation",
		"--test", "--test-gpt", "--tasks", "--words", "--held-out-words"} {
		delete(flags, amount)
	}
	return flags
}
