package interop_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/interop"
	"assay/harness/leaf/racetest"
	"assay/metrics"
	"assay/suites"
)

// annotation is one element. preference is JSON; "" leaves the member out.
func annotation(instruction, model, preference string) string {
	s := `{"instruction":"` + instruction + `","dataset":"set","output_1":"base text","generator_1":"base","output_2":"` +
		model + ` text","generator_2":"` + model + `","annotator":"judge","price_per_example":0.1`
	if preference != "" {
		s += `,"preference":` + preference
	}
	return s + "}"
}

func output(instruction, model, text string) string {
	return `{"dataset":"set","instruction":"` + instruction + `","output":"` + text + `","generator":"` + model + `"}`
}

// withInput is an output of an instruction with an input.
func withInput(instruction, input, model, text string) string {
	return `{"instruction":"` + instruction + `","input":"` + input + `","output":"` + text + `","generator":"` + model + `"}`
}

func array(elements ...string) string { return "[\n" + strings.Join(elements, ",\n") + "\n]\n" }

func TestAlpacaPreferences(t *testing.T) {
	tests := []struct {
		preference string
		want       []float64 // nil is missing
	}{
		{"1", []float64{0}}, {"2", []float64{1}}, {"0", []float64{0.5}}, {"0.0", []float64{0.5}}, {"1.5", []float64{0.5}},
		{"1.375", []float64{0.375}}, {"2.0", []float64{1}}, {"null", nil},
	}
	for _, tt := range tests {
		dir := folder(t, map[string]string{"annotations.json": array(annotation("Say hello.", "m", tt.preference))})
		r := importAll(t, interop.AlpacaEval(), dir)
		if got := r.value(t, "m", "win_rate"); !cmp.Equal(got, tt.want) {
			t.Errorf("preference %s: value %v, want %v", tt.preference, got, tt.want)
		}
		if j := r.judgements[0]; j.Baseline != "base" || j.Judge != "judge" || j.Suite != "winrate" {
			t.Errorf("judgement %+v", j)
		}
	}
}

// The baseline's output comes with every model. The files of outputs repeat all
// outputs, before the annotations or after.
func TestAlpacaFilesTogether(t *testing.T) {
	dir := folder(t, map[string]string{
		"a_outputs.json":    array(output("One?", "a", "a text"), output("Two?", "a", "a text")),
		"annotations.json":  array(annotation("One?", "a", "1"), annotation("One?", "b", "2"), annotation("Two?", "a", "1.5")),
		"base_outputs.json": "\ufeff" + array(output("One?", "base", "base text"), output("Two?", "base", "base text"), output("Three?", "base", "base text")),
		"LICENSE":           "none",
	})
	r := importAll(t, interop.AlpacaEval(), dir)
	if len(r.examples) != 3 || len(r.completions) != 6 || len(r.judgements) != 3 {
		t.Errorf("%d examples, %d completions, %d judgements; want 3, 6, 3", len(r.examples), len(r.completions), len(r.judgements))
	}
	for _, ex := range r.examples {
		if ex.Category != "set" {
			t.Errorf("example %q is of category %q, want set", ex.Input, ex.Category)
		}
	}
	if want := []string{filepath.Join(dir, "LICENSE") + ": skipped, because it is not a .json file"}; !cmp.Equal(r.notices, want) {
		t.Errorf("notices %q, want %q", r.notices, want)
	}
	checkSources(t, r, dir, 3)
}

func TestAlpacaJudgeOption(t *testing.T) {
	dir := folder(t, map[string]string{"annotations.json": array(annotation("One?", "a", "1"))})
	r := new(recorder)
	if err := interop.AlpacaEval().Import(t.Context(), []string{dir}, interop.Options{Judge: "mine"}, r); err != nil {
		t.Fatal(err)
	}
	if got := r.judgements[0].Judge; got != "mine" {
		t.Errorf("judge %q, want mine", got)
	}
}

