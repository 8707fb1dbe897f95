package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"assay/harness/cli"
)

// folder is a working folder with a chat server. A rule makes the answer to the n-th request
// to a model.
type folder struct {
	t   *testing.T
	dir string
}

func newFolder(t *testing.T, plan string, rule func(n int, model string) (code int, body string)) *folder {
	t.Helper()
	var mu sync.Mutex
	counts := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			http.NotFound(w, r)
			return
		}
		var asked struct{ Model string }
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			t.Error(err)
		}
		mu.Lock()
		counts[asked.Model]++
		code, body := rule(counts[asked.Model], asked.Model)
		mu.Unlock()
		w.WriteHeader(code)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	f := &folder{t, t.TempDir()}
	f.write("plan.yaml", strings.ReplaceAll(plan, "SERVER", "openai:"+server.URL+"/v1"))
	return f
}

func (f *folder) write(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

// assay runs a command in the folder, and returns its output and exit code.
func (f *folder) assay(args ...string) (stdout, stderr string, code int) {
	f.t.Helper()
	f.t.Chdir(f.dir)
	var out, err bytes.Buffer
	code = cli.Main(f.t.Context(), args, &out, &err)
	return strings.Join(strings.Fields(out.String()), " "), strings.Join(strings.Fields(err.String()), " "), code
}

// reply is an answer of the chat route; the text "null" is no text.
func reply(text, finish string) string {
	if text != "null" {
		text = fmt.Sprintf("%q", text)
	}
	return fmt.Sprintf(`{"choices":[{"index":0,"message":{"role":"assistant","content":%s},"finish_reason":%q}],"usage":{"prompt_tokens":3,"completion_tokens":2}}`, text, finish)
}

// questions are n questions in SQuAD's format, every other one without an answer.
func questions(n int) string {
	var all []string
	for i := range n {
		answers, impossible := `[{"text":"the mill","answer_start":0}]`, i%2 == 1
		if impossible {
			answers = "[]"
		}
		all = append(all, fmt.Sprintf(`{"id":"q%d","question":"Where was barrel %d?","answers":%s,"is_impossible":%v}`, i, i, answers, impossible))
	}
	return `{"version":"v2.0","data":[{"title":"t","paragraphs":[{"context":"the mill burnt down","qas":[` + strings.Join(all, ",") + `]}]}]}`
}

const squadPlan = `
baseline: quick
models:
  - {name: quick, model: "SERVER#quick", api: chat, concurrency: 1}
  - {name: slow, model: "SERVER#slow", api: chat, concurrency: 1}
suites:
  - {suite: squadv2, data: squad.json}
`

// A SQuAD run whose answers are all empty never shows 0.5. Answers that were cut off are not
// scored, and empty answers by the model's own stop give no estimate. Every format reports
// them.
func TestSilenceIsNoReading(t *testing.T) {
	for _, tt := range []struct {
		name, text, finish, mark, n string
	}{
		{"thought to the limit", "null", "length", "6 of 6 cut (100%), 6 empty (100%)", ",0,0,6,6,6,6,0,0,,,,,"},
		{"stopped on its own", " \n", "stop", "6 of 6 empty (100%)", ",6,0,0,6,0,6,0,0,,,,,"},
		{"no word of a stop", "", "", "6 of 6 empty (100%)", ",0,0,6,6,0,6,0,0,,,,,"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFolder(t, squadPlan, func(_ int, model string) (int, string) {
				if model == "slow" {
					return 200, reply(tt.text, tt.finish)
				}
				return 200, reply("Not in background.", "stop")
			})
			f.write("squad.json", questions(6))
			out, _, code := f.assay("run", "plan.yaml", "-o", "run")
			for _, want := range []string{"squadv2, answers of slow: " + tt.mark, "Answers of slow under zeroshot: " + tt.mark, "slow not scored not scored",
				"answers of quick are 0%", "quick: none cut, empty, filtered or failed; slow: " + tt.mark} {
				if !strings.Contains(out, want) {
					t.Errorf("the run doesn't print %q:\n%s", want, out)
				}
			}
			if strings.Contains(out, "slow 0.5") || code != 0 {
				t.Errorf("exit %d: %s", code, out)
			}
			csv, _, _ := f.assay("estimate", "run", "--format", "csv")
			if want := "squadv2,exact_match,slow,zeroshot,,,,,0.95,none" + tt.n; !strings.Contains(csv, want) {
				t.Errorf("no row %s in\n%s", want, csv)
			}
			for _, format := range []string{"md", "tex", "json"} {
				want := map[string]string{"md": "Answers of slow", "tex": "Answers of slow", "json": `"empty": 6,`}[format]
				if out, _, _ := f.assay("estimate", "run", "--format", format); !strings.Contains(out, want) {
					t.Errorf("%s has no %q:\n%s", format, want, out)
				}
			}
			if _, said, code := f.assay("report", "run", "-o", "page"); code != 0 {
				t.Fatal(said)
			}
			page, err := os.ReadFile(filepath.Join(f.dir, "page", "report.html"))
			if err != nil || !strings.Contains(string(page), "Answers of slow under zeroshot: "+tt.mark) || !strings.Contains(string(page), `"k":`) {
				t.Errorf("the page doesn't report them (%v)", err)
			}
		})
	}
}

