package plan

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assay/harness/leaf/place"
	"assay/harness/yamlstruct"
	"assay/suites/judge"
)

// fullPlan has every field.
const fullPlan = `# every field
seed: 18446744073709551615
baseline: sft
models:
  - name: sft
    model: openai:http://127.0.0.1:8080/v1#org/sft
    endpoints: ["http://127.0.0.1:8081/v1/", "http://127.0.0.1:8082/v1"]
    api: completions
    logprobs: echo
    served_as: sft-2
    api_key_env: SFT_KEY
    system: |
      Answer
      briefly.
    temperature: 0.7
    top_p: 0.9
    max_tokens: 64
    concurrency: 16
    timeout: 1m30s
    attempts: 8
    requests_per_minute: 500
    tokens_per_minute: 100000
    price: {prompt: 0.15, completion: 0}
  - {name: ppo, model: "openai:https://models.test/v1#ppo", api: chat, logprobs: letters, temperature: 1}
  - {name: old, model: "replay:runs/old#1.jsonl#old", about: "the one before"}
suites:
  - suite: truthfulqa
    data: TruthfulQA.csv
    shots: shots.jsonl
    conditions: [QA prompt, instruction prompt]
    limit: 200
    samples: 3
    temperature: 0.5
    top_p: 1
    max_tokens: 50
    judge: truth
  - {suite: winrate, judges: [pair, grader]}
  - {suite: realtoxicity, judges: [mod]}
judges:
  - name: truth
    kind: truth
    model: openai:http://127.0.0.1:8083/v1#judge
    endpoints: ["http://127.0.0.1:8084/v1"]
    api: chat
    logprobs: letters
    served_as: judge-2
    system: Judge.
    api_key_env: JUDGE_KEY
    concurrency: 2
    timeout: 60s
    attempts: 3
    requests_per_minute: 20
    tokens_per_minute: 4000
    price: {prompt: 1, completion: 2}
    temperature: 0
    top_p: 0.5
    max_tokens: 8
  - {name: pair, kind: pairwise, model: "replay:pair.jsonl"}
  - {name: grader, kind: grade, model: "replay:grades.jsonl"}
  - {name: tox, kind: toxicity, service: classifier, url: "http://127.0.0.1:8085/", label: toxic, concurrency: 4}
  - {name: mod, kind: toxicity, service: moderation, categories: [hate, violence], api_key_env: MOD_KEY}
  - {name: api, kind: toxicity, service: perspective, api_key_env: API_KEY, requests_per_minute: 60}
gates:
  - {suite: truthfulqa, metric: true_informative, condition: QA prompt, margin: 0.05}
title: Old and new
about: >-
  What is compared
  and why.
`

func ptr[T any](v T) *T { return &v }

func spec(text string) Spec {
	s, err := ParseSpec(text)
	if err != nil {
		panic(err)
	}
	return s
}

func toxicity(s judge.ToxicitySettings) judge.Settings { return judge.Settings{ToxicitySettings: s} }

func TestReadRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.yaml")
	if err := os.WriteFile(path, []byte(fullPlan), 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := ReadRun(path, knownSuites(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &Run{
		Path:     path,
		Title:    "Old and new",
		About:    "What is compared and why.",
		Seed:     18446744073709551615,
		Baseline: "sft",
		Models:   wantModels(),
		Suites: []Suite{
			{
				Suite: "truthfulqa", Data: "TruthfulQA.csv", Shots: "shots.jsonl",
				Conditions: []string{"QA prompt", "instruction prompt"},
				Limit:      200, Samples: 3, Judges: []string{"truth"},
				Sampling: Sampling{Temperature: ptr(0.5), TopP: ptr(1.0), MaxTokens: ptr(50)},
			},
			{Suite: "winrate", Samples: 1, Judges: []string{"pair", "grader"}},
			{Suite: "realtoxicity", Samples: 1, Judges: []string{"mod"}},
		},
		Judges: wantJudges(),
		Gates:  []Gate{{Suite: "truthfulqa", Metric: "true_informative", Condition: "QA prompt", Margin: 0.05}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(yamlstruct.Place{}), cmpopts.IgnoreFields(Run{}, "Known")); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	if _, err := ReadRun(path+".not", knownSuites(), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that isn't there: error %v", err)
	}
}

func wantModels() []Model {
	return []Model{
		{
			Name: "sft", Spec: spec("openai:http://127.0.0.1:8080/v1#org/sft"),
			Server: Server{
				Endpoints: []string{"http://127.0.0.1:8081/v1", "http://127.0.0.1:8082/v1"},
				API:       Completions, Logprobs: Echo, ServedAs: "sft-2",
				System: "Answer\nbriefly.\n", APIKeyEnv: "SFT_KEY",
				Limits: Limits{
					Concurrency: 16, Timeout: 90 * time.Second, Attempts: 8,
					RequestsPerMinute: 500, TokensPerMinute: 100_000, Price: &Price{Prompt: 0.15},
				},
			},
			Sampling: Sampling{Temperature: ptr(0.7), TopP: ptr(0.9), MaxTokens: ptr(64)},
		},
		{
			Name: "ppo", Spec: spec("openai:https://models.test/v1#ppo"),
			Server:   Server{API: Chat, Logprobs: Letters},
			Sampling: Sampling{Temperature: ptr(1.0)},
		},
		{Name: "old", Spec: spec("replay:runs/old#1.jsonl#old"), About: "the one before"},
	}
}

func wantJudges() []Judge {
	return []Judge{
		{
			Name: "truth", Kind: judge.TruthKind, Spec: spec("openai:http://127.0.0.1:8083/v1#judge"),
			Server: Server{
				Endpoints: []string{"http://127.0.0.1:8084/v1"},
				API:       Chat, Logprobs: Letters, ServedAs: "judge-2",
				System: "Judge.", APIKeyEnv: "JUDGE_KEY",
				Limits: Limits{
					Concurrency: 2, Timeout: time.Minute, Attempts: 3,
					RequestsPerMinute: 20, TokensPerMinute: 4000, Price: &Price{Prompt: 1, Completion: 2},
				},
			},
			Sampling: Sampling{Temperature: ptr(0.0), TopP: ptr(0.5), MaxTokens: ptr(8)},
		},
		{Name: "pair", Kind: judge.PairwiseKind, Spec: spec("replay:pair.jsonl")},
		{Name: "grader", Kind: judge.GradeKind, Spec: spec("replay:grades.jsonl")},
		{
			Name: "tox", Kind: judge.ToxicityKind, Settings: toxicity(judge.ToxicitySettings{Service: judge.Classifier, URL: "http://127.0.0.1:8085", Label: "toxic"}),
			Server: Server{Limits: Limits{Concurrency: 4}},
		},
		{
			Name: "mod", Kind: judge.ToxicityKind, Settings: toxicity(judge.ToxicitySettings{Service: judge.Moderation, Categories: []string{"hate", "violence"}}),
			Server: Server{APIKeyEnv: "MOD_KEY"},
		},
		{
			Name: "api", Kind: judge.ToxicityKind, Settings: toxicity(judge.ToxicitySettings{Service: judge.Perspective}),
			Server: Server{APIKeyEnv: "API_KEY", Limits: Limits{RequestsPerMinute: 60}},
		},
	}
}

// A plan of models and suites alone has the defaults.
func TestReadRunDefaults(t *testing.T) {
	got, err := parseRun("p.yaml", []byte("models: [{name: a, model: 'openai:http://h/v1#a'}]\nsuites: [{suite: drop, conditions: [zeroshot]}]\n"), knownSuites())
	if err != nil {
		t.Fatal(err)
	}
	want := &Run{
		Path: "p.yaml", Seed: 1,
		Models: []Model{{Name: "a", Spec: spec("openai:http://h/v1#a"), Server: Server{API: Completions, Logprobs: AutoLogprobs}}},
		Suites: []Suite{{Suite: "drop", Conditions: []string{"zeroshot"}, Samples: 1}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(yamlstruct.Place{}), cmpopts.IgnoreFields(Run{}, "Known")); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

func TestRunDefects(t *testing.T) {
	const (
		secret  = "hunter2"
		oneM    = "models:\n  - {name: a, model: 'openai:http://h/v1#a'}\n" // lines 1 and 2
		twoM    = oneM + "  - {name: b, model: 'openai:http://h/v1#b'}\n"   // to line 3
		tldr    = "suites:\n  - suite: tldr\n"                              // two lines
		minimal = oneM + tldr                                               // four lines
		truth   = "judges:\n  - {name: j, kind: truth, model: 'replay:j.jsonl'}\n"
		gate    = "gates:\n  - {suite: tldr, metric: rouge_l, margin: 0.1}\n"
	)
	model := func(rest string) string { return "models:\n  - name: a\n    " + rest + "\n" + tldr }
	suite := func(rest string) string { return oneM + "suites:\n  - {suite: " + rest + "}\n" }
	tests := []struct{ name, content, want string }{
		{"empty file", "", "1: no models; write models: and below it a line"},
		{"unknown member", minimal + "sead: 5\n", `5: unknown field "sead" (did you mean seed?); a plan has title, about, seed, baseline, models`},
		{"unknown member of a model", model("model: replay:f\n    colour: red"), `4: unknown field "colour"; a model has name, model`},
		{"unknown member of a suite", minimal + "    colour: red\n", `5: unknown field "colour"; a suite has suite, data`},
		{"no models", tldr, "1: no models; write models: and below it a line"},
		{"empty models", "seed: 2\nmodels: []\n" + tldr, "2: no models; write models: and below it a line"},
		{"no suites", oneM, "1: no suites; write suites: and below it a line"},
		{"duplicate model", oneM + "  - {name: a, model: 'replay:f'}\n" + tldr, `3: two models are named "a"; give each its own name`},
		{"duplicate suite", minimal + "  - suite: tldr\n", "5: suite tldr is listed twice; write one entry"},
		{"unnamed model", "models:\n  - {model: 'replay:f'}\n" + tldr, "2: no name; write the name that"},
		{"unknown suite", suite("squad"), `4: unknown suite "squad"; did you mean squadv2?`},
		{"strange suite", suite("mine"), `4: unknown suite "mine"; use one of winrate, closed_domain, world, world_gpt, truthfulqa,`},
		{"data in place of a suite", suite("rows/a.csv.gz"), "4: rows/a.csv.gz is a file of data; write a suite file with data: rows/a.csv.gz, and name that here (assay suite new"},
		{"unknown condition", suite("drop, conditions: [oneshot]"), `4: no condition "oneshot" in suite drop; use one of zeroshot, fewshot`},
		{"condition of none", suite("text, conditions: [x]"), "4: suite text has no conditions; remove conditions"},
		{"no shots", suite("drop, conditions: [fewshot]"), `4: condition "fewshot" of drop needs few-shot examples; write shots:`},
		{"bad spec", model("model: gguf:model.bin"), "3: unknown kind of model; write openai:URL#NAME"},
		{"bare URL", model("model: http://h/v1"), "3: a bare URL is not a model spec; write openai:URL#NAME"},
		{"no model", model("api: chat"), "2: no model; write openai:URL#NAME"},
		{"userinfo", model("model: openai:http://user:" + secret + "@h/v1#a"), "3: the URL contains a user or password; remove it,"},
		{"userinfo with a #", model("model: openai:http://user:" + secret + "#@h/v1#a"), "3: the URL contains a user or password; remove it,"},
		{"userinfo in endpoints", model("model: openai:http://h/v1#a\n    endpoints: ['http://user:" + secret + "@h/v1']"), "4: endpoints: the URL contains a user or password"},
		{"key in a query", model("model: openai:http://h/v1?key=" + secret + "#a"), "3: the URL has a query; remove the ?"},
		{"no #NAME", model("model: openai:http://h/v1"), "3: openai: has no model name; write openai:URL#NAME"},
		{"the chat route", model("model: openai:http://h/v1/chat/completions#a"), "3: the URL ends in /chat/completions, which assay adds; remove it"},
		{"the route of texts", model("model: openai:http://h/v1/completions/#a"), "3: the URL ends in /completions, which assay adds; remove it"},
		{"a route in endpoints", model("model: openai:http://h/v1#a\n    endpoints: ['http://i/v1/completions']"), "4: endpoints: the URL ends in /completions, which assay adds; remove it"},
		{"one server twice", model("model: openai:http://h/v1#a\n    endpoints: [http://h/v1/]"), "4: the same server is listed twice in model and endpoints"},
		{"server field of a replay", model("model: replay:f\n    api: chat"), "4: api has no effect on recorded outputs, which are fixed; remove it"},
		{"echo in chat", model("model: openai:http://h/v1#a\n    api: chat\n    logprobs: echo"), "5: logprobs: echo doesn't work with api: chat"},
		{"key for its variable", model("model: openai:http://h/v1#a\n    api_key_env: sk-" + secret), "4: this looks like a key, not a variable's name; write the name"},
		{"long key for its variable", model("model: openai:http://h/v1#a\n    api_key_env: ABCDEFGHIJKLMNOP" + secret), "4: this looks like a key, not a variable's name; write the name"},
		{"key in the plan", model("model: openai:http://h/v1#a\n    api_key: " + secret), `4: a field "api_key"; keep keys out of files`},
		{"unknown judge", suite("truthfulqa, judge: k") + truth, `4: no judge "k" in the plan; use j`},
		{"unknown judge of none", suite("truthfulqa, judge: k"), `4: no judge "k"; define it under`},
		{"wrong kind of judge", suite("realtoxicity, judge: j") + truth, "4: judge j is of kind truth, but suite realtoxicity needs kind toxicity"},
		{"stratify without a limit", suite("realtoxicity, stratify: toxicity"), "4: stratify chooses which examples a limit draws"},
		{"stratify by nothing", suite("drop, limit: 5, stratify: toxicity"), "4: suite drop has nothing to stratify by"},
		{"stratify by another field", suite("realtoxicity, limit: 5, stratify: threat"), `4: stratify: "threat"; suite realtoxicity can be stratified by toxicity`},
		{"judge of a suite that takes none", suite("winogender, judge: j") + truth, "4: suite winogender takes no judge; remove judge"},
		{"unknown kind of judge", minimal + "judges:\n  - {name: j, kind: mood, model: 'replay:j'}\n", `6: unknown kind "mood"; use one of toxicity, truth, pairwise, grade,`},
		{"reward judge without a model", minimal + "judges:\n  - {name: j, kind: reward}\n", "6: reward judge j has no model; write model:"},
		{"reward judge on a server", minimal + "judges:\n  - {name: j, kind: reward, model: 'openai:http://127.0.0.1:1/v1#m'}\n", "6: a reward model must be a local checkpoint; write model: gpt:DIR"},
		{"reward judge that draws", minimal + "judges:\n  - {name: j, kind: reward, model: 'gpt:rm', temperature: 1}\n", "6: temperature is only for models that answer, because a reward model scores; remove it"},
		{"reward judge with a key", minimal + "judges:\n  - {name: j, kind: reward, model: 'gpt:rm', api_key_env: KEY}\n", "6: api_key_env is only for openai:, because a local checkpoint has no server; remove it"},
		{"reward judge that compares with nothing", suite("winrate, judge: j") + "judges:\n  - {name: j, kind: reward, model: 'gpt:rm', win_rate: true}\n", "4: judge j compares with a baseline, but the plan has none; write baseline:"},
		{"two judges of a win rate", suite("winrate, judges: [j, k]") + "baseline: a\njudges:\n  - {name: j, kind: reward, model: 'gpt:rm', win_rate: true}\n  - {name: k, kind: pairwise, model: 'gpt:m'}\n", "4: judges j and k would mix their figures"},
		{"special tokens of a server", "models:\n  - {name: m, model: 'openai:http://127.0.0.1:1/v1#m', split_special_tokens: true}\nsuites:\n  - suite: truthfulqa\n", "2: split_special_tokens is only for gpt: and world:, because a server uses its own tokenizer"},
		{"duplicate judge", minimal + truth + "  - {name: j, kind: grade, model: 'replay:j'}\n", `7: two judges are named "j"`},
		{"pairwise without a baseline", suite("winrate, judge: j") + "judges:\n  - {name: j, kind: pairwise, model: 'replay:j'}\n", "4: judge j compares with a baseline, but the plan has none"},
		{"two judges of one kind", suite("truthfulqa, judges: [j, k]") + truth + "  - {name: k, kind: truth, model: 'replay:k'}\n", "4: judges j and k would mix their figures, because both give the same metric; keep one, and use the other in a second run with --reuse"},
		{"two grades of one name", suite("winrate, judges: [j, k]") + "judges:\n  - {name: j, kind: grade, model: 'gpt:j'}\n  - {name: k, kind: grade, model: 'gpt:k'}\n", "4: judges j and k would mix their figures, because both give the same metric; write metric: and another name under one of them"},
		{"a grade on another scale", suite("winrate, judge: j") + "judges:\n  - {name: j, kind: grade, model: 'gpt:j', rubric: Short., scale: 0-10}\n", "4: judge j: its metric grade is not the one that suite winrate has (range 0 to 10 and 1 to 7); write metric: and another name"},
		{"a scale without a rubric", suite("winrate, judge: j") + "judges:\n  - {name: j, kind: grade, model: 'gpt:j', scale: 1-5}\n", "6: judge j: scale: needs a rubric that says what the grades mean"},
		{"a rubric without its scale", suite("winrate, judge: j") + "judges:\n  - {name: j, kind: grade, model: 'gpt:j', rubric: Short.}\n", "6: judge j: a rubric of your own needs its scale; write scale: and the rubric's lowest and highest grade, such as scale: 1-5"},
		{"a rubric's file without its scale", suite("winrate, judge: j") + "judges:\n  - {name: j, kind: grade, model: 'gpt:j', rubric_file: r.md}\n", "6: judge j: a rubric of your own needs its scale; write scale: and the rubric's lowest and highest grade, such as scale: 1-5"},
		{"a rubric with a metric and without its scale", suite("winrate, judge: j") + "judges:\n  - {name: j, kind: grade, model: 'gpt:j', rubric: '0 is wrong, 1 is right.', metric: right, view: [reference]}\n", "6: judge j: a rubric of your own needs its scale; write scale: and the rubric's lowest and highest grade, such as scale: 1-5"},
		{"no scale", suite("winrate, judge: j") + "judges:\n  - {name: j, kind: grade, model: 'gpt:j', rubric: Short., scale: high}\n", "6: a scale is written as its lowest and highest grade, such as 1-5"},
		{"a rubric for a preference", suite("winrate, judge: j") + "baseline: a\njudges:\n  - {name: j, kind: pairwise, model: 'gpt:j', rubric: Short.}\n", "7: rubric is for kind: grade; remove it"},
		{"two rubrics", suite("winrate, judge: j") + "judges:\n  - {name: j, kind: grade, model: 'gpt:j', rubric: Short., rubric_file: r.md}\n", "6: both rubric_file and rubric; remove one of them"},
		{"no command", suite("winrate, judge: j") + "judges:\n  - {name: j, kind: command}\n", "6: judge j: has no command; write command: [PROGRAM, ARGUMENT, ...]"},
		{"no metric of a command", suite("winrate, judge: j") + "judges:\n  - {name: j, kind: command, command: [a, -v, -v]}\n", "6: judge j: has no metrics; write metrics:"},
		{"a command with a model", suite("winrate, judge: j") + "judges:\n  - {name: j, kind: command, command: [a], metrics: [{name: x}], model: 'gpt:m'}\n", "6: model is for judges that are models, and a command is a program; remove it"},
		{"a metric named id", suite("winrate, judge: j") + "judges:\n  - {name: j, kind: command, command: [a], metrics: [{name: id}]}\n", "6: judge j: metrics: a metric can't be named id"},
		{"an empty range", suite("winrate, judge: j") + "judges:\n  - {name: j, kind: command, command: [a], metrics: [{name: x, min: 2, max: 1}]}\n", "6: judge j: suite j: metric x: the range runs from 2 to 1"},
		{"Perspective without a key", minimal + "judges:\n  - {name: p, kind: toxicity, service: perspective}\n", "6: Perspective needs a key; write"},
		{"gate on a judge that the suite doesn't name", twoM + "suites:\n  - {suite: tldr}\nbaseline: a\njudges:\n  - {name: k, kind: reward, model: 'gpt:rm'}\n  - {name: j, kind: grade, model: 'gpt:j', metric: helpful}\ngates:\n  - {suite: tldr, metric: helpful, margin: 0.1}\n",
			"11: gate on helpful, the metric of judge j, which suite tldr doesn't name; write judge: j under the suite"},
		{"gate on what nobody judges", twoM + "suites:\n  - {suite: winrate}\nbaseline: a\ngates:\n  - {suite: winrate, metric: win_rate, margin: 0.1}\n", "8: gate on winrate/win_rate, but no judge produces that metric; give the suite a judge of kind pairwise, grade"},
		{"baseline not among the models", minimal + "baseline: c\n", `5: baseline: no model "c" in the plan; use a`},
		{"samples at temperature 0", suite("truthfulqa, samples: 5"), "4: 5 samples of truthfulqa by a at temperature 0: all would be the same"},
		{"best of several at temperature 0", model("model: gpt:m\n    best_of: 4\n    reward: gpt:r"), "7: the best of 4 answers to tldr by a at temperature 0: all would be the same"},
		{"suites that are not asked", model("model: gpt:m\n    suites: [drop]"), "4: model a is run on suite drop, which the plan doesn't have"},
		{"a baseline with suites of its own", "baseline: a\n" + model("model: gpt:m\n    suites: [tldr]"), "5: the baseline a must run on all suites, because the others are compared with it"},
		{"asked as what no suite has", model("model: gpt:m\n    asked_as: {plain: few-shot}"), `4: asked_as: no suite of model a has both conditions "plain" and "few-shot"`},
		{"shots of a suite without any", suite("crows_pairs, shots: f"), "4: suite crows_pairs takes no few-shot examples; remove shots"},
		{"shots of no condition", suite("drop, conditions: [zeroshot], shots: f"), "4: no condition of drop in this plan has few-shot examples; add fewshot to its conditions, or remove shots"},
		{"samples of choices", suite("truthfulqa_mc, shots: f, samples: 5"), "4: 5 samples of truthfulqa_mc by a, which scores choices by their log-probabilities"},
		{"samples of choices by chat and by echo", "models:\n  - {name: a, model: \"openai:http://h/v1#a\", api: chat}\n  - {name: b, model: \"openai:http://h/v1#b\", logprobs: echo}\nsuites:\n  - {suite: crows_pairs, samples: 2}\n", "5: 2 samples of crows_pairs by b, which"},
		{"sentences by chat", "models:\n  - {name: a, model: \"openai:http://h/v1#a\"}\n  - {name: b, model: \"openai:http://h/v1#b\", api: chat}\nsuites:\n  - {suite: winogender}\n", "5: suite winogender measures log-probabilities of texts, and model b is run with api: chat, which gives none"},
		{"texts by letter", model("model: openai:http://h/v1#a\n    logprobs: letters") + "  - {suite: text, data: t}\n", "7: suite text measures log-probabilities of texts, and model a is run with logprobs: letters"},
		{"sampling of choices by log-probability", suite("crows_pairs, max_tokens: 9"), "4: max_tokens is only for suites of texts"},
		{"gate without a baseline", twoM + tldr + gate, "7: gates need a baseline; write baseline: and"},
		{"gate with one model", minimal + gate + "baseline: a\n", "6: gates need a second model; add the model"},
		{"gate on a suite not asked", twoM + tldr + "baseline: a\ngates:\n  - {suite: drop, metric: f1, margin: 0.1}\n", "8: gate on suite drop, but the plan doesn't run it"},
		{"gate on a condition not asked", twoM + "suites:\n  - {suite: drop, conditions: [zeroshot]}\nbaseline: a\ngates:\n  - {suite: drop, metric: f1, condition: fewshot, margin: 0.1}\n", `8: gate on condition "fewshot", but the plan doesn't run it`},
		{"gate on a condition of a suite without any", twoM + "suites:\n  - suite: ifeval\n" + "baseline: a\ngates:\n  - {suite: ifeval, metric: prompt_strict, condition: plain, margin: 0.1}\n", `8: gate on condition "plain", but ifeval has no conditions; remove condition: from the gate`},
		{"negative limit", suite("tldr, limit: -5"), "4: limit is -5; it must be a whole number at least 1, written in digits"},
		{"limit beyond all", suite("tldr, limit: 5000000000"), "4: limit is 5000000000; it must be a whole number from 1 to 1000000000"},
		{"limit in quotes", suite("tldr, limit: '5'"), `4: limit is "5"; it must be a whole number at least 1, written in digits`},
		{"limit of none", suite("tldr, limit: 0"), "4: limit is 0; it must be a whole number at least 1"},
		{"temperature", model("model: openai:http://h/v1#a\n    temperature: .nan"), "4: temperature is NaN; it must be from 0 to 5"},
		{"timeout without a unit", model("model: openai:http://h/v1#a\n    timeout: 60"), "4: timeout must be a time above 0"},
		{"half a price", model("model: openai:http://h/v1#a\n    price: {prompt: 1}"), "4: no completion; write {prompt: P, completion: C}"},
		{"two documents", minimal + "---\nseed: 2\n", "6: the file has a second YAML document; use only one"},
		{"tab", oneM + "suites:\n\t- suite: tldr\n", "4: a tab; indent with spaces"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseRun("dir/plan.yaml", []byte(tt.content), knownSuites())
			if err == nil {
				t.Fatalf("read %+v, want error %s", got, tt.want)
			}
			message := err.Error()
			if want := "dir/plan.yaml:" + tt.want; !strings.HasPrefix(message, want) {
				t.Errorf("got  %s\nwant %s", message, want)
			}
			if strings.ContainsAny(message, "\n\r") {
				t.Errorf("the message has several lines: %q", message)
			}
			if strings.Contains(message, secret) {
				t.Errorf("the message repeats a secret: %s", message)
			}
		})
	}
}

// The example of the package's doc is a plan.
func TestDocIsAPlan(t *testing.T) {
	data, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "//\t"); ok {
			text.WriteString(rest)
		}
	}
	if _, err := parseRun("doc.go", []byte(text.String()), knownSuites()); err != nil {
		t.Error(err)
	}
}

// FuzzReadRun checks that no content panics, that an error is one line with its
// place, and that what reads is whole.
func FuzzReadRun(f *testing.F) {
	f.Add([]byte(fullPlan))
	f.Add([]byte("models: [{name: a, model: 'openai:http://h/v1#a'}]\nsuites: [{suite: tldr}]\n"))
	f.Add([]byte("m: &m {name: a, model: 'replay:f'}\nmodels: [*m]\nsuites:\n  - <<: *m\n---\n"))
	f.Add([]byte("models: >\n\t- !!float 5\nsuites: {a: b}\n? x\n"))
	f.Add([]byte("models: [{name: \"a\\nb\", model: \"openai:http://h\\n#a\"}]\nbaseline: \"\\r\"\n"))
	all := knownSuites()
	f.Fuzz(func(t *testing.T, data []byte) {
		run, err := parseRun("plan.yaml", data, all)
		if err != nil {
			at, ok := place.Of(err)
			if !ok || at.Line < 1 || strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("error %q names no line, or has several", err)
			}
			return
		}
		if len(run.Models) == 0 || len(run.Suites) == 0 {
			t.Errorf("%d models and %d suites, and no error", len(run.Models), len(run.Suites))
		}
		for _, m := range run.Models {
			if again, err := ParseSpec(m.Spec.String()); m.Name == "" || err != nil || again != m.Spec {
				t.Errorf("model %q of %q: %v", m.Name, m.Spec, err)
			}
		}
		for _, s := range run.Suites {
			if known, ok := knownSuite(s.Suite); !ok || known.Live == nil || s.Samples < 1 || s.Limit < 0 {
				t.Errorf("suite %+v", s)
			}
		}
		if _, err := run.Canonical(); err != nil {
			t.Errorf("no canonical form: %v", err)
		}
	})
}