func TestAlpacaDefects(t *testing.T) {
	one := annotation("One?", "a", "1")
	without := func(old, new string) string { return strings.Replace(one, old, new, 1) }
	const file = "annotations.json:"
	tests := []struct{ name, content, want string }{
		{"preference above 2", array(one, annotation("Two?", "a", "3")), file + `3: preference "3"; write a number from 1 (generator_1 is better) to 2 (generator_2 is better), 0 or 1.5 for a draw, or null if there is none`},
		{"preference between 0 and 1", array(annotation("Two?", "a", "0.5")), file + `2: preference "0.5"; write a number`},
		{"preference as text", array(annotation("Two?", "a", `"x"`)), file + `2: preference "\"x\""; write a number`},
		{"preference of several lines", array(annotation("Two?", "a", "{\n}")), file + `2: preference "{\n}"; write a number`},
		{"preference out of range", array(annotation("Two?", "a", "1e999")), file + `2: preference "1e999"; write a number`},
		{"no preference", array(annotation("Two?", "a", "")), file + `2: no member "preference"; write null where the annotator gave none`},
		{"duplicate annotation", array(one, annotation("Two?", "a", "1"), one), file + `4: duplicate of this instruction's annotation of "a" against "base" by "judge"; remove one of them`},
		{"two preferences", array(one, annotation("One?", "a", "2")), file + `3: conflict of this instruction's annotation of "a" against "base" by "judge"; remove one of them`},
		{"other baseline text", array(one, strings.Replace(annotation("One?", "b", "1"), "base text", "other", 1)), file + `3: conflict: "base" has another output for the same instruction earlier; keep one of the two`},
		{"own baseline", array(without(`"a"`, `"base"`)), file + `2: generator_1 and generator_2 are both "base"; a model can't be its own baseline`},
		{"no instruction", array(without("instruction", "prompt")), file + `2: no member "instruction"; an annotation has instruction`},
		{"no output_2", array(without("output_2", "output2")), file + `2: no member "output_2"; an annotation has output_1, generator_1, output_2, generator_2 and preference`},
		{"null generator", array(without(`"a"`, `null`)), file + `2: member "generator_2" is null; an annotation has`},
		{"neither output", array(`{"instruction":"One?","generator":"a"}`), file + `2: no member "output_1"; an annotation has`},
		{"both outputs", array(strings.Replace(one, `{`, `{"output":"x",`, 1), annotation("Two?", "a", "7")), file + `3: preference "7"`},
		{"null output", array(one, strings.Replace(annotation("Two?", "a", "1"), `"a text"`, `null`, 1)), file + `3: member "output_2" is null; an annotation has`},
		{"null instruction", array(without(`"One?"`, `null`)), file + `2: member "instruction" is null; an annotation has instruction`},
		{"empty generator", array(without(`"a"`, `""`)), file + `2: a generator's name is empty; name the model`},
		{"number for text", array(without(`"a text"`, `5`)), file + `2: member "output_2" is a JSON number where a string is needed`},
		{"no object", array(one, "5"), file + `3: an element is not an object; each must be an annotation or an output`},
		{"duplicate member", array(one, without(`{`, "{\n\"dataset\":\"x\",")), file + `4: member "dataset" appears twice in one element; remove one of the two`},
		{"invalid UTF-8", array(one, without("One", "\xff")), file + `3: not valid JSON: `},
		{"output twice", array(output("One?", "a", "x"), output("One?", "a", "x")), file + `3: duplicate of "a"'s output for the same instruction in one file; remove one of them`},
		{"output without a generator below one with", array(output("One?", "a", "x"), `{"instruction":"Two?","output":"x"}`), file + `3: no member "generator"; it names the model, for all`},
		{"output with a generator below one without", array(`{"instruction":"Two?","output":"x"}`, output("One?", "a", "x")), file + `3: outputs without a generator came before; name it for all`},
		{"NaN that is read", array(one, annotation("Two?", "a", "NaN")), file + `3: not valid JSON: member "preference": invalid character`},
		{"half a pair that is read", array(without("One", `\ud83d`)), file + `2: not valid JSON: `},
		{"UTF-32", "\xff\xfe\x00\x00", file + `1: this is a file in UTF-32; save it as UTF-8`},
		{"same input twice", array(withInput("Do.", "x", "a", "y"), withInput("Do.", "x", "a", "y")), file + `3: duplicate of "a"'s output for the same instruction in one file`},
		{"two annotations by one", array(one, annotation("One?", "a", "2")), file + `3: conflict of this instruction's annotation of "a" against "base" by "judge"`},
		{"object", one, file + `1: not a JSON array; expected [ at the start`},
		{"empty file", "", file + `1: not a JSON array; expected [ at the start`},
		{"empty array", "[]\n", file + `1: the array is empty; get a complete copy of the file`},
		{"torn in an element", "[\n" + one + ",\n" + one[:50], file + `3: cut-off file: it ends in the middle of the array; get the complete file`},
		{"torn after an element", "[\n" + one + "\n", file + `3: cut-off file`},
		{"no comma", "[" + one + "\n" + one + "]", file + `2: not valid JSON: `},
		{"second array", array(one) + "[]", file + `4: something follows the array's end; keep one array a file`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantError(t, interop.AlpacaEval(), folder(t, map[string]string{"annotations.json": tt.content}), tt.want)
		})
	}
}

