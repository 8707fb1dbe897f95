package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"

	"assay/harness/cli"
)

// chatServer is a chat server that refuses what its model's name says, and keeps the bodies
// of the requests that it answered.
type chatServer struct {
	url      string
	mu       sync.Mutex
	refused  int
	answered []map[string]any
}

func newChatServer(t *testing.T) *chatServer {
	s := &chatServer{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			io.WriteString(w, `{"data":[{"id":"something else"}]}`)
			return
		}
		var body map[string]any
		if err := json.UnmarshalRead(r.Body, &body); err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		messages := body["messages"].([]any)
		refuse := func(text, param string) {
			s.refused++
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":{"message":%q,"param":%q}}`, text, param)
		}
		switch {
		case body["model"] == "fixed" && body["temperature"] != nil:
			refuse("the temperature is what it is", "temperature")
		case body["model"] == "gemma" && messages[0].(map[string]any)["role"] == "system":
			refuse("System role not supported", "")
		case body["model"] == "gate" && (r.Header.Get("X-Gate") != "Basic gate-secret" || r.URL.Query().Get("pass") != "pass secret" || r.Header.Get("Api-Key") != "key-secret"):
			refuse("what are "+r.Header.Get("X-Gate")+" and "+r.URL.RawQuery+" and "+r.Header.Get("Api-Key"), "")
		case body["model"] == "echo":
			refuse("what are "+r.Header.Get("X-Gate")+" and "+r.URL.RawQuery+" and "+r.Header.Get("Api-Key"), "")
		default:
			s.answered = append(s.answered, body)
			io.WriteString(w, `{"choices":[{"message":{"content":"<think>hm\nhm</think>Fine.\nGrade: 5"},"finish_reason":"stop"}]}`)
		}
	}))
	t.Cleanup(web.Close)
	s.url = web.URL + "/v1"
	return s
}

// runModels runs a plan of models and judges over three prompts, each in a folder of its own.
func runModels(t *testing.T, dir, out, content string, flags ...string) (code int, stdout, stderr string) {
	t.Helper()
	files := map[string]string{
		"prompts.jsonl": "{\"instruction\":\"Say a.\"}\n{\"instruction\":\"Say b.\"}\n{\"instruction\":\"Say c.\"}\n",
		out + ".yaml":   content,
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var so, se bytes.Buffer
	args := append([]string{"run", filepath.Join(dir, out+".yaml"), "-o", filepath.Join(dir, out)}, flags...)
	code = cli.Main(t.Context(), args, &so, &se)
	return code, so.String(), se.String()
}

func readAll(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

const askedSuite = "\nsuites:\n  - {suite: winrate, data: prompts.jsonl}\n"

func TestRequestsTakeWhatTheEnvironmentHas(t *testing.T) {
	s := newChatServer(t)
	t.Setenv("ASSAY_TEST_GATE", "gate-secret")
	t.Setenv("ASSAY_TEST_PASS", "pass secret")
	t.Setenv("ASSAY_TEST_KEY", "key-secret")
	form := "api: chat, api_key_env: ASSAY_TEST_KEY, api_key_header: api-key, headers: {X-Gate: {env: ASSAY_TEST_GATE, prefix: 'Basic '}}, query: {pass: {env: ASSAY_TEST_PASS}}, attempts: 1"
	dir := t.TempDir()
	code, stdout, stderr := runModels(t, dir, "good", fmt.Sprintf("models:\n  - {name: m, model: \"openai:%s#gate\", %s, extra: {effort: low}}%s", s.url, form, askedSuite))
	if code != cli.ExitOK || len(s.answered) != 3 || s.answered[0]["effort"] != "low" {
		t.Errorf("code %d, %d answered: %s", code, len(s.answered), stderr)
	}
	if !strings.Contains(stderr, `doesn't list "gate"`) {
		t.Errorf("said %s", stderr)
	}
	code, bad, said := runModels(t, dir, "bad", fmt.Sprintf("models:\n  - {name: m, model: \"openai:%s#echo\", %s}\n  - {name: n, model: \"openai:%s#free\", api: chat}%s", s.url, form, s.url, askedSuite))
	if code == cli.ExitOK || !strings.Contains(said, "[hidden]") {
		t.Errorf("code %d: %s", code, said)
	}
	all := readAll(t, dir) + stdout + stderr + bad + said
	for _, secret := range []string{"gate-secret", "pass secret", "pass+secret", "pass%20secret", "key-secret"} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is in a record or in the output", secret)
		}
	}
}

