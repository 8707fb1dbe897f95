package shell_test

import (
	"os/exec"
	"testing"

	"assay/harness/leaf/shell"
)

// A printed command means the same to a shell.
func TestQuote(t *testing.T) {
	for _, arg := range []string{"", "plain", "a b", "it's", `"$x" \`, "a;b&c", "*", "~", "#x", "two\nlines", "[ab]", "(x)", "ümlaut", "a!b", "`x`", "<x>|y", "{a,b}"} {
		out, err := exec.Command("sh", "-c", "printf %s "+shell.Quote(arg)).Output()
		if err != nil || string(out) != arg {
			t.Errorf("%q: a shell reads %q, error %v", arg, out, err)
		}
	}
	if got := shell.Quote("run", "demo/plan.yaml", "-o", "world:sft", "--seed=1"); got != "run demo/plan.yaml -o world:sft --seed=1" {
		t.Errorf("quoted without need: %s", got)
	}
}