// The line is where the element starts, in whatever layout.
func TestAlpacaLines(t *testing.T) {
	good, bad := annotation("One?", "a", "1"), annotation("Two?", "a", "7")
	pretty := func(s string) string {
		return strings.NewReplacer(`,"`, ",\n  \"", "{", "{\n  ", "}", "\n}").Replace(s)
	}
	var many []string
	for i := range 4000 { // longer than any buffer
		many = append(many, annotation(strings.Repeat("x", i), "a", "1"))
	}
	tests := []struct{ name, content, want string }{
		{"compact", "[" + good + "," + bad + "]", "1"},
		{"a line each", array(good, bad), "3"},
		{"blank lines", "\n\n[\n\n" + good + "\n,\n\n" + bad + "]", "8"},
		{"pretty", array(pretty(good), pretty(bad)), "13"},
		{"CRLF", strings.ReplaceAll(array(good, bad), "\n", "\r\n"), "3"},
		{"far down", array(append(many, bad)...), "4002"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantError(t, interop.AlpacaEval(), folder(t, map[string]string{"annotations.json": tt.content}), "annotations.json:"+tt.want+": preference")
		})
	}
}

func TestNoAlpacaFile(t *testing.T) {
	dir := folder(t, map[string]string{"b.txt": ""})
	err := interop.AlpacaEval().Import(t.Context(), []string{dir}, interop.Options{}, new(recorder))
	if err == nil || !strings.HasPrefix(err.Error(), dir+": no .json file found; name annotations.json or model_outputs.json files") {
		t.Errorf("error %v", err)
	}
}

func TestAlpacaRealData(t *testing.T) {
	racetest.SkipSequential(t, "published files are read")
	data := os.Getenv("ASSAY_DATA")
	if data == "" {
		t.Skip("ASSAY_DATA is not set")
	}
	file := func(name string) string { return filepath.Join(data, "alpaca-eval", name) }
	r := importAll(t, interop.AlpacaEval(), file("alpaca-7b__alpaca_eval_gpt4_annotations.json"),
		file("alpaca-7b__model_outputs.json"), file("text_davinci_001__alpaca_eval_gpt4_annotations.json"), file("text_davinci_001__model_outputs.json"))
	if len(r.examples) != 805 || len(r.completions) != 3*805 || len(r.judgements) != 2*805 {
		t.Errorf("%d examples, %d completions, %d judgements; want 805, 2415, 1610", len(r.examples), len(r.completions), len(r.judgements))
	}
	// The only null in the published annotations stays missing.
	missing := 0
	for _, j := range r.judgements {
		if !j.Scored() {
			missing++
		}
	}
	if missing != 1 {
		t.Errorf("%d judgements missing, want 1", missing)
	}

	// The published outputs of the baseline are not the draw that was annotated.
	err := interop.AlpacaEval().Import(t.Context(), []string{file("text_davinci_003__model_outputs.json")}, interop.Options{}, r)
	if err == nil || !strings.Contains(err.Error(), `:2: conflict: "text_davinci_003" has another output`) {
		t.Errorf("error %v, want a conflict on line 2", err)
	}
}

