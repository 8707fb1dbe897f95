package cli_test

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"assay/harness/cli"
)

// lcg are numbers from 0 to 1 of a linear congruential generator.
func lcg(seed, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		seed = (seed*1103515245 + 12345) % (1 << 31)
		out[i] = float64(seed) / (1 << 31)
	}
	return out
}

// controlled writes 60 annotations in AlpacaEval's format, one of which has no preference, and
// their difficulties by instruction and by position. The first half has texts of two bytes a
// character.
func controlled(t *testing.T) {
	t.Helper()
	var all []string
	difficulties, byPosition := []string{"instruction,difficulty"}, []string{",instruction_difficulty"}
	u, v, w, e := lcg(1, 60), lcg(2, 60), lcg(3, 60), lcg(4, 60)
	for i := range 60 {
		first, second := 20+int(200*u[i]), 10+int(300*u[i]*v[i]+60*v[i])
		difficulty := 2*w[i] - 1
		z := -0.9*math.Tanh(float64(first-second)/80) + 0.8*difficulty - 0.3 + 2*(e[i]-.5)
		preference := strconv.FormatFloat(1+math.RoundToEven(1000/(1+math.Exp(-2*z)))/1000, 'f', 3, 64)
		if i == 7 {
			preference = "null"
		}
		letter := "é"
		if i >= 30 {
			letter = "e"
		}
		all = append(all, fmt.Sprintf(`{"instruction":"say, %d","output_1":%q,"generator_1":"base","output_2":%q,"generator_2":"m","annotator":"a","preference":%s}`,
			i, strings.Repeat(letter, first), strings.Repeat(letter, second), preference))
		difficulties = append(difficulties, fmt.Sprintf(`"say, %d",%v`, 59-i, 2*w[59-i]-1))
		byPosition = append(byPosition, fmt.Sprintf("%d,%v", i, difficulty))
	}
	write(t, "annotations.json", "["+strings.Join(all, ",\n")+"]")
	write(t, "difficulties.csv", strings.Join(difficulties, "\n")+"\n")
	write(t, "position.csv", strings.Join(byPosition, "\n")+"\n")
	write(t, "short.csv", strings.Join(byPosition[:60], "\n")+"\n")
	write(t, "lacking.csv", strings.Join(difficulties[:60], "\n")+"\n")
	write(t, "broken.csv", "instruction,difficulty\nsay,1\nno,easy\n")
	write(t, "other.csv", "prompt,difficulty\nsay,1\n")
	do(t, 0, "import", "alpaca-eval", "annotations.json", "-o", "run")
}

