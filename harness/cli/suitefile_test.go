package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"assay/harness/cli"
)

// clerk answers tickets: the number in the last question, from which it is seldom wrong. Model
// "good" is wrong on multiples of 7, "weak" on multiples of 7 and on 11 to 15.
type clerk struct {
	mu      sync.Mutex
	prompts []string // as "system|turn|...|prompt"
}

func (c *clerk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Model, Prompt string
		Messages      []struct{ Role, Content string }
		Stop          []string
		MaxTokens     int `json:"max_tokens"`
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		fmt.Fprint(w, `{"data":[{"id":"good"},{"id":"weak"}]}`)
		return
	}
	prompt := q.Prompt
	var all []string
	for _, m := range q.Messages {
		prompt = m.Content
		all = append(all, m.Role+":"+m.Content)
	}
	if all == nil {
		all = []string{prompt}
	}
	c.mu.Lock()
	c.prompts = append(c.prompts, strings.Join(all, "|"))
	c.mu.Unlock()
	n := 0
	fmt.Sscanf(prompt[strings.LastIndex(prompt, "ticket ")+len("ticket "):], "%d", &n)
	answer := fmt.Sprintf("Shelf %d.", n*n)
	if n%7 == 0 || q.Model == "weak" && n >= 11 && n <= 15 {
		answer = "I don't know"
	}
	if q.Model == "judge" {
		answer = "Grade: 5"
		if strings.Contains(prompt, "I don't know") {
			answer = "Grade: 1"
		}
	}
	reply, _ := json.Marshal(map[string]any{"choices": []any{map[string]any{"text": " " + answer, "message": map[string]string{"content": answer}, "finish_reason": "stop"}}})
	w.Write(reply)
}

// tickets are rows of a CSV file; their answers are squares, in another case than the clerk's.
func tickets(n int) string {
	var b strings.Builder
	b.WriteString("id,question,answer,topic\n")
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "%d,\"Where is the parcel, ticket %d?\",SHELF %d,%s\n", i, i, i*i, []string{"post", "returns"}[i%2])
	}
	return b.String()
}

const ticketPlan = `baseline: good
models:
  - {name: good, model: "openai:URL/v1#good"}
  - {name: weak, model: "openai:URL/v1#weak"}
suites:
  - suite: tickets.yaml
gates:
  - {suite: tickets, metric: exact_match, margin: 0.05}
`

// From a CSV file and five lines of YAML to estimates, a comparison and a gate's verdict. The
// good model is wrong on 7 and 14 (18 of 20), the weak one on 11 to 15 too (14 of 20). After the
// run, estimates and comparisons need neither the suite's file nor its data.
func TestOwnSuite(t *testing.T) {
	t.Chdir(t.TempDir())
	c := &clerk{}
	server := httptest.NewServer(c)
	defer server.Close()
	write(t, "tickets.csv", tickets(20))
	write(t, "tickets.yaml", `data: tickets.csv
prompt: "{{ question }}\nAnswer:"
references: answer
category: topic
metrics: [{metric: exact_match, normalise: [case, punctuation, space]}]
`)
	write(t, "plan.yaml", strings.ReplaceAll(ticketPlan, "URL", server.URL))
	out := do(t, 0, "run", "plan.yaml", "--dry-run")
	for _, want := range []string{"Where is the parcel, ticket 1?", "Answer:"} {
		if !strings.Contains(out, want) {
			t.Errorf("the dry run has no %q:\n%s", want, out)
		}
	}
	if len(c.prompts) != 0 {
		t.Errorf("the dry run sent %q", c.prompts)
	}
	out = do(t, 1, "run", "plan.yaml", "-o", "run")
	for _, want := range []string{"40 requests sent, 0 saved answers reused", "tickets"} {
		if !strings.Contains(out, want) {
			t.Errorf("the run has no %q:\n%s", want, out)
		}
	}
	for _, file := range []string{"tickets.csv", "tickets.yaml"} {
		if err := os.Rename(file, file+".gone"); err != nil {
			t.Fatal(err)
		}
	}
	csv := do(t, 0, "estimate", "run", "--format", "csv")
	for _, want := range []string{"tickets,", "good", ",0.9,", "weak", ",0.7,", ",20,"} {
		if !strings.Contains(csv, want) {
			t.Errorf("the estimates have no %q:\n%s", want, csv)
		}
	}
	if by := do(t, 0, "estimate", "run", "--by", "category", "--format", "csv"); !strings.Contains(by, "returns") {
		t.Errorf("by category:\n%s", by)
	}
	compared := do(t, 0, "compare", "run:good", "run:weak", "--format", "csv")
	if !strings.Contains(compared, ",-0.2,") {
		t.Errorf("the comparison has no difference of -0.2:\n%s", compared)
	}

	// With the file back and nothing changed, nothing is sent; a changed metric judges again; a changed
	// row sends what changed.
	for _, file := range []string{"tickets.csv", "tickets.yaml"} {
		os.Rename(file+".gone", file)
	}
	if out := do(t, 1, "run", "plan.yaml", "-o", "run"); !strings.Contains(out, "nothing to do") {
		t.Errorf("again:\n%s", out)
	}
	rewrite(t, "tickets.yaml", "normalise: [case, punctuation, space]", "normalise: [space]")
	if out := do(t, 3, "run", "plan.yaml", "-o", "run"); !strings.Contains(out, "0 requests sent, 40 saved answers reused") || !strings.Contains(do(t, 0, "estimate", "run", "--format", "csv"), ",0,") {
		t.Errorf("with another metric:\n%s", out)
	}
	rewrite(t, "tickets.csv", "SHELF 9,", "shelf 9.,")
	rewrite(t, "tickets.csv", "ticket 5?", "my ticket 5?")
	if out := do(t, 3, "run", "plan.yaml", "-o", "run", "--drop"); !strings.Contains(out, "2 requests sent") {
		t.Errorf("with another row:\n%s", out)
	}
}

