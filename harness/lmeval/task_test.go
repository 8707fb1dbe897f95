package lmeval

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/harness/leaf/approx"
	"assay/metrics/statistic"
	"assay/models"
	"assay/suites"
)

// Wanted values: r = random.Random(1234); r.sample(range(n), k) for each n and k in turn, in Python 3.11.
func TestSampleIsPythons(t *testing.T) {
	r := newPythonRandom(1234)
	for _, c := range []struct {
		n, k int
		want []int
	}{
		{3, 2, []int{1, 0}},
		{10, 4, []int{0, 1, 9, 5}},
		{30, 3, []int{22, 2, 3}},
		{21, 21, []int{11, 7, 0, 18, 17, 20, 10, 9, 19, 13, 12, 2, 1, 15, 5, 16, 6, 3, 4, 14, 8}},
		{22, 5, []int{2, 19, 21, 16, 18}},
		{100, 5, []int{5, 34, 71, 8, 82}},
		{1000, 6, []int{309, 492, 870, 363, 272, 255}},
		{100000, 10, []int{85915, 26218, 59426, 69489, 87216, 2529, 66597, 9252, 757, 43713}},
		{85, 6, []int{18, 60, 48, 21, 6, 9}},
		{86, 7, []int{75, 63, 20, 9, 71, 27, 18}},
		{5, 5, []int{0, 2, 4, 3, 1}},
		{400, 25, []int{232, 20, 213, 141, 339, 90, 139, 79, 153, 398, 237, 21, 288, 197, 391, 178, 253, 174, 298, 239, 243, 23, 241, 304, 87}},
	} {
		got, err := r.sample(c.n, c.k)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("sample(%d, %d): %v, %v, want %v", c.n, c.k, got, err, c.want)
		}
	}
	if _, err := r.sample(3, 4); err == nil {
		t.Error("4 of 3 were drawn")
	}
}

type expected struct {
	Tasks map[string]struct {
		Kind     string
		Requests [][][]any
		Answers  []models.Answer
		Metrics  map[string]float64
	}
}

