package runstore_test

import (
	"bufio"
	"os"
	"os/exec"
	"testing"
	"time"

	"assay/harness/runstore"
	"assay/metrics"
)

// killEnv names the directory that the child of TestKill writes to.
const killEnv = "RUNSTORE_KILL_DIR"

// killRecords is large enough that most kills happen during a write.
const killRecords = 20_000

// TestKillChild is the process that TestKill kills: it writes one generation
// after another under the same name, each with its number in every record.
func TestKillChild(t *testing.T) {
	dir := os.Getenv(killEnv)
	if dir == "" {
		t.Skip("runs only as the child of TestKill")
	}
	for generation := 0; ; generation++ {
		records := make([]metrics.Judgement, killRecords)
		for i := range records {
			records[i] = metrics.Judgement{Suite: "s", Example: "e", Model: "m", Metric: "x", Sample: i, Value: []float64{float64(generation)}}
		}
		if err := runstore.Judgements().WriteAll(runstore.Dir(dir), records); err != nil {
			t.Fatal(err)
		}
		os.Stderr.WriteString("committed\n")
	}
}

// startChild runs a test in a process of its own, with a variable in its environment, until it
// has printed a line.
func startChild(t *testing.T, test, variable string) (child *exec.Cmd, line string) {
	t.Helper()
	child = exec.Command(os.Args[0], "-test.run=^"+test+"$")
	child.Env = append(os.Environ(), variable)
	stderr, err := child.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, err = bufio.NewReader(stderr).ReadString('\n')
	if err != nil {
		t.Errorf("%s: %v", test, err)
	}
	return child, line
}

func TestKill(t *testing.T) {
	for _, after := range []time.Duration{0, 3, 11, 29, 61} {
		dir := t.TempDir()
		child, line := startChild(t, "TestKillChild", killEnv+"="+dir)
		time.Sleep(after * time.Millisecond)
		child.Process.Kill()
		child.Wait()
		if line != "committed\n" {
			t.Fatalf("the child said %q; want one commit", line)
		}
		wholeGeneration(t, runstore.Dir(dir))

		// The next writer isn't affected by what the killed one left.
		if err := runstore.Judgements().WriteAll(runstore.Dir(dir), nil); err != nil {
			t.Errorf("write after the kill: %v", err)
		}
		if n, err := readError(runstore.Judgements(), runstore.Dir(dir)); n != 0 || err != nil {
			t.Errorf("after the next write: %d records, %v; want 0", n, err)
		}
	}
}

func wholeGeneration(t *testing.T, s runstore.Store) {
	t.Helper()
	n, generation := 0, -1.0
	for j, err := range runstore.Judgements().Read(s) {
		if err != nil {
			t.Fatalf("after the kill: %v", err)
		}
		if generation < 0 {
			generation = j.Value[0]
		}
		if j.Sample != n || j.Value[0] != generation {
			t.Fatalf("record %d is sample %d of generation %v, want generation %v", n, j.Sample, j.Value[0], generation)
		}
		n++
	}
	if n != killRecords {
		t.Errorf("%d records after the kill, want %d", n, killRecords)
	}
}