// The points are those of alpaca_eval 0.6.6 with scikit-learn 1.9.1 on the same annotations:
// get_length_controlled_winrate(df, glm_name="length_controlled_minimal") and, with
// instruction_difficulty in place of the tool's, "length_controlled_noreg", both with tol=1e-12. The
// standard error and the bounds are those of 3,000 fits (12,000 with difficulties) in Python of rows drawn with replacement, by
// LogisticRegression(penalty="l1", solver="liblinear", fit_intercept=False, C=10**(4/3), tol=1e-10), with
// Efron and Tibshirani's formulas for BCa. Both draw at random, which the tolerances allow for.
func TestLengthControl(t *testing.T) {
	t.Chdir(t.TempDir())
	controlled(t)
	row := regexp.MustCompile(`(?m)^winrate,length_controlled_win_rate,m,.*$`)
	for _, tt := range []struct {
		flags  []string
		points float64
		se     float64
		bounds [2]float64
		method string
	}{
		{[]string{"--length-control"}, 0.34468634773314406, 0.040366321726078506, [2]float64{0.26837326, 0.42813025}, "regression on length without difficulties (C 21.5), BCa bootstrap"},
		{[]string{"--difficulties", "difficulties.csv"}, 0.34702873661315735, 0.038744280570144216, [2]float64{0.27476097, 0.42645518}, "regression on length with difficulties (C 21.5), BCa bootstrap"},
		{[]string{"--difficulties", "position.csv"}, 0.34702873661315735, 0.038744280570144216, [2]float64{0.27476097, 0.42645518}, "with difficulties"},
	} {
		out := do(t, 0, append([]string{"estimate", "run", "--resamples", "4000", "--format", "csv"}, tt.flags...)...)
		line := row.FindString(out)
		fields := strings.Split(line, ",")
		if len(fields) < 8 || !strings.Contains(line, tt.method) {
			t.Errorf("%v: %s", tt.flags, out)
			continue
		}
		if got, err := strconv.ParseFloat(fields[4], 64); err != nil || !(math.Abs(got-tt.points) < 1e-8) {
			t.Errorf("%v: %v, want %v", tt.flags, fields[4], tt.points)
		}
		for k, want := range []float64{tt.se, tt.bounds[0], tt.bounds[1]} {
			got, err := strconv.ParseFloat(fields[5+k], 64)
			if tolerance := []float64{0.05, 0.15, 0.15}[k] * tt.se; err != nil || !(math.Abs(got-want) < tolerance) {
				t.Errorf("%v: %v, want %v", tt.flags, fields[5+k], want)
			}
		}
	}
	for _, command := range [][]string{{"estimate", "run"}, {"compare", "run:base", "run:m"}} {
		if out := do(t, 0, append(command, "--metric", "win_rate", "--length-control", "--resamples", "400", "--format", "csv")...); strings.Count(out, "win_rate,") != 2 || !strings.Contains(out, "winrate,length_controlled_win_rate,") {
			t.Errorf("%v --metric win_rate: %s", command, out)
		}
	}
	if out := do(t, 0, "estimate", "run"); strings.Contains(out, "length_controlled") {
		t.Errorf("without the flag: %s", out)
	}
	do(t, 0, "report", "run", "-o", "report", "--length-control", "--resamples", "400")

	// Against the baseline itself, the difference is the win rate minus 0.5.
	compared := do(t, 0, "compare", "run:base", "run:m", "--length-control", "--format", "csv")
	for _, want := range []string{"length_controlled_win_rate", "-0.15531", "regression on length without difficulties, t with the bootstrap's standard error"} {
		if !strings.Contains(compared, want) {
			t.Errorf("no %s in %s", want, compared)
		}
	}
	write(t, "gates.yaml", "gates:\n  - {suite: winrate, metric: length_controlled_win_rate, margin: 0.05}\n")
	if out := do(t, 1, "compare", "run:base", "run:m", "--length-control", "--gates", "gates.yaml"); !strings.Contains(out, "regress") {
		t.Errorf("gate: %s", out)
	}
	if out := do(t, 3, "compare", "run:m", "run:base", "--length-control", "--gates", "gates.yaml"); !strings.Contains(out, "preferences without a value: 1") {
		t.Errorf("gate with a missing preference: %s", out)
	}
	write(t, "ignored.yaml", "gates:\n  - {suite: winrate, metric: length_controlled_win_rate, margin: 0.05, unscored: ignore}\n")
	do(t, 0, "compare", "run:m", "run:base", "--length-control", "--gates", "ignored.yaml")
	for file, said := range map[string]string{
		"short.csv":   "59 difficulties by position, but suite winrate has 60 examples",
		"lacking.csv": "lacking.csv has no difficulty of the instruction of example",
		"broken.csv":  `broken.csv:3: difficulty "easy" is not a finite number`,
		"none.csv":    "--difficulties: none.csv: no such file or directory; check the path",
		"other.csv":   "the columns must be instruction and difficulty",
	} {
		var out, failed bytes.Buffer
		code := cli.Main(t.Context(), []string{"estimate", "run", "--difficulties", file}, &out, &failed)
		if code != 2 || !strings.Contains(failed.String(), said) || strings.Count(failed.String(), "\n") != 1 {
			t.Errorf("%s: exit code %d, %s", file, code, failed.String())
		}
	}
}