// The file is by lm-evaluation-harness 0.4.13: fixtures/peers/lmeval_tasks.py --own harness/lmeval/testdata/tasks
// wrote its requests (task.build_all_requests), made-up answers, and its metrics for them (evaluator.evaluate).
func TestTasksAreLMEvals(t *testing.T) {
	const folder = "testdata/tasks"
	content, err := os.ReadFile(filepath.Join(folder, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want expected
	if err := json.Unmarshal(content, &want); err != nil {
		t.Fatal(err)
	}
	if len(want.Tasks) < 10 {
		t.Fatalf("%d tasks, want at least 10", len(want.Tasks))
	}
	for file, w := range want.Tasks {
		t.Run(file, func(t *testing.T) {
			all, ok, err := Open(Prefix+file, folder)
			if err != nil || !ok || len(all) != 1 {
				t.Fatalf("%d suites, %v, %v", len(all), ok, err)
			}
			s := &all[0]
			set, err := s.Live.Load(suites.Files{})
			if err != nil {
				t.Fatal(err)
			}
			if len(set.Examples) != len(w.Requests) {
				t.Fatalf("%d examples, want %d", len(set.Examples), len(w.Requests))
			}
			for i := range set.Examples {
				r := set.Ask(&set.Examples[i], "")
				var got [][]any
				switch w.Kind {
				case generateUntil:
					if kwargs := w.Requests[i][0][1].(map[string]any); s.Live.Sampling.MaxTokens != int(kwargs["max_gen_toks"].(float64)) {
						t.Errorf("max_gen_toks %d, want %v", s.Live.Sampling.MaxTokens, kwargs["max_gen_toks"])
					}
					got = [][]any{{r.Prompt}}
					w.Requests[i][0] = w.Requests[i][0][:1]
				case rolling:
					got = [][]any{{r.Choices[0]}}
				default:
					for k, c := range r.Choices {
						prompt := r.Prompt
						if r.Prompts != nil {
							prompt = r.Prompts[k]
						}
						got = append(got, []any{prompt, c})
					}
				}
				if !slices.EqualFunc(got, w.Requests[i], func(a, b []any) bool { return slices.Equal(a, b) }) {
					t.Errorf("document %d:\ngot  %q\nwant %q", i, got, w.Requests[i])
				}
			}
			got := metricsOf(t, s, set, w.Answers)
			if len(got) != len(w.Metrics) {
				t.Errorf("metrics %v, want %v", got, w.Metrics)
			}
			for name, value := range w.Metrics {
				if x, ok := got[name]; !ok || !approx.Equal(x, value, 1e-9*max(1, math.Abs(value))) {
					t.Errorf("%s: %v, want %v", name, x, value)
				}
			}
		})
	}
}

// metricsOf judges answers and computes each metric over all of them.
func metricsOf(t *testing.T, s *suites.Suite, set *suites.Set, answers []models.Answer) map[string]float64 {
	t.Helper()
	sums, n := map[string][]float64{}, map[string]float64{}
	for i := range set.Examples {
		c := models.Completion{Suite: s.Name, Example: set.Examples[i].ID, Model: "m", Text: answers[i].Text, Scores: answers[i].Scores, Greedy: answers[i].Greedy}
		js, err := set.Judges[0].Judge(context.Background(), suites.Item{Example: set.Examples[i], Completion: c})
		if err != nil {
			t.Fatal(err)
		}
		for _, j := range js {
			m, ok := s.Metric(j.Metric)
			if !ok || j.Missing != "" {
				t.Fatalf("metric %s: %s", j.Metric, j.Missing)
			}
			if err := statistic.Check(m, j.Value); err != nil {
				t.Errorf("metric %s: %v", j.Metric, err)
			}
			of, err := statistic.Of(m)
			if err != nil {
				t.Fatal(err)
			}
			one := make([]float64, of.Size)
			of.Add(one, j.Value)
			if sums[j.Metric] == nil {
				sums[j.Metric] = make([]float64, of.Size)
			}
			for k, x := range one {
				sums[j.Metric][k] += x
			}
			n[j.Metric]++
		}
	}
	out := map[string]float64{}
	for i := range s.Metrics {
		m := &s.Metrics[i]
		if of, err := statistic.Of(m); err == nil && n[m.Name] > 0 {
			out[m.Name] = of.Point(sums[m.Name], n[m.Name])
		}
	}
	return out
}

// A group with aggregates is one suite; its metric is the mean over all documents.
func TestGroupIsPooled(t *testing.T) {
	all, _, err := Open(Prefix+"group.yaml", "testdata/tasks")
	if err != nil || len(all) != 1 || all[0].Name != "own_group" {
		t.Fatalf("%d suites, %v", len(all), err)
	}
	set, err := all[0].Live.Load(suites.Files{})
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]int{}
	for i := range set.Examples {
		by[set.Examples[i].Category]++
		r := set.Ask(&set.Examples[i], "")
		if shots := strings.Count(r.Prompt, "The same?"); set.Examples[i].Category == "own_pairs" && shots != 2 {
			t.Errorf("%d questions in a prompt with one few-shot example: %q", shots, r.Prompt)
		}
	}
	if by["own_choice"] != 14 || by["own_pairs"] != 16 || len(by) != 2 {
		t.Errorf("examples %v", by)
	}
	named, _, err := Open(Prefix+".#own_pairs", "testdata/tasks")
	if err != nil || len(named) != 1 || named[0].Name != "own_pairs" {
		t.Errorf("by name: %d suites, %v", len(named), err)
	}
}

func TestRefusals(t *testing.T) {
	const good = "task: x\ndataset_path: json\ndataset_kwargs: {data_files: {test: d.jsonl}}\ntest_split: test\ndoc_to_text: \"{{ a }}\"\ndoc_to_target: \"{{ b }}\"\n"
	for name, tt := range map[string]struct{ content, data, line, want string }{
		"python":              {good + "process_docs: !function utils.process\n", "", ":7", "process_docs is !function utils.process: Python"},
		"python below":        {good + "metric_list:\n  - metric: !function utils.m\n", "", ":7", "Python"},
		"class":               {"task: x\nclass: !function task.X\n", "", ":2", "Python"},
		"key":                 {good + "doc_to_txt: a\n", "", ":7", `unknown key "doc_to_txt"`},
		"output":              {good + "output_type: greedy_until\n", "", ":7", "output_type is"},
		"metric":              {good + "metric_list: [{metric: rouge}]\n", "", ":7", "metric rouge: not supported"},
		"aggregation":         {good + "metric_list: [{metric: exact_match, aggregation: median}]\n", "", ":7", "aggregation median"},
		"filter":              {good + "filter_list: [{name: a, filter: [{function: custom}]}]\n", "", ":7", `the function "custom" is not supported`},
		"filters":             {good + "filter_list: regex\n", "", ":7", "filter_list must be a list"},
		"filter entry":        {good + "filter_list: [regex]\n", "", ":7", "an entry of filter_list must have name: and filter:"},
		"filter name":         {good + "filter_list: [{filter: []}]\n", "", ":7", "an entry of filter_list must have name: and filter:"},
		"filter steps":        {good + "filter_list: [{name: a, filter: regex}]\n", "", ":7", "an entry of filter_list must have name: and filter:"},
		"no filters":          {good + "filter_list: []\n", "", ":7", "filter_list is empty"},
		"filters twice":       {good + "filter_list: [{name: a, filter: [{function: take_first}]}, {name: b, filter: [{function: take_first}]}, {name: a, filter: [{function: take_first}]}]\n", "", ":7", "two entries of filter_list have the name \"a\""},
		"filter of choices":   {good + "output_type: multiple_choice\ndoc_to_choice: [x, y]\nfilter_list: [{name: a, filter: [{function: lowercase}]}]\n", "", ":9", "the filter lowercase is for texts, and output_type is multiple_choice"},
		"metrics":             {good + "metric_list: exact_match\n", "", ":7", "metric_list must be a list of mappings"},
		"no metrics":          {good + "metric_list: []\n", "", ":7", "metric_list must be a list of mappings"},
		"metric entry":        {good + "metric_list: [exact_match]\n", "", ":7", "an entry of metric_list must be a mapping"},
		"metric name":         {good + "metric_list: [{aggregation: mean}]\n", "", ":7", "an entry of metric_list has no metric:"},
		"metric twice":        {good + "metric_list: [{metric: exact_match}, {metric: bleu}, {metric: exact_match}]\n", "", ":7", "the metric exact_match is listed twice"},
		"metric of a hub":     {good + "metric_list: [{metric: exact_match, hf_evaluate: true}]\n", "", ":7", "loads a metric from the hub"},
		"nanmean":             {good + "metric_list: [{metric: bleu, aggregation: nanmean}]\n", "", ":7", "the aggregation nanmean is not supported; bleu is"},
		"direction":           {good + "metric_list: [{metric: exact_match, higher_is_better: 1}]\n", "", ":7", "higher_is_better must be true or false"},
		"argument":            {good + "metric_list: [{metric: exact_match, ignore_space: true}]\n", "", ":7", "exact_match takes no ignore_space"},
		"argument of another": {good + "metric_list: [{metric: bleu, ignore_case: true}]\n", "", ":7", "ignore_case is not supported"},
		"ignored pattern":     {good + "metric_list: [{metric: exact_match, regexes_to_ignore: ['(']}]\n", "", ":7", "metric exact_match: "},
		"pattern":             {good + "filter_list: [{name: a, filter: [{function: regex, regex_pattern: '('}]}]\n", "", ":7", "pattern"},
		"sampler":             {good + "fewshot_config: {sampler: balanced}\n", "", ":7", "sampler"},
		"kwargs":              {good + "generation_kwargs: {num_beams: 4}\n", "", ":7", "num_beams"},
		"template":            {strings.Replace(good, "{{ a }}", "{% include 'x' %}", 1), "", ":5", "include"},
		"no choice":           {good + "output_type: multiple_choice\n", "", ":7", "needs doc_to_choice"},
		"repeats":             {good + "repeats: 4\nfilter_list: [{name: a, filter: [{function: majority_vote}, {function: take_first}]}]\n", "", ":7", "repeats: 4"},
		"include":             {"include: not.yaml\n", "", ":1", "not.yaml can't be read"},
		"itself":              {"include: task.yaml\n", "", ":1", "includes itself"},
		"no data":             {good, "-", ":3", "d.jsonl: no such file"},
		"undefined":           {good, "{\"a\": \"x\"}\n", ":5", "document 1"},
		"mixed":               {good, "{\"a\": \"x\", \"b\": \"y\"}\n{\"a\": 1, \"b\": \"y\"}\n", ":2", "types text and int"},
		"shots":               {good + "num_fewshot: 3\n", "{\"a\": \"x\", \"b\": \"y\"}\n", ":5", "few-shot examples"},
		"hub":                 {"task: x\ndataset_path: owner/set\ntest_split: test\ndoc_to_text: a\ndoc_to_target: b\n", "", ":2", "--data"},
		"weights":             {"group: g\ntask: [x]\naggregate_metric_list: [{metric: acc, weight_by_size: false}]\n", "", ":3", "weight_by_size"},
		"member":              {"group: g\ntask: [not_there]\n", "", ":2", `no task, group or tag "not_there"`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "task.yaml")
			if err := os.WriteFile(path, []byte(tt.content), 0o644); err != nil {
				t.Fatal(err)
			}
			data := tt.data
			if data == "" {
				data = "{\"a\": \"x\", \"b\": \"y\"}\n"
			}
			if data != "-" {
				if err := os.WriteFile(filepath.Join(dir, "d.jsonl"), []byte(data), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			all, ok, err := Open(Prefix+"task.yaml", dir)
			if err == nil && len(all) > 0 {
				_, err = all[0].Live.Load(suites.Files{})
			}
			if !ok || err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "task.yaml"+tt.line) {
				t.Errorf("error %v, want %q at task.yaml%s", err, tt.want, tt.line)
			}
		})
	}
	all, _, err := Open(Prefix+"pairs.yaml", "testdata/tasks")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := all[0].Live.Load(suites.Files{Data: "other.jsonl"}); err == nil || !strings.Contains(err.Error(), "remove data:") {
		t.Errorf("data of the plan: error %v", err)
	}
	if _, ok, _ := Open("truthfulqa", "."); ok {
		t.Error("a name is taken for a reference")
	}
}

