package interop_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/interop"
	"assay/harness/leaf/racetest"
	"assay/suites"
)

const (
	truthHeader = ",model_type,prompt_type,adversarial,question,answer,true,info\n"
	toxicHeader = ",model_type,prompt_type,context,sample,toxicity\n"
	textHeader  = ",model_type,prompt_type,context,ref_text,sample\n"
	tldrHeader  = ",model_type,context,ref_text,sample\n"
)

func TestInstructGPTFiles(t *testing.T) {
	dir := folder(t, map[string]string{
		"truthful_qa_samples.csv": truthHeader +
			"0,sft-6b,QA prompt,True,Is the moon hollow?,\"No, it\nis not.\",0.75,0.25\n" +
			"1,sft-6b,QA prompt,False,Do owls read?,No.,1,0\n",
		"real_toxicity_samples.csv": toxicHeader + "7,sft-6b,basic prompt,The dog,barked.,0.125\n",
		"squadv2_samples.csv":       textHeader + "0,sft-6b,zeroshot,Who?,Ann|Ann B.,Ann\n",
		"drop_samples.csv":          textHeader + "0,sft-6b,zeroshot,How many?,3|three,3\n",
		"fr_to_en_samples.csv":      textHeader + "0,sft-6b,zeroshot,Bonjour.,Good|day.,Hello.\n",
		"tldr_samples.csv":          tldrHeader + "0,sft-6b,A long post.,Short | post.,Post.\n",
		"notes.txt":                 "not a sample",
	})
	r := importAll(t, interop.InstructGPTSamples(), dir)

	if want := []string{filepath.Join(dir, "notes.txt") + ": skipped, because it is not one of the sample files"}; !cmp.Equal(r.notices, want) {
		t.Errorf("notices %q, want %q", r.notices, want)
	}
	references := map[string][]string{}
	for _, ex := range r.examples {
		if ex.ID != suites.ExampleID(ex.Suite, ex.Input) {
			t.Errorf("example %q has id %s", ex.Input, ex.ID)
		}
		references[ex.Suite+": "+ex.Input+" "+ex.Category] = ex.References
	}
	if diff := cmp.Diff(map[string][]string{
		"truthfulqa: Is the moon hollow? adversarial": nil,
		"truthfulqa: Do owls read? non-adversarial":   nil,
		"realtoxicity: The dog ":                      nil,
		"squadv2: Who? ":                              {"Ann", "Ann B."},
		"drop: How many? ":                            {"3", "three"},
		"wmt15_fr_en: Bonjour. ":                      {"Good|day."},
		"tldr: A long post. ":                         {"Short | post."},
	}, references); diff != "" {
		t.Errorf("examples (-want +got):\n%s", diff)
	}
	var texts []string
	for _, c := range r.completions {
		texts = append(texts, strings.Join([]string{c.Suite, c.Condition, c.Model, c.Text}, "/"))
	}
	if diff := cmp.Diff([]string{
		"drop/zeroshot/sft-6b/3", "wmt15_fr_en/zeroshot/sft-6b/Hello.", "realtoxicity/basic prompt/sft-6b/barked.",
		"squadv2/zeroshot/sft-6b/Ann", "tldr//sft-6b/Post.",
		"truthfulqa/QA prompt/sft-6b/No, it\nis not.", "truthfulqa/QA prompt/sft-6b/No.",
	}, texts); diff != "" {
		t.Errorf("completions (-want +got):\n%s", diff)
	}
	var values []string
	for _, j := range r.judgements {
		line := j.Metric + "/" + j.Judge
		for _, v := range j.Value {
			line += " " + strconv.FormatFloat(v, 'g', -1, 64)
		}
		values = append(values, line)
	}
	if diff := cmp.Diff([]string{
		"toxicity_mean/perspective 0.125", "toxic_probability/perspective 0.125",
		"true_informative/gpt-judge 0.75 0.25", "true/gpt-judge 0.75", "informative/gpt-judge 0.25",
		"true_informative/gpt-judge 1 0", "true/gpt-judge 1", "informative/gpt-judge 0",
	}, values); diff != "" {
		t.Errorf("judgements (-want +got):\n%s", diff)
	}
	checkSources(t, r, dir, 6)
}

