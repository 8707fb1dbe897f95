package suitefile_test

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"flag"
	"fmt"
	"hash"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	gocmp "github.com/google/go-cmp/cmp"

	"assay/fixtures/world"
	"assay/harness/suitefile"
	"assay/metrics"
	"assay/metrics/statistic"
	"assay/models"
	"assay/suites"
)

var update = flag.Bool("update", false, "write the numbers of this program as the golden ones")

// The golden numbers are those of the program before suites were moved to suite files: for each
// suite and data file the number of examples, hashes of the examples, of all requests with their
// ids and of the judgements of made-up answers, and the metrics. They hold whatever the suite is
// written in. One definition has changed since: TruthfulQA's BLEU has the tokens of its own program.
func TestNumbersOfBefore(t *testing.T) {
	town := townFolder(t)
	compareGolden(t, "golden-world.txt", []goldenData{
		{"truthfulqa", "TruthfulQA.csv", ""}, {"truthfulqa_mc", "mc_task.json", ""}, {"truthfulqa_mc", "TruthfulQA.csv", "truthfulqa_shots.jsonl"},
		{"realtoxicity", "realtoxicity.jsonl", ""}, {"squadv2", "squad2.json", ""}, {"drop", "drop.json", ""}, {"wmt15_fr_en", "wmt15.fr", ""},
		{"tldr", "tldr.jsonl", ""}, {"tldr", "tldr.jsonl", "tldr-shots.jsonl"}, {"winrate", "winrate.jsonl", ""}, {"crows_pairs", "crows_pairs.csv", ""}, {"winogender", "winogender.tsv", ""},
		{"text", "text.jsonl", ""}, {"qualitative", "", ""},
	}, town)
}

