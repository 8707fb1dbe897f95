package plan

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"assay/fixtures/world"
	"assay/harness/yamlstruct"
	"assay/harness/yamlstruct/schematest"
)

// validator compiles a kind's schema with an independent implementation.
func validator(t *testing.T, kind FileKind) *jsonschema.Schema {
	t.Helper()
	schema, err := Schema(kind, knownSuites())
	if err != nil {
		t.Fatal(err)
	}
	return schematest.Compile(t, schema)
}

// read reads content as its commands do.
func read(kind FileKind, content string) (err error) {
	switch kind {
	case RunFile:
		_, err = parseRun("c.yaml", []byte(content), knownSuites())
	case GatesFile:
		_, err = parseGates("c.yaml", []byte(content), knownSuites())
	case RewardFile:
		_, err = parseReward("c.yaml", []byte(content))
	case PPOFile:
		_, err = parsePPO("c.yaml", []byte(content))
	case JudgeFile:
		_, err = parse("c.yaml", []byte(content), judgeRemedy, readTrainedJudge)
	case LabelFile:
		_, err = parseLabel("c.yaml", []byte(content))
	default:
		_, err = parseTrain("c.yaml", []byte(content), TrainKind(kind))
	}
	return err
}

// kindOf tells what a file is by its fields; "" is none of the kinds.
func kindOf(content string) FileKind {
	has := func(field string) bool { return regexp.MustCompile(`(?m)^` + field + `:`).MatchString(content) }
	switch {
	case has("runs"):
		return LabelFile
	case has("models") && has("suites"):
		return RunFile
	case has("gates"):
		return GatesFile
	case has("kind") && has("data"):
		return JudgeFile
	case has("iterations") || has("kl"):
		return PPOFile
	case has("data") && strings.Contains(content, "demonstrations: [") && !strings.Contains(content, "preferences"):
		return SFTFile
	case has("data") && has("init"):
		return RewardFile
	case has("data") && has("model"):
		return PretrainFile
	}
	return ""
}

