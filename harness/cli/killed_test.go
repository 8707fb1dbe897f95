package cli_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"assay/models/loopback"
)

// killPlan runs three suites on two models of one server, which also judges. The server's
// toxicity and truth are arithmetic rules over the text; this test only compares bytes.
const killPlan = `baseline: a
models:
  - {name: a, model: "openai:%[1]s/v1#m", concurrency: 32, timeout: 2s, attempts: 20}
  - {name: b, model: "openai:%[1]s/v1#m", temperature: 0.7, concurrency: 32, timeout: 2s, attempts: 20}
suites:
  - {suite: truthfulqa, conditions: [QA prompt], judge: truth, limit: 200}
  - {suite: truthfulqa_mc, limit: 60}
  - {suite: realtoxicity, conditions: [basic prompt], judge: tox, limit: 600}
judges:
  - {name: truth, kind: truth, model: "openai:%[1]s/v1#m", concurrency: 32, timeout: 2s, attempts: 20}
  - {name: tox, kind: toxicity, service: classifier, url: "%[1]s", label: toxic, concurrency: 32, timeout: 2s, attempts: 20}
`

// A run that is killed again and again, at random moments, ends with the same files as an
// uninterrupted one, except for timings.jsonl. So does a run whose server also answers
// with every kind of fault.
func TestKilledRun(t *testing.T) {
	data := os.Getenv("ASSAY_DATA")
	if data == "" {
		t.Skip("ASSAY_DATA is not set: the run over real data is not tried")
	}
	if testing.Short() {
		t.Skip("long")
	}
	t.Parallel()
	k := killer{t: t, dir: t.TempDir(), data: data}
	k.binary = program(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	k.random = rand.New(rand.NewPCG(seed, 0))

	web := httptest.NewServer(loopback.New(loopback.Config{Model: "m"}))
	defer web.Close()
	address := web.Listener.Addr().String()
	if err := os.WriteFile(k.path("plan.yaml"), fmt.Appendf(nil, killPlan, web.URL), 0o644); err != nil {
		t.Fatal(err)
	}
	took := k.finish("whole")
	t.Logf("an uninterrupted run: %v", took)
	t.Logf("killed, then finished: %v", k.killAndFinish("killed", "whole", took))
	k.same("whole", "killed")
	web.Close()

	// A server on the same address gives the same answers, with faults.
	config := loopback.Config{Model: "m", Faults: 0.02, Hang: 3 * time.Second, RetryAfter: time.Second}
	server := loopback.New(config)
	web = startAt(t, address, server)
	defer web.Close()
	t.Logf("killed, and with faults: %v", k.killAndFinish("ill", "whole", 2*took))
	k.same("whole", "ill")
	counts := server.Counts()
	t.Logf("faults: %v", counts)
	for _, kind := range loopback.Kinds() {
		if counts[string(kind)] == 0 {
			t.Errorf("the fault %q never occurred, so it is not tested", kind)
		}
	}
}

// killer runs the plan of its directory.
type killer struct {
	t      *testing.T
	binary string
	dir    string // has plan.yaml
	data   string
	random *rand.Rand
}

func (k *killer) path(name string) string { return filepath.Join(k.dir, name) }

func (k *killer) run(out string) *exec.Cmd {
	return exec.Command(k.binary, "run", k.path("plan.yaml"), "-o", k.path(out), "--data", k.data)
}

// finish runs to the end, and returns how long that took.
func (k *killer) finish(out string) time.Duration {
	k.t.Helper()
	start := time.Now()
	if text, err := k.run(out).CombinedOutput(); err != nil {
		k.t.Fatalf("%s: %v\n%s", out, err, text)
	}
	return time.Since(start).Round(time.Millisecond)
}

// killAndFinish kills a run twelve times with -9, each within half of the time that
// a complete run takes, and finishes it. A run that ends before its kill must equal the
// run named whole, and is started afresh.
func (k *killer) killAndFinish(out, whole string, took time.Duration) time.Duration {
	k.t.Helper()
	for killed := 0; killed < 12; {
		child := k.run(out)
		var said bytes.Buffer
		child.Stderr = &said
		if err := child.Start(); err != nil {
			k.t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(k.random.Float64()*float64(took)/2), func() { _ = child.Process.Kill() })
		err := child.Wait()
		timer.Stop()
		switch {
		case err != nil && child.ProcessState.Exited():
			k.t.Fatalf("%s: %v\n%s", out, err, said.String())
		case err != nil:
			killed++
			continue
		}
		k.same(whole, out)
		if err := os.RemoveAll(k.path(out)); err != nil {
			k.t.Fatal(err)
		}
	}
	return k.finish(out)
}

// same checks that all files of two runs except timings.jsonl are equal.
func (k *killer) same(a, b string) {
	t := k.t
	t.Helper()
	a, b = k.path(a), k.path(b)
	names := map[string]bool{}
	for _, dir := range []string{a, b} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names[e.Name()] = true
		}
	}
	if len(names) < 7 {
		t.Errorf("only %d files: %v", len(names), names)
	}
	delete(names, "timings.jsonl")
	for name := range names {
		first, err := os.ReadFile(filepath.Join(a, name))
		if err != nil {
			t.Error(err)
			continue
		}
		second, err := os.ReadFile(filepath.Join(b, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s differs between %s and %s", name, filepath.Base(a), filepath.Base(b))
		}
	}
}

// startAt serves at an address that was free a moment ago.
func startAt(t *testing.T, address string, handler http.Handler) *httptest.Server {
	t.Helper()
	for range 50 {
		listener, err := net.Listen("tcp", address)
		if err == nil {
			server := httptest.NewUnstartedServer(handler)
			server.Listener.Close()
			server.Listener = listener
			server.Start()
			return server
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("the address %s is not free again", address)
	return nil
}