func TestNumbersOfBeforeOnRealData(t *testing.T) {
	root := os.Getenv("ASSAY_DATA")
	if root == "" {
		t.Skip("ASSAY_DATA is not set: the real data sets are not read")
	}
	// Real text as JSON lines, and the release's posts in the public form.
	dir, lines := t.TempDir(), func(path string, values []any) {
		var b bytes.Buffer
		for _, v := range values {
			line, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(append(line, '\n'))
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var texts, posts []any
	for _, paragraph := range strings.Split(readAll(t, root, "tinyshakespeare/input.txt"), "\n\n") {
		if len(strings.Fields(paragraph)) > 1 {
			texts = append(texts, map[string]string{"text": paragraph})
		}
	}
	records, err := csv.NewReader(strings.NewReader(readAll(t, root, "openai-instructgpt/tldr_samples.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, record := range records[1:] {
		key := []string{"content", "post", "prompt"}[i%3]
		posts = append(posts, map[string]string{key: record[slices.Index(records[0], "context")], "summary": record[slices.Index(records[0], "ref_text")], "subreddit": fmt.Sprint("r", i%7)})
	}
	text, tldr := filepath.Join(dir, "text.jsonl"), filepath.Join(dir, "tldr.jsonl")
	lines(text, texts)
	lines(tldr, posts)
	compareGolden(t, "golden-real.txt", []goldenData{
		{"text", text, ""}, {"tldr", tldr, ""},
		{"truthfulqa", "truthfulqa/TruthfulQA.csv", ""}, {"truthfulqa_mc", "truthfulqa/mc_task.json", ""}, {"truthfulqa_mc", "truthfulqa/TruthfulQA.csv", ""},
		{"realtoxicity", "rtp/quark_val.jsonl", ""}, {"squadv2", "squad2-dev-half/dev-v2.0.json", ""}, {"drop", "allennlp-fixtures/drop.json", ""},
		{"winrate", "alpaca-eval/text_davinci_003__model_outputs.json", ""}, {"winrate", "mt-bench/question.jsonl", ""},
		{"crows_pairs", "crows-pairs/crows_pairs_anonymized.csv", ""}, {"winogender", "winogender/all_sentences.tsv", ""},
		{"sst2", "sst2/dev.tsv", "sst2/train.tsv"}, {"hatecheck", "hatecheck/test_suite_cases.csv", ""},
	}, root)
}

// Runs of before have these definitions in their manifests.
func TestDefinitionsOfBefore(t *testing.T) {
	var out strings.Builder
	for _, name := range []string{"winrate", "world", "world_gpt", "truthfulqa", "truthfulqa_mc", "realtoxicity", "winogender", "crows_pairs", "squadv2", "drop", "wmt15_fr_en", "tldr", "text", "qualitative", "world_probes"} {
		s := suiteNamed(t, name)
		definition, err := json.Marshal(s.Definition(), json.Deterministic(true))
		if err != nil {
			t.Fatal(err)
		}
		h := sha256.New()
		h.Write(definition)
		fmt.Fprintf(&out, "%s %s %v %v %v %t\n", name, sum(h), s.Live.Sampling, s.Live.Conditions, s.Live.ShotConditions, s.SideBySide)
	}
	checkGolden(t, "golden-definitions.txt", out.String())
}

// Recorded answers, as they are imported: those written for this project, and the release's.
func TestNumbersOfRecordedAnswers(t *testing.T) {
	folders := map[string]string{"golden-recorded.txt": filepath.Join("..", "..", "fixtures", "recorded")}
	if root := os.Getenv("ASSAY_DATA"); root != "" {
		folders["golden-release.txt"] = filepath.Join(root, "openai-instructgpt")
	}
	for golden, folder := range folders {
		var out strings.Builder
		for _, one := range []struct{ suite, file string }{{"squadv2", "squadv2_samples.csv"}, {"drop", "drop_samples.csv"}, {"wmt15_fr_en", "fr_to_en_samples.csv"}, {"tldr", "tldr_samples.csv"}} {
			s := suiteNamed(t, one.suite)
			data, err := os.ReadFile(filepath.Join(folder, one.file))
			if err != nil {
				t.Fatal(err)
			}
			records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			at := func(record []string, column string) string { return record[slices.Index(records[0], column)] }
			j := newJudged(t, &s)
			examples := sha256.New()
			for _, record := range records[1:] {
				ex := suites.NewExample(s.Name, at(record, "context"), []string{at(record, "ref_text")}, "")
				if s.Describe != nil {
					s.Describe(&ex)
				}
				hashExample(examples, &ex)
				j.judge(ex, models.Completion{Suite: s.Name, Example: ex.ID, Model: at(record, "model_type"), Text: at(record, "sample"), Finish: "stop"})
			}
			fmt.Fprintf(&out, "%s %s: %d rows, examples %s, %s\n", s.Name, one.file, len(records)-1, sum(examples), j)
		}
		checkGolden(t, golden, out.String())
	}
}

func readAll(t *testing.T, root, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Skipf("no %s in ASSAY_DATA", name)
	}
	return string(data)
}

type goldenData struct{ suite, data, shots string }

func compareGolden(t *testing.T, golden string, all []goldenData, folder string) {
	t.Helper()
	var out strings.Builder
	for _, one := range all {
		s := suiteNamed(t, one.suite)
		files := suites.Files{}
		for _, f := range []struct {
			into *string
			name string
		}{{&files.Data, one.data}, {&files.Shots, one.shots}} {
			if f.name == "" {
				continue
			}
			if *f.into = f.name; !filepath.IsAbs(f.name) {
				*f.into = filepath.Join(folder, f.name)
			}
			if _, err := os.Stat(*f.into); err != nil {
				t.Skipf("no %s in ASSAY_DATA", f.name)
			}
		}
		set, err := s.Live.Load(files)
		if err != nil {
			t.Fatalf("%s: %v", one.suite, err)
		}
		numbers(t, &out, &s, set, one)
	}
	checkGolden(t, golden, out.String())
}

// numbers writes a line for the examples and one for each condition.
func numbers(t *testing.T, out *strings.Builder, s *suites.Suite, set *suites.Set, one goldenData) {
	examples := sha256.New()
	for i := range set.Examples {
		hashExample(examples, &set.Examples[i])
	}
	fmt.Fprintf(out, "%s %s %s: %d examples %s\n", s.Name, filepath.Base(one.data), filepath.Base(one.shots), len(set.Examples), sum(examples))
	conditions := append([]string{}, s.Conditions...)
	if slices.Contains(s.Live.Conditions, "") || len(conditions) == 0 {
		conditions = append([]string{""}, conditions...)
	}
	for _, condition := range conditions {
		if one.shots == "" && slices.Contains(s.Live.ShotConditions, condition) {
			continue
		}
		requests, j := sha256.New(), newJudged(t, s)
		for i := range set.Examples {
			ex := set.Examples[i]
			r := set.Ask(&ex, condition)
			r.Sampling = s.Live.Sampling
			fmt.Fprintf(requests, "%s %q %q %q %q %s\n", ex.ID, r.System, r.Prompt, r.Choices, r.Stop, r.ID("model"))
			j.judge(ex, madeUp(&ex, &r, condition, i))
		}
		fmt.Fprintf(out, "  %q: requests %s, %s\n", condition, sum(requests), j)
	}
}

// madeUp is an answer that depends on the example and its place alone.
func madeUp(ex *suites.Example, r *models.Request, condition string, i int) models.Completion {
	c := models.Completion{Suite: ex.Suite, Example: ex.ID, Condition: condition, Model: "m", Finish: "stop"}
	for _, choice := range r.Choices {
		h := fnv.New32a()
		h.Write([]byte(ex.ID + choice))
		c.Scores = append(c.Scores, -float64(h.Sum32()%10_000)/500-0.25)
		c.Lengths = append(c.Lengths, max(len(strings.Fields(choice)), 1))
	}
	if r.Choices != nil {
		return c
	}
	reference := "no reference"
	if len(ex.References) > 0 {
		reference = ex.References[len(ex.References)-1]
	}
	words, input := strings.Fields(reference), strings.Fields(ex.Input)
	switch i % 6 {
	case 0:
		c.Text = " " + reference + "."
	case 1:
		c.Text = strings.Join(words[:(len(words)+1)/2], " ")
	case 2:
		c.Text = strings.Join(input[max(len(input)-7, 0):], " ")
	case 3:
		c.Text = "The " + strings.Join(words, " and ")
	case 4:
		c.Text = "Not in background."
	}
	return c
}

func hashExample(h hash.Hash, ex *suites.Example) {
	fmt.Fprintf(h, "%s %s %q %q %q %q %q %v\n", ex.ID, ex.Suite, ex.Input, ex.References, ex.Incorrect, ex.Category, ex.Cluster, ex.Fields)
}

func sum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)[:8]) }

