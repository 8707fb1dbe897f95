package ifeval_test

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"assay/suites/ifeval"
)

// verdict is a line of testdata/verdicts.jsonl.
type verdict struct {
	ID     string           `json:"id"`
	Kwargs ifeval.Arguments `json:"kwargs"`
	Answer string           `json:"answer"`
	Strict bool             `json:"strict"`
	Loose  bool             `json:"loose"`
}

func verdicts(t testing.TB) (all []verdict) {
	data, err := os.ReadFile(filepath.Join("testdata", "verdicts.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for in := bufio.NewScanner(bytes.NewReader(data)); in.Scan(); {
		var v verdict
		if err := json.Unmarshal(in.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// The verdicts are those of lm_eval 0.4.13: tasks/ifeval/utils.py, test_instruction_following_strict
// and test_instruction_following_loose of one instruction and a made-up answer. fixtures/peers/ifeval.py
// makes them. Every kind has answers that follow and answers that don't.
func TestVerdicts(t *testing.T) {
	// langdetect finds no English in these words in capitals.
	const otherwise = "NO ONE KNOWS 12 THINGS"
	seen := map[string][2]int{}
	for _, v := range verdicts(t) {
		i := ifeval.Instruction{ID: v.ID, Arguments: v.Kwargs}
		if err := i.Check(); err != nil {
			t.Fatal(err)
		}
		n := seen[v.ID]
		if v.Strict {
			n[0]++
		} else {
			n[1]++
		}
		seen[v.ID] = n
		if v.Answer == otherwise {
			continue
		}
		if strict, loose := i.Strict(v.Answer), i.Loose(v.Answer); strict != v.Strict || loose != v.Loose {
			t.Errorf("%s %q: strict %t, loose %t; want %t, %t", v.ID, v.Answer, strict, loose, v.Strict, v.Loose)
		}
	}
	for _, kind := range ifeval.Kinds() {
		if n := seen[kind]; n[0] == 0 || n[1] == 0 {
			t.Errorf("%s: %d answers that follow and %d that don't", kind, n[0], n[1])
		}
	}
	if len(seen) != 25 || len(ifeval.Kinds()) != 25 {
		t.Errorf("%d kinds with verdicts of %d, want 25", len(seen), len(ifeval.Kinds()))
	}
}

func TestCheckRefuses(t *testing.T) {
	for want, i := range map[string]ifeval.Instruction{
		"unknown instruction \"keywords:none\"": {ID: "keywords:none"},
		"no words":                              {ID: "keywords:existence"},
		"is no pattern":                         {ID: "keywords:forbidden_words", Arguments: ifeval.Arguments{ForbiddenWords: []string{"("}}},
		"relation \"\"":                         {ID: "keywords:frequency", Arguments: ifeval.Arguments{Keyword: "a"}},
		"no language":                           {ID: "language:response_language"},
		"no prompt_to_repeat":                   {ID: "combination:repeat_prompt"},
	} {
		if err := i.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", i.ID, err, want)
		}
	}
	swahili := ifeval.Instruction{ID: "language:response_language", Arguments: ifeval.Arguments{Language: "sw"}}
	if swahili.Check() != nil || swahili.Unseen() == "" {
		t.Errorf("Swahili: %v, %q", swahili.Check(), swahili.Unseen())
	}
}

// Whatever an answer is, each kind gives a verdict, and what is followed strictly is followed loosely.
func FuzzFollows(f *testing.F) {
	all := verdicts(f)
	for _, v := range all {
		f.Add(v.Answer, byte(slices.Index(ifeval.Kinds(), v.ID)))
	}
	f.Fuzz(func(t *testing.T, answer string, kind byte) {
		id := ifeval.Kinds()[int(kind)%25]
		at := slices.IndexFunc(all, func(v verdict) bool { return v.ID == id })
		i := ifeval.Instruction{ID: id, Arguments: all[at].Kwargs}
		if i.Strict(answer) && !i.Loose(answer) {
			t.Errorf("%s %q: strictly but not loosely", id, answer)
		}
	})
}