// refused is what a command says that ends with exit code 2: one line.
func refused(t *testing.T, args ...string) string {
	t.Helper()
	var out, said bytes.Buffer
	if got := cli.Main(t.Context(), args, &out, &said); got != 2 || strings.Count(said.String(), "\n") != 1 {
		t.Fatalf("assay %s: exit code %d, want 2 and one line\n%s", strings.Join(args, " "), got, said.String())
	}
	return said.String()
}

func rewrite(t *testing.T, path, old, with string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(data), old) != 1 {
		t.Fatalf("%s has %q %d times, want once", path, old, strings.Count(string(data), old))
	}
	write(t, path, strings.Replace(string(data), old, with, 1))
}

// Solved examples stand above the prompt, never the row itself; conditions are compared in one
// run; turns of a chat are messages.
func TestOwnSuiteConditions(t *testing.T) {
	t.Chdir(t.TempDir())
	c := &clerk{}
	server := httptest.NewServer(c)
	defer server.Close()
	write(t, "tickets.csv", tickets(3))
	write(t, "tickets.yaml", `data: tickets.csv
id: id
prompt: "Q: {{ question }}\nA:"
instruction: Be brief.
references: answer
metrics: [exact_match]
shots: {count: 2}
conditions:
  - {name: none, shots: 0}
  - {name: few}
  - {name: chat, shots: 0, system: "Shelves for {{ topic }}", turns: [{user: "Hello"}, {assistant: "Hi, {{ topic }}"}]}
`)
	write(t, "plan.yaml", `models: [{name: good, model: "openai:`+server.URL+`/v1#good", api: chat, concurrency: 1}]
suites: [{suite: tickets.yaml}]
`)
	do(t, 0, "run", "plan.yaml", "-o", "run")
	q := func(i int) string { return fmt.Sprintf("Q: Where is the parcel, ticket %d?\nA:", i) }
	shot := func(i int) string { return fmt.Sprintf("%s SHELF %d\n\n", q(i), i*i) }
	want := []string{
		"user:Be brief.\n\n" + q(1), "user:Be brief.\n\n" + q(2), "user:Be brief.\n\n" + q(3),
		"user:Be brief.\n\n" + shot(2) + shot(3) + q(1), "user:Be brief.\n\n" + shot(1) + shot(3) + q(2), "user:Be brief.\n\n" + shot(1) + shot(2) + q(3),
		"system:Shelves for returns|user:Be brief.\n\nHello|assistant:Hi, returns|user:" + q(1),
		"system:Shelves for post|user:Be brief.\n\nHello|assistant:Hi, post|user:" + q(2),
		"system:Shelves for returns|user:Be brief.\n\nHello|assistant:Hi, returns|user:" + q(3),
	}
	for _, w := range want {
		if n := countOf(c.prompts, w); n != 1 {
			t.Errorf("%q was sent %d times, want once", w, n)
		}
	}
	if len(c.prompts) != len(want) {
		t.Errorf("%d requests, want %d: %q", len(c.prompts), len(want), c.prompts)
	}
	rewrite(t, "plan.yaml", ", api: chat", "")
	if out := refused(t, "run", "plan.yaml", "-o", "other"); !strings.Contains(out, `condition "chat" of tickets has earlier turns of a chat, which model good can't take`) {
		t.Errorf("a model without messages: %s", out)
	}
}

func countOf(all []string, one string) (n int) {
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

// A suite file without metrics is scored by the plan's judges alone: a grade of 1 for each answer
// that doesn't know, 5 for the others. The good model has 18 of 20, the weak one 14.
func TestOwnSuiteOfAJudge(t *testing.T) {
	t.Chdir(t.TempDir())
	server := httptest.NewServer(&clerk{})
	defer server.Close()
	write(t, "tickets.csv", tickets(20))
	write(t, "tickets.yaml", "data: tickets.csv\nprompt: \"{{ question }}\"\nreferences: answer\n")
	write(t, "plan.yaml", strings.ReplaceAll(`baseline: good
models:
  - {name: good, model: "openai:URL/v1#good"}
  - {name: weak, model: "openai:URL/v1#weak"}
suites:
  - {suite: tickets.yaml, judge: helper}
judges:
  - {name: helper, kind: grade, model: "openai:URL/v1#judge", rubric: Does it help?, scale: 1-5, view: [reference], metric: helpful}
gates:
  - {suite: tickets, metric: helpful, margin: 0.2}
`, "URL", server.URL))
	if out := do(t, 0, "suite", "check", "tickets.yaml"); !strings.Contains(out, "20 examples; no metrics: a plan's judges score the answers") {
		t.Errorf("the check says\n%s", out)
	}
	do(t, 3, "run", "plan.yaml", "-o", "run") // with 20 prompts, the loss of 0.8 is not surely above 0.2
	out := do(t, 0, "estimate", "run", "--format", "csv")
	for _, want := range []string{"tickets,helpful,good,,4.6,", "tickets,helpful,weak,,3.8,"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	do(t, 0, "report", "run", "-o", "report")
	if _, err := os.Stat("report/figures/tickets.svg"); err != nil {
		t.Errorf("no figure of the judge's metric: %v", err)
	}
	write(t, "choices.yaml", "data: tickets.csv\nprompt: \"{{ question }}\"\nchoices: [yes, no]\nanswer: \"0\"\n")
	if out := refused(t, "suite", "check", "choices.yaml"); !strings.Contains(out, "no metrics; write metrics: and a list, such as [accuracy]") {
		t.Errorf("choices without metrics: %s", out)
	}
}