// checkSources compares the recorded sources with the files.
func checkSources(t *testing.T, r *recorder, dir string, count int) {
	t.Helper()
	if len(r.sources) != count {
		t.Fatalf("%d sources, want %d", len(r.sources), count)
	}
	total := 0
	for _, s := range r.sources {
		data, err := os.ReadFile(filepath.Join(dir, s.Name))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		if s.SHA256 != hex.EncodeToString(sum[:]) || s.Bytes != int64(len(data)) {
			t.Errorf("source %+v; the file has %d bytes and sha256 %x", s, len(data), sum)
		}
		total += len(data)
	}
	if r.read != total {
		t.Errorf("progress has %d bytes, want %d", r.read, total)
	}
}

// Two models and two prompt types share one example, whatever the index says.
func TestIndexColumnIsNoID(t *testing.T) {
	dir := folder(t, map[string]string{"squadv2_samples.csv": textHeader +
		"0,a,zeroshot,Who?,Ann,x\n" + "5,b,zeroshot,Who? ,Ann,y\n" + "0,a,fewshot,Who?,Ann,z\n" + "0,a,zeroshot,Which?,Bea,x\n"})
	r := importAll(t, interop.InstructGPTSamples(), dir)
	if len(r.examples) != 2 || len(r.completions) != 4 {
		t.Fatalf("%d examples and %d completions, want 2 and 4", len(r.examples), len(r.completions))
	}
	ids := map[string]bool{}
	for _, c := range r.completions {
		ids[c.ID] = true
	}
	if len(ids) != 4 {
		t.Errorf("4 completions share %d ids", len(ids))
	}
}

func TestInstructGPTForms(t *testing.T) {
	const content = toxicHeader + "0,a,basic prompt,The dog,barked.,0.5\n"
	for name, content := range map[string]string{
		"byte order mark":     "\ufeff" + content,
		"CRLF":                strings.ReplaceAll(content, "\n", "\r\n"),
		"no last line end":    strings.TrimSuffix(content, "\n"),
		"columns in disorder": "toxicity,sample,context,prompt_type,model_type,extra\n0.5,barked.,The dog,basic prompt,a,?\n",
		"quoted":              toxicHeader + `0,"a","basic prompt","The dog","barked.","0.5"` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, map[string]string{"real_toxicity_samples.csv": content})
			r := importAll(t, interop.InstructGPTSamples(), dir)
			if got := r.value(t, "a", "toxicity_mean"); !cmp.Equal(got, []float64{0.5}) {
				t.Errorf("toxicity %v, want 0.5", got)
			}
			if c := r.completions[0]; c.Text != "barked." || c.Condition != "basic prompt" || c.Example != suites.ExampleID("realtoxicity", "The dog") {
				t.Errorf("completion %+v", c)
			}
			checkSources(t, r, dir, 1)
		})
	}
}

// An outage of the scoring service must not look like a safe model.
func TestToxicityIsNotZeroWhenTheScoringServiceFailed(t *testing.T) {
	for _, field := range []string{"", `""`, "nan", "NaN", "None", "null"} {
		dir := folder(t, map[string]string{"real_toxicity_samples.csv": toxicHeader +
			"0,down,basic prompt,The dog,barked.," + field + "\n" + "1,up,basic prompt,The dog,slept.,0\n"})
		r := importAll(t, interop.InstructGPTSamples(), dir)
		for _, metric := range []string{"toxicity_mean", "toxic_probability"} {
			if got := r.value(t, "down", metric); got != nil {
				t.Errorf("field %q: %s is %v, want it missing", field, metric, got)
			}
			if got := r.value(t, "up", metric); !cmp.Equal(got, []float64{0}) {
				t.Errorf("a true 0 came as %v", got)
			}
		}
	}
}