// If only half of the answers are empty by the model's own stop, they count as no answer.
func TestSilenceWhereTheModelStopsIsAnAnswer(t *testing.T) {
	f := newFolder(t, squadPlan, func(n int, _ string) (int, string) {
		if n%2 == 0 {
			return 200, reply("", "end_turn")
		}
		return 200, reply("the mill", "stop")
	})
	f.write("squad.json", questions(6))
	f.assay("run", "plan.yaml", "-o", "run")
	out, _, _ := f.assay("estimate", "run", "--format", "csv")
	for _, model := range []string{"quick", "slow"} {
		if want := "squadv2,exact_match," + model + ",zeroshot,1,"; !strings.Contains(out, want) {
			t.Errorf("no row %s in\n%s", want, out)
		}
	}
}

// promptsPlan sends one request at a time: which requests are answered before a refusal stops
// the run doesn't depend on their speed.
const promptsPlan = `
models:
  - {name: m, model: "SERVER#m", api: chat, concurrency: 1}
suites:
  - {suite: winrate, data: prompts.jsonl}
`

func prompts(n int) string {
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, "{\"instruction\":\"Count barrel %d.\"}\n", i)
	}
	return all.String()
}

// When the credit is used up, the run stops soon with its own exit code, publishes nothing
// and can be resumed. --retry is suggested only if it does something.
func TestCreditRunsOut(t *testing.T) {
	spent := true
	f := newFolder(t, promptsPlan, func(n int, _ string) (int, string) {
		switch {
		case n == 3:
			return 400, `{"error":{"message":"the prompt is too long"}}`
		case n > 12 && spent:
			return 400, `{"error":{"message":"Sorry: your credit balance is too low."}}`
		}
		return 200, reply("One.", "stop")
	})
	f.write("prompts.jsonl", prompts(40))
	_, said, code := f.assay("run", "plan.yaml", "-o", "run")
	if code != cli.ExitNotAttempted || !strings.Contains(said, "requests to http://127.0.0.1:") || !strings.Contains(said, " were refused, the last with: status 400: Sorry: your credit balance is too low.") || !strings.Contains(said, "11 answers are kept") {
		t.Errorf("exit %d: %s", code, said)
	}
	if _, err := os.Stat(filepath.Join(f.dir, "run", "manifest.json")); err == nil {
		t.Error("a run without credit is published")
	}
	spent = false
	out, said, code := f.assay("run", "plan.yaml", "-o", "run")
	if code != 0 || !strings.Contains(out, "28 requests sent, 11 saved answers reused") || !strings.Contains(out, "no usable answer to 1 request: status 400: the prompt is too long") {
		t.Errorf("resumed: exit %d: %s %s", code, out, said)
	}
	if out, _, _ := f.assay("run", "plan.yaml", "-o", "run"); !strings.Contains(out, "nothing to do: the run is finished; --retry sends 1 failed request again") {
		t.Errorf("finished: %s", out)
	}
	if out, _, _ := f.assay("run", "plan.yaml", "-o", "run", "--retry"); !strings.Contains(out, "40 completions") || !strings.Contains(out, "1 request sent, 39 saved answers reused") {
		t.Errorf("--retry: %s", out)
	}
	if out, _, _ := f.assay("run", "plan.yaml", "-o", "run", "--retry"); !strings.HasSuffix(out, "nothing to do: the run is finished") {
		t.Errorf("--retry of a complete run: %s", out)
	}
}

// The same in a response with status 200, as routers send it.
func TestCreditRunsOutInA200(t *testing.T) {
	f := newFolder(t, promptsPlan, func(n int, _ string) (int, string) {
		switch {
		case n == 2:
			return 200, `{"error":{"code":403,"message":"Your input was flagged by a moderator."}}`
		case n > 6:
			return 200, `{"error":{"code":402,"message":"Insufficient credits for this call."}}`
		}
		return 200, reply("One.", "stop")
	})
	f.write("prompts.jsonl", prompts(9))
	_, said, code := f.assay("run", "plan.yaml", "-o", "run")
	if code != cli.ExitNotAttempted || !strings.Contains(said, "3 requests to http://127.0.0.1:") || !strings.Contains(said, " were refused, the last with: the answer is an error: Insufficient credits for this call.") || !strings.Contains(said, "5 answers are kept") {
		t.Errorf("exit %d: %s", code, said)
	}
}

// An answer that ended with an error is requested again; a filtered one is no answer.
func TestFailedAndFilteredAnswers(t *testing.T) {
	f := newFolder(t, promptsPlan, func(n int, _ string) (int, string) {
		switch n {
		case 1:
			return 200, `{"choices":[{"message":{"content":"Half of a"},"finish_reason":"error","error":{"message":"upstream broke"}}]}`
		case 4:
			return 200, reply("null", "content_filter")
		case 5:
			return 400, `{"error":{"message":"no","code":"content_filter"}}`
		}
		return 200, reply("One.", "stop")
	})
	f.write("prompts.jsonl", prompts(6))
	out, said, code := f.assay("run", "plan.yaml", "-o", "run")
	for _, want := range []string{"4 completions", "winrate, answers of m: 2 of 6 filtered (33.3%)", "2 failed (--retry sends failed requests again)", "no usable answer to 1 request: the server filtered the answer"} {
		if !strings.Contains(out, want) {
			t.Errorf("exit %d, no %q in %s %s", code, want, out, said)
		}
	}
	if records, err := os.ReadFile(filepath.Join(f.dir, "run", "completions.jsonl")); err != nil || strings.Contains(string(records), "Half of a") {
		t.Errorf("the failed answer is in the records (%v)", err)
	}
}
