package text

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/harness/leaf/rows/rowstest"
)

// readSamples reads one CSV file of OpenAI's InstructGPT samples as rows keyed by
// column. It skips the test where ASSAY_DATA is unset.
func readSamples(t *testing.T, name string) []map[string]string {
	t.Helper()
	dir := os.Getenv("ASSAY_DATA")
	if dir == "" {
		t.Skip("ASSAY_DATA is unset: the InstructGPT samples are not checked")
	}
	_, rows := rowstest.Table(t, filepath.Join(dir, "openai-instructgpt", name))
	return rows
}

// checkTable compares points keyed by prompt and model with the column
// samples_mean_n100 of table14_check.csv, which has four decimals.
func checkTable(t *testing.T, task string, got map[[2]string]float64, tolerance float64) {
	t.Helper()
	worst, n := 0.0, 0
	for _, row := range readSamples(t, "table14_check.csv") {
		if row["task"] != task {
			continue
		}
		want, err := strconv.ParseFloat(row["samples_mean_n100"], 64)
		if err != nil {
			t.Fatal(err)
		}
		k := [2]string{row["prompt"], row["model"]}
		n++
		worst = max(worst, math.Abs(got[k]-want))
		if !approx.Equal(got[k], want, tolerance) {
			t.Errorf("%s %s: got %.6f, want %.4f", task, k, got[k], want)
		}
	}
	if n != 24 {
		t.Errorf("%s: %d rows in the table, want 24", task, n)
	}
	t.Logf("%s: largest deviation %.6f over %d rows", task, worst, n)
}

// means averages score over the rows of each prompt and model.
func means(rows []map[string]string, score func(sample, reference string) float64) map[[2]string]float64 {
	sum, n := map[[2]string]float64{}, map[[2]string]float64{}
	for _, row := range rows {
		k := [2]string{row["prompt_type"], row["model_type"]}
		sum[k] += score(row["sample"], row["ref_text"])
		n[k]++
	}
	for k := range sum {
		sum[k] /= n[k]
	}
	return sum
}

// halfDigit is the rounding of the table, with some room for its own arithmetic.
const halfDigit = 5.1e-5

func TestSamplesBLEU(t *testing.T) {
	sums := map[[2]string][]float64{}
	for _, row := range readSamples(t, "fr_to_en_samples.csv") {
		k := [2]string{row["prompt_type"], row["model_type"]}
		if sums[k] == nil {
			sums[k] = make([]float64, BLEUSize)
		}
		for i, v := range BLEUStatistics(row["sample"], []string{row["ref_text"]}) {
			sums[k][i] += v
		}
	}
	got := map[[2]string]float64{}
	for k, s := range sums {
		got[k] = BLEU(s)
	}
	checkTable(t, "fr_to_en", got, halfDigit)
}

// The table scores "Not in background." as words, and does not map it to no
// answer.
func TestSamplesSQuAD(t *testing.T) {
	rows := readSamples(t, "squadv2_samples.csv")
	checkTable(t, "squadv2", means(rows, func(sample, reference string) float64 {
		_, f1 := SQuAD(sample, strings.Split(reference, "|"))
		return f1
	}), halfDigit)
}

// The table's F1 is DROP's without the rounding of each answer to two decimals;
// the rounded mean is within 0.00035 of it.
func TestSamplesDROP(t *testing.T) {
	rows := readSamples(t, "drop_samples.csv")
	checkTable(t, "drop", means(rows, func(sample, reference string) float64 {
		_, f1 := DROP(sample, strings.Split(reference, "|"))
		return f1
	}), 3.5e-4)
	checkTable(t, "drop", means(rows, func(sample, reference string) float64 {
		predicted, best := answerSpans([]string{sample})[0], 0.0
		for _, gold := range answerSpans(strings.Split(reference, "|")) {
			if numbersMatch(gold.bag, predicted.bag) {
				best = max(best, setF1(predicted.bag, gold.bag))
			}
		}
		return best
	}), halfDigit)
}

// Wanted values: rouge-score 0.1.2, the mean over each model's 100 rows of
// RougeScorer(['rougeL']).score(row.ref_text, row.sample)['rougeL'].fmeasure.
func TestSamplesROUGEL(t *testing.T) {
	want := map[string]float64{
		"gpt-xl": 0.11006975324097032, "gpt-6b": 0.1427172840343629, "gpt-175b": 0.16811956603057776,
		"sft-xl": 0.12051039178031386, "sft-6b": 0.1377674725610071, "sft-175b": 0.15850104547980243,
		"ppo-ptx-xl": 0.11877382627764463, "ppo-ptx-6b": 0.1270800568463455, "ppo-ptx-175b": 0.11424318917061874,
		"ppo-noptx-xl": 0.12534457224547177, "ppo-noptx-6b": 0.12965006308810126, "ppo-noptx-175b": 0.12453200712199632,
	}
	got := means(readSamples(t, "tldr_samples.csv"), ROUGEL)
	for model, w := range want {
		if g := got[[2]string{"", model}]; !approx.Equal(g, w, 1e-12) {
			t.Errorf("%s: got %v, want %v", model, g, w)
		}
	}
}