// An instruction with an input differs from one without, and from one with another input.
// Its example is the one that the suite makes from instruction and input.
func TestAlpacaInputs(t *testing.T) {
	dir := folder(t, map[string]string{
		"a_outputs.json": strings.ReplaceAll(array(withInput("Sum up.", "x", "a", "1"), withInput("Sum up.", "y", "a", "2"), withInput("Sum up.", " ", "a", "3")), `{"`, `{"dataset":"set","`),
		"annotations.json": array(strings.Replace(annotation("Sum up.", "b", "2"), `"dataset"`, `"input":"x","dataset"`, 1),
			strings.Replace(annotation("Sum up.", "b", "1"), `"dataset"`, `"input":"y","dataset"`, 1)),
	})
	r := importAll(t, interop.AlpacaEval(), dir)
	var inputs []string
	for _, ex := range r.examples {
		inputs = append(inputs, ex.Input)
		if ex.ID != suites.ExampleID("winrate", ex.Input) {
			t.Errorf("%q has the id of another input", ex.Input)
		}
	}
	if want := []string{"Sum up.\n\nx", "Sum up.\n\ny", "Sum up."}; !cmp.Equal(inputs, want) {
		t.Errorf("inputs %q, want %q", inputs, want)
	}
	if len(r.completions) != 7 || len(r.judgements) != 2 {
		t.Errorf("%d completions and %d judgements, want 7 and 2", len(r.completions), len(r.judgements))
	}
	outputs, err := interop.ReadOutputs(filepath.Join(dir, "a_outputs.json"), "")
	if want := map[string]string{"Sum up.\n\nx": "1", "Sum up.\n\ny": "2", "Sum up.": "3"}; err != nil || !cmp.Equal(outputs, want) {
		t.Errorf("outputs %q, error %v, want %q", outputs, err, want)
	}
}

