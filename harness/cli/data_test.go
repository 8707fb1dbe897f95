package cli_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/harness/cli"
)

// runData runs the command in this process.
func runData(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = cli.Main(t.Context(), append([]string{"data"}, args...), &out, &err)
	return code, out.String(), err.String()
}

// The real files, from a server on loopback in place of their sources.
func TestDataPullsPublishedFiles(t *testing.T) {
	root := os.Getenv("ASSAY_DATA")
	if root == "" {
		t.Skip("ASSAY_DATA is not set: there are no files to serve")
	}
	mirror := httptest.NewServer(http.StripPrefix("/mirror", http.FileServer(http.Dir(root))))
	defer mirror.Close()
	dir := filepath.Join(t.TempDir(), "sets", "of", "data")
	pull := []string{"pull", "truthfulqa", "mt-bench", "--data", dir, "--from", mirror.URL + "/mirror"}
	for _, want := range []string{"downloaded, ", "already present"} {
		code, stdout, stderr := runData(t, pull...)
		if code != 0 || strings.Count(stdout, want) != 3 || stderr != "" {
			t.Fatalf("exit %d, want three times %q:\n%s%s", code, want, stdout, stderr)
		}
	}
	code, stdout, stderr := runData(t, "verify", "--data", dir)
	if code != 0 || strings.Count(stdout, "present ") != 3 || !strings.Contains(stdout, "files that match the record: 3; absent: 21") {
		t.Errorf("exit %d:\n%s%s", code, stdout, stderr)
	}

	csv := filepath.Join(dir, "truthfulqa", "TruthfulQA.csv")
	text, err := os.ReadFile(csv)
	if err != nil {
		t.Fatal(err)
	}
	text[1000] ^= 1 // the same size
	if err := os.WriteFile(csv, text, 0o644); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = runData(t, "verify", "truthfulqa", "--data", dir)
	if code != 2 || !strings.Contains(stdout, "damaged  truthfulqa/TruthfulQA.csv: SHA-256 ") || !strings.Contains(stderr, "truthfulqa/TruthfulQA.csv is damaged") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit %d:\n%s%s", code, stdout, stderr)
	}
	code, _, stderr = runData(t, pull...)
	if code != 2 || !strings.Contains(stderr, "replace it with --force") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit %d:\n%s", code, stderr)
	}
	if code, _, stderr = runData(t, append(pull, "--force")...); code != 0 {
		t.Errorf("exit %d:\n%s", code, stderr)
	}
	if code, stdout, _ = runData(t, "ls", "--data", dir); code != 0 || strings.Count(stdout, " present ") != 2 {
		t.Errorf("exit %d:\n%s", code, stdout)
	}
}

// A server with other bytes: one line, exit 2, nothing left behind.
func TestDataPullsNoOtherFile(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write(bytes.Repeat([]byte("x"), 48929))
	}))
	defer server.Close()
	parent := t.TempDir()
	code, stdout, stderr := runData(t, "pull", "mt-bench", "--data", filepath.Join(parent, "sets"), "--from", server.URL)
	if code != 2 || stdout != "" || !strings.Contains(stderr, "SHA-256 ") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit %d:\n%s%s", code, stdout, stderr)
	}
	if left, err := os.ReadDir(parent); len(left) > 0 || err != nil {
		t.Errorf("%v was left behind, %v", left, err)
	}
}
