package cli_test

import (
	"crypto/sha256"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A reproduction that is killed with -9 again and again ends with the same files as an
// uninterrupted one, except timings: worlds, weights, answers, findings and the page.
func TestKilledReproduction(t *testing.T) {
	if testing.Short() {
		t.Skip("trains every model of a short reproduction twice: not with -short")
	}
	t.Parallel()
	tr := newTrainer(t)
	start := time.Now()
	said := tr.run("reproduce", "--budget", "try", "-o", "whole/r")
	took := time.Since(start)
	if !strings.Contains(said, "report.html") {
		t.Errorf("said %s", said)
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	killed := 0
	for range 8 {
		child := tr.command("reproduce", "--budget", "try", "-o", "killed/r")
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(random.Float64()*float64(took)/4), func() { _ = child.Process.Kill() })
		if child.Wait() != nil {
			killed++
		}
		timer.Stop()
	}
	tr.run("reproduce", "--budget", "try", "-o", "killed/r")
	t.Logf("seed %d, took %v, killed %d times", seed, took, killed)
	whole, again := tr.files("whole/r"), tr.files("killed/r")
	if len(whole) < 200 {
		t.Errorf("%d files", len(whole))
	}
	for name, sum := range whole {
		if again[name] != sum {
			t.Errorf("%s differs or is missing", name)
		}
	}
	for name := range again {
		if _, ok := whole[name]; !ok {
			t.Errorf("%s was left behind", name)
		}
	}
	lines := strings.Count(string(tr.read("whole/r/seed-100/commands.txt")), "\n")
	if want := strings.Count(tr.run("reproduce", "--budget", "try", "--dry-run"), "  assay "); lines != want {
		t.Errorf("%d commands are listed, %d were shown beforehand", lines, want)
	}

	// A folder of another reproduction is refused.
	out, err := tr.command("reproduce", "--budget", "xs", "-o", "whole/r").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "seed-100.json: results of other commands") || strings.Contains(string(out), "seed 100: the world") {
		t.Errorf("another budget in the same folder: %v\n%s", err, out)
	}
}

// files returns the hashes of all files below a folder, except timings.
func (tr *trainer) files(folder string) map[string][32]byte {
	sums := map[string][32]byte{}
	root := filepath.Join(tr.dir, folder)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "timings.jsonl" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		sums[name] = sha256.Sum256(data)
		return err
	})
	if err != nil {
		tr.t.Fatal(err)
	}
	return sums
}

func (tr *trainer) read(name string) []byte {
	data, err := os.ReadFile(filepath.Join(tr.dir, name))
	if err != nil {
		tr.t.Fatal(err)
	}
	return data
}
