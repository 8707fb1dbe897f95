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
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"assay/harness/leaf/approx"
	"assay/harness/runstore"
	"assay/metrics/names"
)

// TestWinRatesOfOutputs goes through docs/winrates.md with AlpacaFarm's files: its commands and its
// configurations, with a shorter training. The judge is then a poor one, so that only what doesn't
// depend on its quality is compared.
func TestWinRatesOfOutputs(t *testing.T) {
	root := os.Getenv("ASSAY_DATA")
	if root == "" || testing.Short() {
		t.Skip("ASSAY_DATA is not set, or -short")
	}
	page := textOf(t, "../../docs/winrates.md")
	t.Chdir(t.TempDir())
	for _, m := range regexp.MustCompile("(?s)```yaml\n# ([a-z]+\\.yaml)\n(.*?)```").FindAllStringSubmatch(page, -1) {
		text := strings.NewReplacer("max_steps: 150", "max_steps: 3", "warmup_steps: 20", "warmup_steps: 1", "num_train_epochs: 2", "num_train_epochs: 1", "eval_steps: 20", "eval_steps: 4", "warmup_steps: 10", "warmup_steps: 1", "vocab_size: 2000", "vocab_size: 800",
			"outputs_", filepath.Join(root, "alpaca-farm", "outputs_")).Replace(m[2])
		write(t, m[1], text)
	}
	of := func(name string) string { return filepath.Join(root, "alpaca-eval", name) }
	do(t, 0, "import", "alpaca-eval", of("alpaca-7b__alpaca_eval_gpt4_annotations.json"), of("text_davinci_001__alpaca_eval_gpt4_annotations.json"), "-o", "gpt4")
	do(t, 0, "export", "gpt4", "--format", "labels", "-o", "labels")
	var kept []string
	for line := range strings.Lines(textOf(t, "labels/labels.jsonl")) {
		if !strings.Contains(line, `"category":"selfinstruct"`) {
			kept = append(kept, line)
		}
	}
	if len(kept) != 1106 || !strings.Contains(page, "1,106 preferences") {
		t.Errorf("%d preferences are left", len(kept))
	}
	write(t, "preferences.jsonl", strings.Join(kept[:60], ""))
	do(t, 0, "train", "pretrain", "base.yaml", "-o", "base")
	do(t, 0, "train", "reward", "reward.yaml", "-o", "reward")
	do(t, 0, "run", "plan.yaml", "-o", "run")
	checkWinRates(t)
	do(t, 0, "report", "run", "-o", "report", "--length-control", "--resamples", "400")
	readInBrowser(t, "report/report.html", "AlpacaFarm's SFT and RLHF models", "Win rate of rlhf over reference", "With outputs of equal length: 0.")
}

// checkWinRates computes each preference again from the two scores.
func checkWinRates(t *testing.T) {
	t.Helper()
	scores, rates := map[[2]string]float64{}, map[[2]string]float64{}
	missing := map[string]int{}
	for j, err := range runstore.Judgements().Read(runstore.Dir("run")) {
		switch key := [2]string{j.Model, j.Example}; {
		case err != nil:
			t.Fatal(err)
		case !j.Scored():
			missing[j.Metric]++
		case j.Metric == names.RewardScore:
			scores[key] = j.Value[0]
		case j.Metric == names.WinRate && j.Baseline == "reference":
			rates[key] = j.Value[0]
		}
	}
	if len(scores)+missing[names.RewardScore] != 3*252 || len(rates)+missing[names.WinRate] != 2*252 || len(rates) < 400 {
		t.Errorf("%d scores, %d preferences, without a value %v", len(scores), len(rates), missing)
	}
	for key, got := range rates {
		if want := 1 / (1 + math.Exp(scores[[2]string{"reference", key[1]}]-scores[key])); !approx.Equal(got, want, 1e-12) {
			t.Errorf("%s: %v, want %v", key, got, want)
		}
	}
	out := do(t, 0, "estimate", "run", "--length-control", "--resamples", "400", "--format", "csv")
	for _, model := range []string{"sft", "rlhf"} {
		sum, n := 0.0, 0
		for key, rate := range rates {
			if key[0] == model {
				sum, n = sum+rate, n+1
			}
		}
		found := regexp.MustCompile(`winrate,win_rate,` + model + `,,([0-9.]+),`).FindStringSubmatch(out)
		if found == nil || !strings.Contains(out, "winrate,length_controlled_win_rate,"+model+",,0.") {
			t.Fatalf("no win rates of %s in\n%s", model, out)
		}
		if got, err := strconv.ParseFloat(found[1], 64); err != nil || !approx.Equal(got, sum/float64(n), 1e-12) {
			t.Errorf("%s: %v, want %v", model, got, sum/float64(n))
		}
	}
}

// readInBrowser opens a page in Chromium, where there is one: it shows the texts, and is not wider than
// the window, at a desktop's width and a phone's.
func readInBrowser(t *testing.T, path string, texts ...string) {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Log("no chromium in PATH: the page is not opened")
		return
	}
	path, err = filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(2*time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	for _, width := range []int64{1280, 390} {
		var text string
		var wide int64
		var picture []byte
		err := chromedp.Run(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate("file://"+path), chromedp.Evaluate("document.body.innerText", &text),
			chromedp.Evaluate("document.documentElement.scrollWidth", &wide), chromedp.FullScreenshot(&picture, 90))
		if err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("SHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("report-%d.jpg", width)), picture, 0o600); err != nil {
				t.Error(err)
			}
		}
		for _, want := range texts {
			if !strings.Contains(text, want) {
				t.Errorf("at %d pixels, no %q in %.3000s", width, want, text)
			}
		}
		if wide > width {
			t.Errorf("at %d pixels, the page is %d wide", width, wide)
		}
	}
}

func textOf(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
