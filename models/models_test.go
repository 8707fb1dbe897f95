package models_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/models"
)

func TestParseName(t *testing.T) {
	tests := []struct {
		name, family, size string
		parameters         float64
	}{
		{"gpt-xl", "gpt", "1.3B", 1.3e9},
		{"ppo-noptx-xl", "ppo-noptx", "1.3B", 1.3e9},
		{"sft-6b", "sft", "6B", 6e9},
		{"ppo-ptx-175b", "ppo-ptx", "175B", 175e9},
		{"SFT-1.3B", "sft", "1.3B", 1.3e9},
		{"opt-125m", "opt", "125M", 125e6},
		{"world-80k", "world", "80K", 80e3},
		{"llama-3-8b", "llama-3", "8B", 8e9},
		{"gpt2-xl", "", "", 0}, // 1.5B, not the release's 1.3B
		{"-xl", "", "", 0},
		{"-6b", "", "", 0},
		{"text_davinci_003", "", "", 0},
		{"Mistral-7B-Instruct-v0.2", "", "", 0},
		{"6b", "", "", 0},
		{"model-1.b", "", "", 0},
		{"", "", "", 0},
	}
	for _, tt := range tests {
		want := models.Info{Name: tt.name, Family: tt.family, Size: tt.size, Parameters: tt.parameters}
		if diff := cmp.Diff(want, models.ParseName(tt.name)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestCompletionID(t *testing.T) {
	seen := map[string]string{}
	for _, fields := range []struct {
		fingerprint, prompt, sampling string
		seed                          uint64
		sample                        int
	}{
		{"", "", "", 0, 0}, {"a", "", "", 0, 0}, {"", "a", "", 0, 0}, {"", "", "a", 0, 0}, {"", "", "", 1, 0}, {"", "", "", 0, 1},
		{"ab", "c", "", 0, 0}, {"a", "bc", "", 0, 0}, {"a", "b", "c", 0, 0}, {"", "abc", "", 0, 0},
		{"a\x00", "b", "", 0, 0}, {"a", "\x00b", "", 0, 0}, {"", "", "", 1 << 63, 0}, {"", "", "", 0, -1},
	} {
		f := fmt.Sprintf("%+v", fields)
		id := models.CompletionID(fields.fingerprint, fields.prompt, fields.sampling, fields.seed, fields.sample)
		if len(id) != 32 {
			t.Errorf("%s: id %q has length %d, want 32", f, id, len(id))
		}
		if other, ok := seen[id]; ok {
			t.Errorf("%s and %s share id %s", f, other, id)
		}
		seen[id] = f
		if again := models.CompletionID(fields.fingerprint, fields.prompt, fields.sampling, fields.seed, fields.sample); again != id {
			t.Errorf("%s: ids %s and %s", f, id, again)
		}
	}
}

// The id is in run directories and caches, so it must never change. Expected value from Python:
// hashlib.sha256(b"".join([pack("<Q", 1), b"m", pack("<Q", 2), b"Hi", pack("<Q", 0), pack("<Q", 7),
// pack("<Q", 3)])).hexdigest()[:32].
func TestCompletionIDStays(t *testing.T) {
	if got, want := models.CompletionID("m", "Hi", "", 7, 3), "848ac8653a0e1d76976188cb58855f9a"; got != want {
		t.Errorf("id %s, want %s", got, want)
	}
}

func TestCompletionValidate(t *testing.T) {
	good := models.Completion{ID: "i", Suite: "s", Example: "e", Model: "m"}
	if err := good.Validate(); err != nil {
		t.Errorf("an empty text is an answer: %v", err)
	}
	for name, spoil := range map[string]func(*models.Completion){
		"id":      func(c *models.Completion) { c.ID = "" },
		"suite":   func(c *models.Completion) { c.Suite = "" },
		"example": func(c *models.Completion) { c.Example = "" },
		"model":   func(c *models.Completion) { c.Model = "" },
	} {
		c := good
		spoil(&c)
		err := c.Validate()
		want := "completion without a " + name
		if name == "id" || name == "example" {
			want = "completion without an " + name
		}
		if err == nil || err.Error() != want {
			t.Errorf("without %s: error %v, want %s", name, err, want)
		}
	}
}

func ExampleParseName() {
	info := models.ParseName("ppo-ptx-175b")
	fmt.Println(info.Family, info.Size, info.Parameters)
	// Output: ppo-ptx 175B 1.75e+11
}
