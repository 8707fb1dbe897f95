package head

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/models/linear"
)

func TestSettings(t *testing.T) {
	dir := t.TempDir()
	if _, err := Read(dir); !errors.Is(err, fs.ErrNotExist) || Is(dir) {
		t.Errorf("a folder without settings: %v", err)
	}
	want := Settings{Kind: "truth", MaxLength: 33, Contexts: true, Scale: 1.25, Shift: -0.5, Known: "It knows little."}
	if err := want.Save(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := Read(dir); err != nil || got != want || !Is(dir) {
		t.Errorf("%+v, error %v, want %+v", got, err, want)
	}
	path := filepath.Join(dir, File)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{`"kind"`, `"kinds"`}, {"1.25", "NaN"}, {"1.25", "1e999"}, {"33", "1"}, {`"truth"`, `""`}, {"{", ""}} {
		if err := os.WriteFile(path, []byte(strings.Replace(string(good), c[0], c[1], 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(dir); err == nil || !strings.HasPrefix(err.Error(), path) || !strings.HasSuffix(err.Error(), "train the judge again") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s instead of %s: error %v", c[1], c[0], err)
		}
	}
}

// The shares are of 3 of 4 words, F1 2*3/(4+4), and 2 of 4.
func TestBefore(t *testing.T) {
	text := linear.Text{Text: "it is a cat", Context: "What is a dog", For: []string{"a dog", "it is a dog"}, Against: []string{"zebra"}}
	if got, want := before(text), "right 7\nwrong 0\nin context 5\nWhat is a dog\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := before(linear.Text{Text: "alone"}); got != "" {
		t.Errorf("a text alone has %q before it", got)
	}
}

// Whatever a file holds, Read gives settings with a finite calibration or an error of one line.
func FuzzRead(f *testing.F) {
	dir := f.TempDir()
	path := filepath.Join(dir, File)
	f.Add([]byte(`{"kind":"truth","max_length":33,"contexts":true,"scale":1.25,"shift":-0.5,"known":"k"}`))
	f.Add([]byte(`{"kind":"truth","max_length":1e99,"scale":1e400}`))
	f.Add([]byte("\xff{"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Read(dir)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q is not one line", err)
			}
			return
		}
		if s.Kind == "" || s.MaxLength < 2 || s.Scale-s.Scale != 0 || s.Shift-s.Shift != 0 {
			t.Errorf("settings %+v", s)
		}
	})
}