// configurations are all files of these kinds in the tree: YAML files, those within the
// documentation, and those of a world.
func configurations(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	root := filepath.Join("..", "..")
	fence := regexp.MustCompile("(?s)```yaml\n(.*?)```")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return cmp.Or(err, fs.SkipDir)
		}
		switch filepath.Ext(path) {
		case ".yaml":
			data, err := os.ReadFile(path)
			all[path] = string(data)
			return err
		case ".md":
			data, err := os.ReadFile(path)
			for i, m := range fence.FindAllStringSubmatch(string(data), -1) {
				all[path+" "+string(rune('1'+i))] = m[1]
			}
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w, err := world.New(world.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range w.Files(world.Sizes{}) {
		if strings.HasSuffix(f.Name, ".yaml") {
			var b bytes.Buffer
			if err := f.Write(&b); err != nil {
				t.Fatal(err)
			}
			all["world/"+f.Name] = b.String()
		}
	}
	return all
}

// Every configuration in the tree is read, and is valid under the schema.
func TestSchemaHoldsOfTheTree(t *testing.T) {
	seen := map[FileKind]int{}
	for name, content := range configurations(t) {
		kind := kindOf(content)
		if kind == "" {
			continue
		}
		seen[kind]++
		if err := schematest.Validate(t, validator(t, kind), content); err != nil {
			t.Errorf("%s as %s: %v", name, kind, err)
		}
		if err := read(kind, content); err != nil {
			t.Errorf("%s as %s: %v", name, kind, err)
		}
	}
	for _, kind := range FileKinds() {
		if seen[kind] == 0 {
			t.Errorf("no file of kind %s was found", kind)
		}
	}
}

// The plans of the other tests, with every field.
func TestSchemaHoldsOfEveryField(t *testing.T) {
	for _, content := range []string{fullPlan, formed} {
		if err := schematest.Validate(t, validator(t, RunFile), content); err != nil {
			t.Error(err)
		}
	}
}

// What is wrong in its form is refused by the schema and by the decoder alike.
func TestSchemaRefuses(t *testing.T) {
	good := map[FileKind]string{
		RunFile:      "models: [{name: a, model: 'openai:http://h/v1#a'}]\nsuites: [{suite: tldr}]\n",
		GatesFile:    "gates: [{suite: drop, metric: f1, margin: 0.1}]\n",
		PretrainFile: "model: {num_hidden_layers: 1, num_attention_heads: 1, hidden_size: 8, max_position_embeddings: 8}\ntokenizer: {type: bytes}\ndata: {text: [a]}\nbatch_size: 1\nmax_steps: 1\noptimizer: {learning_rate: 1}\n",
		SFTFile:      "init: a\ndata: {demonstrations: [a]}\nbatch_size: 1\nmax_steps: 1\noptimizer: {learning_rate: 1}\n",
		RewardFile:   "init: a\ndata: {preferences: [a]}\noptimizer: {learning_rate: 1}\n",
		PPOFile:      "init: a\nreward_model: b\ndata: {prompts: [a]}\n",
		JudgeFile:    "kind: truth\ndata: {files: [a], references: [b]}\n",
		LabelFile:    "runs: [a]\nlabelers: [{names: [x, y], overlap: 2}]\n",
	}
	replaced := func(kind FileKind, old, new string) string {
		if !strings.Contains(good[kind], old) {
			t.Fatalf("%q is not in %s", old, good[kind])
		}
		return strings.Replace(good[kind], old, new, 1)
	}
	bad := map[FileKind][]string{
		RunFile: {
			"sead: 1\n" + good[RunFile], "seed: x\n" + good[RunFile], replaced(RunFile, "tldr", "''"), replaced(RunFile, "suites: [{suite: tldr}]\n", ""),
			replaced(RunFile, "#a'}", "#a', api: chatty}"), replaced(RunFile, "#a'}", "#a', temperature: 6}"), replaced(RunFile, "#a'}", "#a', timeout: 60}"),
			replaced(RunFile, "#a'}", "#a', max_tokens: 5, max_completion_tokens: 6}"), replaced(RunFile, "#a'}", "#a', omit: [prompt]}"),
			replaced(RunFile, "#a'}", "#a', thoughts: maybe}"), replaced(RunFile, "#a'}", "#a', price: {prompt: 1}}"), replaced(RunFile, "#a'}", "#a', headers: {X-A: {prefix: x}}}"),
			replaced(RunFile, "#a'}", "#a', api_key_header: x}"), replaced(RunFile, "tldr}", "tldr, samples: 0}"), replaced(RunFile, "tldr}", "tldr, max_completion_tokens: 5}"),
			replaced(RunFile, "tldr}", "winrate, judge: a, judges: [a]}"),
		},
		GatesFile:    {"gates: []\n", replaced(GatesFile, "drop", "5"), replaced(GatesFile, ", margin: 0.1", ""), replaced(GatesFile, "0.1", "small"), replaced(GatesFile, "0.1", "0.1, unscored: skip")},
		PretrainFile: {replaced(PretrainFile, "bytes", "syllables"), replaced(PretrainFile, "max_steps: 1", "max_steps: 0"), "init: x\n" + good[PretrainFile], replaced(PretrainFile, "batch_size", "batch"), replaced(PretrainFile, "text:", "demonstrations:")},
		SFTFile:      {"dropout: 1\n" + good[SFTFile], "num_train_epochs: 1\n" + good[SFTFile], replaced(SFTFile, "[a]}", "[a], validation: [b], validation_split: 0.1}"), replaced(SFTFile, "[a]", "[a, a]"), "evaluate: {response_length: 3}\n" + good[SFTFile]},
		RewardFile:   {"folds: 1\n" + good[RewardFile], "max_steps: 3\n" + good[RewardFile], replaced(RewardFile, "init: a\n", ""), "evaluate: {metric_for_best_model: luck}\n" + good[RewardFile], replaced(RewardFile, "learning_rate: 1", "learning_rate: 0")},
		PPOFile:      {"preset: big\n" + good[PPOFile], "missing_eos_penalty: 1\nmissing_eos_reward: 1\n" + good[PPOFile], "without_end: {penalise: 1}\n" + good[PPOFile], "advantages: {lam: 2}\n" + good[PPOFile], "clip: {cliprange: 0}\n" + good[PPOFile], "gold: silver\n" + good[PPOFile]},
		JudgeFile:    {"l2: 0\n" + good[JudgeFile], replaced(JudgeFile, "truth", "beauty"), replaced(JudgeFile, "kind: truth\n", ""), "bits: 40\n" + good[JudgeFile], "evaluate: {terms: x}\n" + good[JudgeFile], replaced(JudgeFile, "[b]}", "[b], test_split: 1}")},
		LabelFile:    {replaced(LabelFile, "[a]", "[]"), "form: chat\n" + good[LabelFile], "outputs: 10\n" + good[LabelFile], "screening_pass: 0.5\n" + good[LabelFile], replaced(LabelFile, "[x, y]", "[]"), replaced(LabelFile, "overlap: 2", "share: 2"), "limit: 0\n" + good[LabelFile], "too_fast: 5\n" + good[LabelFile]},
	}
	for _, kind := range FileKinds() {
		s := validator(t, kind)
		if err := errors.Join(schematest.Validate(t, s, good[kind]), read(kind, good[kind])); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		for _, content := range bad[kind] {
			if schematest.Validate(t, s, content) == nil {
				t.Errorf("the schema of %s allows %s", kind, content)
			}
			if read(kind, content) == nil {
				t.Errorf("the decoder of %s allows %s", kind, content)
			}
		}
	}
}

// Every field has a description, which comes from its comment.
func TestFieldsAreDescribed(t *testing.T) {
	for _, kind := range FileKinds() {
		fields, err := Fields(kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fields {
			if f.Doc == "" {
				t.Errorf("%s: %s has no description", kind, f.Key)
			}
		}
		if kind == PPOFile && !slices.ContainsFunc(fields, func(f yamlstruct.Entry) bool { return f.Key == "kl.kl_coef" && f.Default == "0.15" }) {
			t.Error("no kl.kl_coef with its default among PPO's fields")
		}
	}
	if _, err := Fields("demo"); err == nil || !strings.Contains(err.Error(), `unknown kind of file "demo"; use one of run, gates,`) {
		t.Errorf("an unknown kind: %v", err)
	}
}

// A description names no default beside the one in the list of fields, and no field that the kind of file
// doesn't have.
func TestDescriptionsFitTheKind(t *testing.T) {
	word := regexp.MustCompile(`[a-z]+(?:_[a-z]+)+`)
	var all, defaults int
	for _, kind := range FileKinds() {
		fields, err := Fields(kind)
		if err != nil {
			t.Fatal(err)
		}
		has := map[string]bool{}
		for _, f := range fields {
			has[f.Key[strings.LastIndexByte(f.Key, '.')+1:]] = true
		}
		if kind == RunFile && !has["judge"] {
			t.Error("the list lacks judge, which the help of assay run uses")
		}
		for _, f := range fields {
			if strings.Contains(f.Form, "*") {
				t.Errorf("%s: %s is %s", kind, f.Key, f.Form)
			}
			if all++; f.Default != "" {
				defaults++
				if strings.Contains(f.Doc, "default") && !strings.HasPrefix(f.Doc, "Default settings") {
					t.Errorf("%s: %s has the default %s, and says: %s", kind, f.Key, f.Default, f.Doc)
				}
			}
			for _, name := range word.FindAllString(f.Doc, -1) {
				if !has[name] {
					t.Errorf("%s: %s names %s, which is no field here: %s", kind, f.Key, name, f.Doc)
				}
			}
		}
	}
	if all < 150 || defaults < 30 {
		t.Errorf("only %d fields, %d with a default", all, defaults)
	}
}