func TestTruthScoredByOneJudge(t *testing.T) {
	dir := folder(t, map[string]string{"truthful_qa_samples.csv": truthHeader +
		"0,a,QA prompt,True,Why?,Because.,0.75,\n" + "1,b,QA prompt,True,Why?,So.,,0.25\n"})
	r := importAll(t, interop.InstructGPTSamples(), dir)
	tests := []struct {
		model, metric string
		want          []float64
	}{
		{"a", "true_informative", nil}, {"a", "true", []float64{0.75}}, {"a", "informative", nil},
		{"b", "true_informative", nil}, {"b", "true", nil}, {"b", "informative", []float64{0.25}},
	}
	for _, tt := range tests {
		if got := r.value(t, tt.model, tt.metric); !cmp.Equal(got, tt.want) {
			t.Errorf("%s of %s: got %v, want %v", tt.metric, tt.model, got, tt.want)
		}
	}
}

func TestInstructGPTDefects(t *testing.T) {
	const row = "0,a,zeroshot,Who?,Ann,x\n"
	const squad, toxic = "squadv2_samples.csv", "real_toxicity_samples.csv"
	tests := []struct{ name, file, content, want string }{
		{"missing column", squad, strings.Replace(textHeader, "ref_text", "refs", 1) + row, `squadv2_samples.csv:1: no column "ref_text"; the header needs model_type, prompt_type, context, ref_text, sample`},
		{"repeated column", squad, ",model_type,model_type\n", `squadv2_samples.csv:1: column "model_type" appears twice; remove one of the two`},
		{"empty file", squad, "", "squadv2_samples.csv:1: the file is empty; get the complete file"},
		{"header only", squad, textHeader, "squadv2_samples.csv:1: a header and no rows; get the complete file"},
		{"too few fields", squad, textHeader + row + "1,a,zeroshot\n", "squadv2_samples.csv:3: malformed row: 3 fields where the header has 6; fix or remove the row"},
		{"too many fields", squad, textHeader + row + "1,a,zeroshot,W,A,x,y,z\n", "squadv2_samples.csv:3: malformed row: 8 fields where the header has 6; fix or remove the row"},
		{"too few in the first row", squad, textHeader + "1,a\n", "squadv2_samples.csv:2: malformed row: 2 fields where the header has 6"},
		{"quote without an end", squad, textHeader + row + "1,a,zeroshot,\"Which\n\n?,Ann,x\n", "squadv2_samples.csv:3: malformed row: a quoted field has no end, or a quote is in its middle; fix or remove the row that starts here"},
		{"quote in the middle", squad, textHeader + "1,a,zeroshot,Wh\"o,Ann,x\n", "squadv2_samples.csv:2: malformed row: a quoted field"},
		{"torn header", squad, ",model_type,\"prompt", "squadv2_samples.csv:1: malformed row: a quoted field"},
		{"duplicate row", squad, textHeader + row + "1,b,zeroshot,Who?,Ann,x\n" + row, `squadv2_samples.csv:4: duplicate of the same context for model "a", prompt type "zeroshot"; remove one of the rows`},
		{"other text under one key", squad, textHeader + row + "1,a,zeroshot,Who?,Ann,y\n", `squadv2_samples.csv:3: conflict of the same context for model "a", prompt type "zeroshot"; remove one of the rows`},
		{"conflicting references", squad, textHeader + row + "1,b,zeroshot,Who?,Bea,x\n", "squadv2_samples.csv:3: conflict"},
		{"empty model", squad, textHeader + row + "1,,zeroshot,Who?,Ann,x\n", "squadv2_samples.csv:3: column model_type is empty; name the model"},
		{"empty prompt type", squad, textHeader + "1,a,,Who?,Ann,x\n", "squadv2_samples.csv:2: column prompt_type is empty; name the prompt type"},
		{"model of two lines", squad, textHeader + strings.Repeat("1,\"a\nb\",zeroshot,Who?,Ann,x\n", 2), `squadv2_samples.csv:4: duplicate of the same context for model "a\nb"`},
		{"invalid UTF-8", squad, textHeader + row + "1,a,zeroshot,Which?,\"A\nn\",\xff\n", "squadv2_samples.csv:4: column sample is no valid UTF-8; save the file as UTF-8"},
		{"above 1", toxic, toxicHeader + "1,a,basic prompt,c,s,1.5\n", `real_toxicity_samples.csv:2: column toxicity: "1.5" is not a number from 0 to 1; leave it empty if there is no score`},
		{"below 0", toxic, toxicHeader + "1,a,basic prompt,c,s,-0.1\n", `real_toxicity_samples.csv:2: column toxicity: "-0.1" is not a number`},
		{"no number", toxic, toxicHeader + "1,a,basic prompt,c,s,0.1\n2,b,basic prompt,c,s,\"low\n\"\n", `real_toxicity_samples.csv:3: column toxicity: "low\n" is not a number`},
		{"infinite", toxic, toxicHeader + "1,a,basic prompt,c,s,Inf\n", `real_toxicity_samples.csv:2: column toxicity: "Inf" is not a number`},
		{"truth out of range", "truthful_qa_samples.csv", truthHeader + "0,a,QA prompt,True,q,a,2,0\n", `truthful_qa_samples.csv:2: column true: "2" is not a number`},
		{"information out of range", "truthful_qa_samples.csv", truthHeader + "0,a,QA prompt,True,q,a,0,yes\n", `truthful_qa_samples.csv:2: column info: "yes" is not a number`},
		{"two categories", "truthful_qa_samples.csv", truthHeader + "0,a,QA prompt,True,q,a,0,1\n1,b,QA prompt,False,q,a,0,1\n", "truthful_qa_samples.csv:3: conflict"},
		{"duplicate without a condition", "tldr_samples.csv", tldrHeader + strings.Repeat("0,a,c,r,s\n", 2), `tldr_samples.csv:3: duplicate of the same context for model "a"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantError(t, interop.InstructGPTSamples(), folder(t, map[string]string{tt.file: tt.content}), tt.want)
		})
	}
}

func TestNoSampleFile(t *testing.T) {
	dir := folder(t, map[string]string{"a.csv": textHeader, "b.txt": ""})
	r := new(recorder)
	err := interop.InstructGPTSamples().Import(t.Context(), []string{dir}, interop.Options{}, r)
	if err == nil || !strings.HasPrefix(err.Error(), dir+": no sample file found; expected drop_samples.csv, fr_to_en_samples.csv, ") {
		t.Errorf("error %v", err)
	}
	if len(r.notices) != 2 {
		t.Errorf("notices %q, want two", r.notices)
	}
}

func TestInstructGPTRealData(t *testing.T) {
	racetest.SkipSequential(t, "published files are read")
	data := os.Getenv("ASSAY_DATA")
	if data == "" {
		t.Skip("ASSAY_DATA is not set")
	}
	r := importAll(t, interop.InstructGPTSamples(), filepath.Join(data, "openai-instructgpt"))
	// Rows of the published files: 100 inputs x 12 models x prompt types.
	rows := map[string]int{"truthfulqa": 3600, "realtoxicity": 3600, "squadv2": 2400, "drop": 2400, "wmt15_fr_en": 2400, "tldr": 1200}
	got, models, examples := map[string]int{}, map[string]bool{}, map[string]int{}
	for _, c := range r.completions {
		got[c.Suite]++
		models[c.Model] = true
	}
	for _, ex := range r.examples {
		examples[ex.Suite]++
	}
	if diff := cmp.Diff(rows, got); diff != "" {
		t.Errorf("completions (-want +got):\n%s", diff)
	}
	if len(models) != 12 {
		t.Errorf("%d models, want 12", len(models))
	}
	for suite := range rows {
		if examples[suite] != 100 {
			t.Errorf("%s has %d examples, want 100", suite, examples[suite])
		}
	}
	if want := 3*3600 + 2*3600; len(r.judgements) != want {
		t.Errorf("%d judgements, want %d", len(r.judgements), want)
	}
}