// A refused member that may change answers stops the run with an error that says which line
// to write. With that line, the request is a different one.
func TestRunStopsWithTheLineToWrite(t *testing.T) {
	s := newChatServer(t)
	dir := t.TempDir()
	model := func(more string) string {
		return fmt.Sprintf("models:\n  - {name: m, model: \"openai:%s#fixed\", api: chat%s}%s", s.url, more, askedSuite)
	}
	code, _, stderr := runModels(t, dir, "run", model(", concurrency: 1"))
	if code == cli.ExitOK || s.refused != 1 || !strings.Contains(stderr, "the server refuses temperature (status 400: the temperature is what it is); set temperature: for the model in the plan to a value that the server accepts, or add omit: [temperature] to use the server's default") {
		t.Errorf("code %d after %d refusals: %s", code, s.refused, stderr)
	}
	if code, _, stderr := runModels(t, dir, "run", model(", omit: [temperature]")); code != cli.ExitOK || len(s.answered) != 3 {
		t.Errorf("code %d: %s", code, stderr)
	}
	folders := 0
	reuse := filepath.Join(dir, "run")
	for more, asked := range map[string]int{", omit: [temperature]": 0, ", omit: [temperature, top_p]": 3, ", omit: [temperature], extra: {effort: low}": 3,
		", omit: [temperature], headers: {X-Team: a}": 3, ", omit: [temperature], thoughts: keep": 3, ", omit: [temperature], max_completion_tokens: 9": 3} {
		before := len(s.answered)
		folders++
		if code, stdout, stderr := runModels(t, dir, fmt.Sprintf("other%d", folders), model(more), "--reuse", reuse); code != cli.ExitOK || len(s.answered)-before != asked {
			t.Errorf("%s: code %d, asked %d, want %d\n%s%s", more, code, len(s.answered)-before, asked, stdout, stderr)
		}
	}
}

// A judge without a system role gets one turn. This is reported once, recorded, and known to
// the next session. Requests that differ between two models are reported.
func TestServerWithoutSystemRole(t *testing.T) {
	s := newChatServer(t)
	dir := t.TempDir()
	content := func(more string) string {
		return fmt.Sprintf(`baseline: m
models:
  - {name: m, model: "openai:%s#a", api: chat}
  - {name: n, model: "openai:%s#b", api: chat, temperature: 0.5, top_p: 1}
suites:
  - {suite: winrate, data: prompts.jsonl, judge: g%s}
judges:
  - {name: g, kind: grade, model: "openai:%s#gemma", api: chat, concurrency: 1}
`, s.url, s.url, more, s.url)
	}
	code, stdout, stderr := runModels(t, dir, "run", content(""))
	if code != cli.ExitOK || strings.Count(stderr, "the server has no system role") != 1 || !strings.Contains(stderr, "note: judge g: ") {
		t.Errorf("code %d: %s", code, stderr)
	}
	if want := "requests to the two models differ (first, second): temperature (0.5 beside unset), top_p (1 beside unset)"; !strings.Contains(strings.Join(strings.Fields(stdout), " "), want) {
		t.Errorf("no warning of the requests:\n%s", stdout)
	}
	records := readAll(t, filepath.Join(dir, "run"))
	for _, want := range []string{`"change":"system's text in the user's turn"`, `"sent":"system's text in the user's turn"`} {
		if !strings.Contains(records, want) {
			t.Errorf("no %s in the run", want)
		}
	}
	if strings.Contains(records, "<think>") {
		t.Error("a thought is in the run")
	}
	refused, answered := s.refused, len(s.answered)
	code, _, stderr = runModels(t, dir, "run", content(", samples: 2"))
	if code != cli.ExitBadInput && code != cli.ExitOK || s.refused != refused || strings.Contains(stderr, "the server has no system role") {
		t.Errorf("code %d, %d refusals more: %s", code, s.refused-refused, stderr)
	}
	if len(s.answered) == answered && code == cli.ExitOK {
		t.Error("no request was sent for the second sample")
	}
}