// Annotators of one pair are labelers, also if the user names the judge.
func TestAlpacaAnnotators(t *testing.T) {
	by := func(name, preference string) string {
		return strings.Replace(annotation("One?", "a", preference), `"judge"`, `"`+name+`"`, 1)
	}
	dir := folder(t, map[string]string{"annotations.json": array(by("eve", "1"), by("bob", "2"), by("ann", "2"))})
	for _, judge := range []string{"", "crowd"} {
		r := new(recorder)
		if err := interop.AlpacaEval().Import(t.Context(), []string{dir}, interop.Options{Judge: judge}, r); err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, j := range r.judgements {
			said = append(said, j.Labeler)
			if want := first(judge, j.Labeler); j.Judge != want {
				t.Errorf("judge %q, want %q", j.Judge, want)
			}
		}
		if want := []string{"eve", "bob", "ann"}; !slices.Equal(said, want) {
			t.Errorf("labelers %q, want %q", said, want)
		}
	}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Outputs that name no generator belong to a model named after the file.
func TestAlpacaUnnamed(t *testing.T) {
	rows := array(`{"instruction":"One?","input":"","output":"x"}`, `{"instruction":"Two?","input":"","output":"y"}`)
	dir := folder(t, map[string]string{"sft.json": rows, "ppo.v2.json": rows})
	r := importAll(t, interop.AlpacaEval(), dir)
	var models []string
	for _, c := range r.completions {
		models = append(models, c.Model)
	}
	if want := []string{"ppo.v2", "ppo.v2", "sft", "sft"}; !slices.Equal(models, want) {
		t.Errorf("models %q, want %q", models, want)
	}
	if want := filepath.Join(dir, "sft.json") + ": its outputs name no generator; the model is called sft after the file"; len(r.notices) != 2 || r.notices[1] != want {
		t.Errorf("notices %q, want %q", r.notices, want)
	}
}

// Members that nobody reads may hold anything.
func TestAlpacaOddMembers(t *testing.T) {
	for _, odd := range []string{"NaN", "[-Infinity]", `"\ud83d"`, "\"\xff\"", "{\n\"a\":1,\"a\":2}", strings.Repeat("[", 12_000) + strings.Repeat("]", 12_000)} {
		row := strings.Replace(annotation("One?", "a", "2"), "0.1", odd, 1)
		r := importAll(t, interop.AlpacaEval(), folder(t, map[string]string{"annotations.json": array(row, annotation("Two?", "a", "1"))}))
		if len(r.judgements) != 2 || len(r.completions) != 4 {
			t.Errorf("%.40s: %d judgements, %d completions; want 2, 4", odd, len(r.judgements), len(r.completions))
		}
	}
}

// With KeepGoing, bad rows and files are named and don't stop the rest.
func TestKeepGoing(t *testing.T) {
	files := map[string]string{
		"1.json":    array(annotation("One?", "a", "1"), annotation("Two?", "a", "7"), "5", annotation("Three?", "a", "2")),
		"2.json":    `{"a": 1}`,
		"3.json":    array(output("One?", "a", "a text"), output("One?", "base", "other")),
		"4.json":    "[" + annotation("Four?", "a", "1") + ",\n" + annotation("Five?", "a", "1")[:40],
		"plain.txt": "",
	}
	dir := folder(t, files)
	if err := interop.AlpacaEval().Import(t.Context(), []string{dir}, interop.Options{}, new(recorder)); err == nil {
		t.Error("bad rows are skipped without --keep-going")
	}
	r := new(recorder)
	if err := interop.AlpacaEval().Import(t.Context(), []string{dir}, interop.Options{KeepGoing: true}, r); err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	want := []string{
		in("plain.txt") + ": skipped, because it is not a .json file",
		in("1.json") + ": skipped 2 of 4 rows; the first error: " + in("1.json") + `:3: preference "7"; write a number from 1 (generator_1 is better) to 2 (generator_2 is better), 0 or 1.5 for a draw, or null if there is none`,
		"skipped a file: " + in("2.json") + ":1: not a JSON array; expected [ at the start of an annotations.json or model_outputs.json file",
		in("3.json") + ": skipped 1 of 2 rows; the first error: " + in("3.json") + `:3: conflict: "base" has another output for the same instruction earlier; keep one of the two`,
		in("4.json") + ": read 1 row and skipped the rest, from " + in("4.json") + ":2: cut-off file: it ends in the middle of the array; get the complete file",
	}
	if diff := cmp.Diff(want, r.notices); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
	if len(r.judgements) != 3 || len(r.sources) != 3 {
		t.Errorf("%d judgements of %d files, want 3 of 3", len(r.judgements), len(r.sources))
	}
	for _, s := range r.sources {
		if s.Bytes != int64(len(files[s.Name])) {
			t.Errorf("source %s has %d bytes, want %d", s.Name, s.Bytes, len(files[s.Name]))
		}
		if want := map[string]int{"1.json": 2, "3.json": 1, "4.json": 0}[s.Name]; s.Skipped != want || s.Torn != (s.Name == "4.json") {
			t.Errorf("source %s: %d rows skipped, torn %v", s.Name, s.Skipped, s.Torn)
		}
	}
	bad := folder(t, map[string]string{"1.json": array("5"), "2.json": "{}"})
	err := interop.AlpacaEval().Import(t.Context(), []string{bad}, interop.Options{KeepGoing: true}, new(recorder))
	if err == nil || !strings.HasPrefix(err.Error(), "nothing could be imported; the first error: "+filepath.Join(bad, "1.json")+":2: an element is not an object") {
		t.Errorf("nothing but bad files: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := interop.AlpacaEval().Import(ctx, []string{dir}, interop.Options{KeepGoing: true}, new(recorder)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Rows of CSV likewise; lines swallowed by an open quote don't count as rows.
func TestKeepGoingCSV(t *testing.T) {
	const header = "id,model_type,prompt_type,context,sample,toxicity\n"
	dir := folder(t, map[string]string{"real_toxicity_samples.csv": strings.ReplaceAll(header+
		"1,m,p,one,text,0.5\n2,m,p,two,text,0.5,\n3,m,p,three,text,2\n4,m,p,\xff,text,0.5\n5,m,p,five,text,0.25\n6,m,p,\"six,text,0.5\n7,m,p,seven,text,0.5\n", ",", ";")})
	r := new(recorder)
	if err := interop.InstructGPTSamples().Import(t.Context(), []string{dir}, interop.Options{KeepGoing: true}, r); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "real_toxicity_samples.csv")
	want := []string{
		path + ": skipped 3 of 5 rows; the first error: " + path + ":3: malformed row: 7 fields where the header has 6; fix or remove the row",
		path + ": read 2 rows and skipped the rest, from " + path + ":7: malformed row: a quoted field has no end, or a quote is in its middle; fix or remove the row that starts here",
	}
	if diff := cmp.Diff(want, r.notices); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
	if len(r.completions) != 2 || len(r.sources) != 1 {
		t.Errorf("%d completions of %d files, want 2 of 1", len(r.completions), len(r.sources))
	}
}

// full is a sink whose disk is full, or whose run has been stopped.
type full struct {
	recorder
	err error
}

func (f *full) Judgement(metrics.Judgement) error { return f.err }

// Errors that aren't in the data are never skipped. A file that can't be opened counts as
// an error in the data.
func TestKeepGoingStops(t *testing.T) {
	dir := folder(t, map[string]string{"1.json": array(annotation("One?", "a", "1"), annotation("Two?", "a", "1"))})
	if err := os.Symlink(filepath.Join(dir, "gone"), filepath.Join(dir, "2.json")); err != nil {
		t.Fatal(err)
	}
	for _, cause := range []error{&fs.PathError{Op: "write", Path: "run", Err: syscall.ENOSPC}, context.Canceled, context.DeadlineExceeded} {
		err := interop.AlpacaEval().Import(t.Context(), []string{dir}, interop.Options{KeepGoing: true}, &full{err: cause})
		if !errors.Is(err, cause) {
			t.Errorf("%v: import ended with %v", cause, err)
		}
	}
	r := new(recorder)
	if err := interop.AlpacaEval().Import(t.Context(), []string{dir}, interop.Options{KeepGoing: true}, r); err != nil {
		t.Fatal(err)
	}
	if want := "skipped a file: " + filepath.Join(dir, "2.json") + ": no such file or directory; check the path"; len(r.judgements) != 2 || len(r.notices) != 1 || r.notices[0] != want {
		t.Errorf("%d judgements, notices %q; want 2, %s", len(r.judgements), r.notices, want)
	}
}

// If no output is taken, the error names the generators in the file.
func TestReadOutputsSaysWhoseTheyAre(t *testing.T) {
	dir := t.TempDir()
	named := filepath.Join(dir, "named.json")
	bare := filepath.Join(dir, "bare.json")
	for path, text := range map[string]string{
		named: `[{"instruction":"a","output":"x","generator":"oak"},{"instruction":"a","output":"y","generator":"elm"}]`,
		bare:  `[{"instruction":"a","output":"x"}]`,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ path, generator, want string }{
		{named, "ash", `no output of "ash"; the file has those of oak, elm`},
		{named, "", "outputs of oak, elm; choose one as replay:"},
		{named, "elm", ""},
		{bare, "bare", "name no generator; write replay:" + bare + " without #"},
		{bare, "", ""},
	} {
		_, err := interop.ReadOutputs(tt.path, tt.generator)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s#%s: %v, want %q", filepath.Base(tt.path), tt.generator, err, tt.want)
		}
	}
}
