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

	"assay/models/bpe"
	"assay/models/compute"
	"assay/models/compute/kernels"
	"assay/models/gpt"
)

// A server that is told to stop ends the stream under way, takes nothing new, and ends
// with 0.
func TestServeStops(t *testing.T) {
	dir := t.TempDir()
	cpu := kernels.New(kernels.Generic, 1)
	defer cpu.Close()
	tokenizer := bpe.NewBytes()
	net, err := gpt.New(compute.NewEngine(cpu), gpt.GPT2(tokenizer.Size(), 1000, 64, 2, 2), rand.NewPCG(1, 1))
	if err != nil {
		t.Fatal(err)
	}
	model := filepath.Join(dir, "tiny")
	if err := os.Mkdir(model, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := net.Save(model); err != nil {
		t.Fatal(err)
	}
	if err := tokenizer.Save(model); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "assay")
	if out, err := exec.Command("go", "build", "-o", binary, "assay").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	server := exec.Command(binary, "serve", model, "--address", "127.0.0.1:0")
	log, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Process.Kill() }()
	lines := bufio.NewReader(log)
	first, err := lines.ReadString('\n')
	url := regexp.MustCompile(`http://127\.0\.0\.1:[1-9]\d*/v1`).FindString(first)
	if err != nil || url == "" {
		t.Fatalf("it says %q, %v", first, err)
	}
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
		t.Errorf("the stream under way ends with %q, %v", rest[max(0, len(rest)-100):], err)
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
