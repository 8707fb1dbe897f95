package wire

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/harness/plan"
	"assay/models"
)

func TestConnectionPutsTheKeyIntoAHeader(t *testing.T) {
	t.Setenv("WIRE_TEST_KEY", " secret\n")
	for _, c := range []struct {
		header, scheme  string
		wantIn, wantSet string
	}{
		{"", "", "Authorization", "Bearer secret"},
		{"authorization", "Basic", "Authorization", "Basic secret"},
		{"api-key", "", "Api-Key", "secret"},
		{"", plan.NoScheme, "Authorization", "secret"},
	} {
		s := plan.Server{APIKeyEnv: "WIRE_TEST_KEY", Form: plan.Form{KeyHeader: c.header, KeyScheme: c.scheme}}
		cfg, err := connection("http://127.0.0.1", &s)
		if got := cfg.Header.Get(c.wantIn); err != nil || got != c.wantSet {
			t.Errorf("header %q, scheme %q: %s: %q, error %v; want %q", c.header, c.scheme, c.wantIn, got, err, c.wantSet)
		}
	}
	s := plan.Server{APIKeyEnv: "WIRE_TEST_NO_KEY"}
	if _, err := connection("http://127.0.0.1", &s); err == nil || !strings.Contains(err.Error(), "WIRE_TEST_NO_KEY is not set") {
		t.Errorf("without the variable: %v", err)
	}
}

func TestFind(t *testing.T) {
	beside, data := t.TempDir(), t.TempDir()
	for _, path := range []string{filepath.Join(beside, "own.csv"), filepath.Join(data, "set", "usual.csv"), filepath.Join(data, "set", "other.csv")} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w := wiring{plan: &plan.Run{Path: filepath.Join(beside, "plan.yaml")}, Options: Options{Data: data}}
	for name, want := range map[string]string{
		"":          filepath.Join(data, "set", "usual.csv"),
		"own.csv":   filepath.Join(beside, "own.csv"),
		"other.csv": filepath.Join(data, "set", "other.csv"),
	} {
		if got, err := w.find("data", name, "set/usual.csv", true); got != want || err != nil {
			t.Errorf("%q: %q, %v; want %q", name, got, err, want)
		}
	}
	if _, err := w.find("data", "lost.csv", "set/usual.csv", true); err == nil || !strings.Contains(err.Error(), "data lost.csv: no such file") {
		t.Errorf("a lost file: %v", err)
	}
	if got, err := w.find("shots", "", "", false); got != "" || err != nil {
		t.Errorf("an optional file: %q, %v", got, err)
	}
}

func TestWholeSetsOnlyAnUnsetTopP(t *testing.T) {
	for set, want := range map[float64]float64{0: 1, 0.5: 0.5} {
		over := allTokens(func(s models.Sampling) models.Sampling { s.TopP = set; return s })
		if got := over(models.Sampling{}).TopP; got != want {
			t.Errorf("top_p %v: %v, want %v", set, got, want)
		}
	}
}
