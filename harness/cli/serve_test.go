package cli_test

import (
	"bufio"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/gpt"
)

// served is assay on a model with random weights.
type served struct {
	t      *testing.T
	binary string
	model  string
}

// newServed builds the program and the model.
func newServed(t *testing.T) *served {
	t.Helper()
	return &served{t: t, model: tinyModel(t, 1000), binary: program(t)}
}

// tinyModel writes a checkpoint with random weights and a context of so many bytes.
func tinyModel(t *testing.T, window int) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "tiny")
	cpu := kernels.New(kernels.Generic, 1)
	defer cpu.Close()
	tokenizer := bpe.NewBytes()
	net, err := gpt.New(compute.NewEngine(cpu), gpt.GPT2(tokenizer.Size(), window, 64, 2, 2), rand.NewPCG(1, 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := net.Save(dir); err != nil {
		t.Fatal(err)
	}
	if err := tokenizer.Save(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start serves the model; lines are the rest of its output.
func (s *served) start(flags ...string) (server *exec.Cmd, url string, lines *bufio.Reader) {
	s.t.Helper()
	server = exec.Command(s.binary, append([]string{"serve", s.model, "--address", "127.0.0.1:0"}, flags...)...)
	log, err := server.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = server.Process.Kill() })
	lines = bufio.NewReader(log)
	first, err := lines.ReadString('\n')
	url = regexp.MustCompile(`http://127\.0\.0\.1:[1-9]\d*/v1`).FindString(first)
	if err != nil || url == "" {
		s.t.Fatalf("it says %q, %v", first, err)
	}
	return server, url, lines
}

// A server that gets a signal to stop finishes the current stream, accepts no new request,
// and exits with 0.
func TestServeStops(t *testing.T) {
	server, url, lines := newServed(t).start()
	response, err := http.Post(url+"/completions", "application/json", strings.NewReader(`{"prompt": "SECRET", "max_tokens": 900, "stream": true, "logit_bias": {}}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body := bufio.NewReader(response.Body)
	if _, err := body.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(body)
	if err != nil || !strings.HasSuffix(string(rest), "data: [DONE]\n\n") {
		t.Errorf("the current stream ends with %q, %v", rest[max(0, len(rest)-100):], err)
	}
	said, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	if s := string(said); !strings.Contains(s, "route=/v1/completions status=200") || strings.Contains(s, "SECRET") || !strings.HasSuffix(s, "stopped\n") {
		t.Errorf("it says %q", s)
	}
	if _, err := http.Get(url + "/models"); err == nil {
		t.Error("it still answers")
	}
}

// Requests that don't end within --grace, or before a second signal, get an error with the reason.
func TestServeCutsOff(t *testing.T) {
	s := newServed(t)
	for _, tt := range []struct {
		grace   string
		signals int
	}{{"50ms", 1}, {"10m", 2}} {
		server, url, lines := s.start("--grace", tt.grace, "--sequences", "1", "--quiet")
		ask := func(more string) *http.Response {
			response, err := http.Post(url+"/completions", "application/json", strings.NewReader(`{"prompt": "x", "max_tokens": 900, "n": 128`+more+`}`))
			if err != nil {
				t.Error(err)
				return nil
			}
			t.Cleanup(func() { _ = response.Body.Close() })
			return response
		}
		streamed := ask(`, "stream": true`)
		if streamed == nil {
			return
		}
		whole := make(chan *http.Response, 1)
		go func() { whole <- ask("") }()
		waitFor(t, strings.TrimSuffix(url, "/v1")+"/metrics", "assay_answers_in_flight 256\n")
		begun := time.Now()
		if err := server.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		said, err := lines.ReadString('\n')
		if err != nil || !strings.HasPrefix(said, "stopping: ") {
			t.Fatalf("it says %q, %v", said, err)
		}
		if tt.signals == 2 {
			if err := server.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
		}
		const why = `"message":"the server is stopping"`
		if rest, err := io.ReadAll(streamed.Body); err != nil || !strings.Contains(string(rest[max(0, len(rest)-200):]), why) {
			t.Errorf("--grace %s: a stream ends with %q, %v", tt.grace, rest[max(0, len(rest)-200):], err)
		}
		if r := <-whole; r != nil {
			if body, err := io.ReadAll(r.Body); r.StatusCode != http.StatusServiceUnavailable || err != nil || !strings.Contains(string(body), why) {
				t.Errorf("--grace %s: an answer in one piece: status %d, %q, %v", tt.grace, r.StatusCode, body, err)
			}
		}
		rest, err := io.ReadAll(lines)
		if err != nil || string(rest) != "stopped: some requests were cut off\n" {
			t.Errorf("--grace %s: it says %q, %v", tt.grace, rest, err)
		}
		if err := server.Wait(); err != nil {
			t.Errorf("the server ended with %v", err)
		}
		if took := time.Since(begun); took > time.Minute {
			t.Errorf("--grace %s: it took %v", tt.grace, took)
		}
	}
}

// waitFor waits until a page has a text.
func waitFor(t *testing.T, url, text string) {
	t.Helper()
	for range 10_000 {
		response, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(page), text) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s never had %q", url, text)
}

// Ctrl-C stops the writing of a text, and the reading of a prompt.
func TestGenerateStops(t *testing.T) {
	s := newServed(t)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"x", "-n", "900", "--samples", "100000", "--quiet"}, "assay: interrupted; the text above is incomplete\n"},
		{nil, "assay: interrupted while reading the prompt\n"},
	} {
		cmd := exec.Command(s.binary, append([]string{"generate", s.model}, tt.args...)...)
		in, err := cmd.StdinPipe() // stays open
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		cmd.Stderr = &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = cmd.Process.Kill() }()
		if tt.args != nil {
			if _, err := out.Read(make([]byte, 100)); err != nil {
				t.Fatal(err)
			}
		} else if _, err := in.Write(make([]byte, 1<<20)); err != nil { // more than a pipe holds, so it has begun to read
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, out); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 2 || said.String() != tt.want {
			t.Errorf("%q: it ends with %v and says %q", tt.args, err, said.String())
		}
	}
}