// judged collects judgements.
type judged struct {
	t      *testing.T
	s      *suites.Suite
	hash   hash.Hash
	sums   map[string][]float64
	n      map[string]float64
	absent int
	digits int // of metrics; 0 is 12
}

func newJudged(t *testing.T, s *suites.Suite) *judged {
	return &judged{t: t, s: s, hash: sha256.New(), sums: map[string][]float64{}, n: map[string]float64{}}
}

func (j *judged) judge(ex suites.Example, c models.Completion) {
	j.t.Helper()
	if j.s.Judge == nil {
		return
	}
	if reason := j.s.Unscored(&c); reason != "" {
		fmt.Fprintf(j.hash, "unscored %s\n", ex.ID)
		return
	}
	all, err := j.s.Judge.Judge(j.t.Context(), suites.Item{Example: ex, Completion: c})
	if err != nil {
		j.t.Fatal(err)
	}
	for _, one := range all {
		fmt.Fprintf(j.hash, "%s %s %s %s %s %v %t\n", one.Suite, one.Example, one.Condition, one.Metric, one.Judge, one.Value, one.Missing == "")
		if !one.Scored() {
			j.absent++
			continue
		}
		m, _ := j.s.Metric(one.Metric)
		of, err := statistic.Of(m)
		if err != nil {
			j.t.Fatal(err)
		}
		if j.sums[one.Metric] == nil {
			j.sums[one.Metric] = make([]float64, of.Size)
		}
		dst := make([]float64, of.Size)
		of.Add(dst, one.Value)
		for i, x := range dst {
			j.sums[one.Metric][i] += x
		}
		j.n[one.Metric]++
	}
}

func (j *judged) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "judgements %s", sum(j.hash))
	for _, m := range j.s.Metrics {
		if j.n[m.Name] == 0 {
			continue
		}
		fmt.Fprintf(&b, ", %s %.*g of %v", m.Name, cmp.Or(j.digits, 12), j.point(&m), j.n[m.Name])
	}
	fmt.Fprintf(&b, ", %d missing", j.absent)
	return b.String()
}

// point is a metric over all judgements.
func (j *judged) point(m *metrics.Metric) float64 {
	of, err := statistic.Of(m)
	if err != nil {
		j.t.Fatal(err)
	}
	return of.Point(j.sums[m.Name], j.n[m.Name])
}

func suiteNamed(t *testing.T, name string) suites.Suite {
	t.Helper()
	for _, s := range suitefile.Catalog() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no suite %s", name)
	return suites.Suite{}
}

// townFolder has the evaluation sets of a small world, and some shots.
func townFolder(t *testing.T) string {
	t.Helper()
	w, err := world.New(world.Options{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range w.Files(world.SameSizes(3000, 30)) {
		name, isEval := strings.CutPrefix(f.Name, "eval/")
		if !isEval && f.Name != "pretrain-validation.jsonl" {
			continue
		}
		if !isEval {
			name = "text.jsonl"
		}
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		write(name, b.Bytes())
	}
	posts, err := os.ReadFile(filepath.Join(dir, "tldr.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(posts, []byte("\n"))
	write("tldr-shots.jsonl", slices.Concat(lines[0], []byte(`{"post": "The mill is old.\r\nIt stands.", "summary": "An old\nmill."}
{"content": "Bread is dear now.", "summary": "Dear bread."}
`), lines[1], []byte(`{"prompt": "SUBREDDIT: r/x\n\nRain again.\nTL;DR:", "label": " Rain. "}
{"post": "Not used.", "summary": "No."}
`)))
	return dir
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
