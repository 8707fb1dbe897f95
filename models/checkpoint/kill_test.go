package checkpoint

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"assay/harness/leaf/place"
)

// saveForever saves two checkpoints alternately until it is killed. They differ in the configuration and in
// all weights, and have equal shapes.
func saveForever(dir string) error {
	for i := 0; ; i = 1 - i {
		c := killVariant(i)
		if err := Save(dir, c, weights(c, float32(i))); err != nil {
			return err
		}
		fmt.Println("saved")
	}
}

func killVariant(i int) Config {
	c := tiny()
	c.VocabSize = 4000
	c.Activation = []Activation{GELU, GELUTanh}[i]
	return c
}

// A program that saves is killed again and again, every other time only after it has saved: what it leaves
// loads completely, or is refused because config.json is missing.
func TestSaveKilled(t *testing.T) {
	const folder = "ASSAY_TEST_SAVE_FOREVER"
	if dir := os.Getenv(folder); dir != "" {
		t.Fatal(saveForever(dir))
	}
	dir := filepath.Join(t.TempDir(), "model")
	loaded, refused := 0, 0
	for round := range 25 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestSaveKilled$")
		cmd.Env = append(os.Environ(), folder+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if round%2 == 1 {
			if line, err := bufio.NewReader(out).ReadString('\n'); line != "saved\n" {
				t.Fatalf("round %d: the program said %q, %v", round, line, err)
			}
		}
		go func() { _, _ = io.Copy(io.Discard, out) }()
		time.Sleep(time.Duration(25+3*round) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait() // reports that it was killed
		c, err := Load(dir)
		if errors.Is(err, fs.ErrNotExist) && err.(*place.Error).File == filepath.Join(dir, configName) {
			refused++
			continue
		}
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		loaded++
		i := slices.Index([]Activation{GELU, GELUTanh}, c.Config.Activation)
		for name, want := range weights(killVariant(i), float32(i)) {
			if got, err := c.Float32s(name); err != nil || !slices.Equal(got, want) {
				t.Errorf("round %d: %s is not that of configuration %d (%v)", round, name, i, err)
			}
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d loaded, %d refused", loaded, refused)
	if loaded == 0 {
		t.Error("none loaded; the program was killed before it saved")
	}
	if err := Save(dir, tiny(), weights(tiny(), 0)); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("%v, %v: what the killed left is still there", entries, err)
	}
}

// If the configuration doesn't change, config.json isn't removed meanwhile: it is the same file before and
// after.
func TestSaveKeepsConfig(t *testing.T) {
	dir := t.TempDir()
	stat := func(from float32) os.FileInfo {
		if err := Save(dir, tiny(), weights(tiny(), from)); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, configName))
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	if first, second := stat(1), stat(2); !os.SameFile(first, second) {
		t.Error("config.json was written again")
	}
}