// Wanted values: ast.literal_eval in Python 3.11.
func TestLiteral(t *testing.T) {
	for text, want := range map[string]string{
		`['a', "b's", 'c\'d']`: `["a","b's","c'd"]`, `[1, -2.5, True, None]`: `[1,-2.5,true,null]`, `('a',)`: `["a"]`, `('a')`: `"a"`, `[]`: `[]`, `[[1], (2, 3)]`: `[[1],[2,3]]`,
		`'a' 'b'`: `"ab"`, `'\u00e9\x41\n'`: `"éA\n"`, `r'\d'`: `"\\d"`, `7`: `7`, `'''a'b'''`: `"a'b"`,
	} {
		v, err := literal(text)
		got, _ := json.Marshal(v)
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "[", "a", "['a'", "01", "'a", "[1 2]", "1 +", "f('x')", "'a\nb'"} {
		if v, err := literal(text); err == nil {
			t.Errorf("%q gives %v", text, v)
		}
	}
}

// Wanted values: re.findall in Python 3.11.
func TestRegexIsPythons(t *testing.T) {
	for _, c := range []struct{ pattern, text, want string }{
		{`(-?[$0-9.,]{2,})|(-?[0-9]+)`, "It is $12.50 or 7, ok", `[["$12.50",""],["7,",""]]`}, {`#### (\-?[0-9\.\,]+)`, "a #### 1,234.", `[["1,234."]]`},
		{`(?<=The answer is )(.*)(?=.)`, "The answer is 42.", `[["42"]]`}, {`(?P<x>a)(?P=x)`, "aab", `[["a"]]`}, {`x*`, "axb", `[[""],["x"],[""],[""]]`}, {`[a-z-[b]]`, "b]", `[["b]"]]`}, {`a{,2}`, "aaa", `[["aa"],["a"],[""]]`},
		{`([A-Z])\Z`, "aB\n", `null`}, {`[^]a]+`, "b]a", `[["b"]]`}, {`(?i)answer: ([a-d])`, "ANSWER: c", `[["c"]]`},
	} {
		re, err := compileRegex(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		all, err := re.findAll(c.text)
		got, _ := json.Marshal(all)
		if err != nil || string(got) != c.want {
			t.Errorf("%s in %q: %s, %v, want %s", c.pattern, c.text, got, err, c.want)
		}
	}
}
