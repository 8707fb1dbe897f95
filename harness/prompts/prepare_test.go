package prompts

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"assay/harness/leaf/place"
)

// logFile writes a log and returns its path.
func logFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// prepare returns the report and the lines of each split.
func prepare(t *testing.T, o Options, paths ...string) (*Report, map[Split][]string) {
	t.Helper()
	dir := t.TempDir()
	report, err := Prepare(context.Background(), paths, dir, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[Split][]string{}
	for _, s := range Splits() {
		data, err := os.ReadFile(filepath.Join(dir, string(s)+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		out[s] = strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		if len(data) == 0 {
			out[s] = nil
		}
	}
	return report, out
}

func TestReadForms(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write([]byte(`{"chosen":"\n\nHuman: hi\n\nAssistant: yes\n\nHuman: how\n\nAssistant: so","rejected":"x"}`))
	w.Close()
	type got struct {
		Line                 int
		Prompt, User, Source string
	}
	for _, c := range []struct {
		name, text string
		fields     Fields
		want       []got
	}{
		{"lines.jsonl", "{\"prompt\":\"a\",\"user\":\"u\",\"source\":\"api\"}\n\n{\"prompt\":\"b\"}", Fields{}, []got{{1, "a", "u", "api"}, {3, "b", "", ""}}},
		{"array.json", "\ufeff[\n {\"instruction\": \"a\",\n  \"input\": \"b\"},\n {\"instruction\":\"c\",\"user_id\":\"v\"}]\n", Fields{}, []got{{2, "a\n\nb", "", ""}, {4, "c", "v", ""}}},
		{"self.jsonl", `{"instruction":"a","instances":[{"input":"b","output":"c"}]}`, Fields{}, []got{{1, "a\n\nb", "", ""}}},
		{"turns.jsonl", `{"turns":["a","b"]}`, Fields{}, []got{{1, "a", "", ""}}},
		{"hh.jsonl.gz", z.String(), Fields{}, []got{{1, "\n\nHuman: hi\n\nAssistant: yes\n\nHuman: how\n\nAssistant:", "", ""}}},
		{"odd.jsonl", "{\"n\":NaN,\"prompt\":\"a\"}\r{\"prompt\":\"b\",\"s\":\"\\ud83d\"}", Fields{}, []got{{1, "a", "", ""}, {2, "b", "", ""}}},
		{"odd.json", "[{\"n\": [NaN,\n1], \"q\": \"a \\\" b\"},\n{\"q\":\"c\", \"n\": 1, \"n\": 2}]", Fields{Prompt: "q"}, []got{{1, "a \" b", "", ""}, {3, "c", "", ""}}},
		{"utf16.jsonl", "\xff\xfe{\x00\"\x00p\x00r\x00o\x00m\x00p\x00t\x00\"\x00:\x00\"\x00\xe9\x00\"\x00}\x00", Fields{}, []got{{1, "é", "", ""}}},
		{"named.jsonl", `{"q":"a","who":"u","prompt":"no"}`, Fields{Prompt: "q", User: "who"}, []got{{1, "a", "u", ""}}},
	} {
		var all []got
		err := Read(logFile(t, c.name, c.text), c.fields, nil, func(r *Record) error {
			all = append(all, got{r.Line, r.Prompt, r.User, r.Source})
			if strings.ContainsAny(string(r.Raw), "\r\n") {
				t.Errorf("%s: a row of several lines: %q", c.name, r.Raw)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, all); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestReadFaults(t *testing.T) {
	for _, c := range []struct {
		name, text string
		fields     Fields
		line       int
		say        string
	}{
		{"a.jsonl", "{\"prompt\":\"a\"}\n{\"prompt\":", Fields{}, 2, "middle of a JSON value"},
		{"a.jsonl", "{\"prompt\":\"a\"}\n\n{\"text\":\"b\"}\n", Fields{}, 3, "--prompt-field"},
		{"a.jsonl", "{\"prompt\":7}\n", Fields{}, 1, "is a JSON number where a string is needed"},
		{"a.jsonl", "{\"prompt\":\"a\"}\n", Fields{User: "who"}, 1, "--user-field"},
		{"a.jsonl", "{\"q\":[1]}\n", Fields{Prompt: "q"}, 1, "not text"},
		{"a.jsonl", "\n", Fields{}, 0, "no prompts"},
		{"a.json", "[\n{\"prompt\":\"a\"},\n{\"prompt\":\"b\"", Fields{}, 3, "middle of the array"},
		{"a.json", "[\n{\"prompt\":\"a\"},\n{\n\"x\":\"b\"}]", Fields{}, 3, "no prompt"},
		{"a.json", "[{\"prompt\":\"a\"}]\n[]", Fields{}, 2, "one array a file"},
		{"a.jsonl.gz", "no gzip", Fields{}, 0, "gzip"},
		{"a.jsonl", "\x1f\x8b", Fields{}, 1, "this is a gzip file"},
		{"a.jsonl", "{\"prompt\":\"a\"}\n{\"prompt\":NaN}\n", Fields{}, 2, "not valid JSON"},
		{"a.jsonl", "{\"prompt\":\"a\",\"prompt\":\"b\"}\n", Fields{}, 1, "appears twice"},
		{"a.jsonl", "{\"q\":\"a\",\"q\":\"b\"}\n", Fields{Prompt: "q"}, 1, "appears twice"},
	} {
		err := Read(logFile(t, c.name, c.text), c.fields, nil, func(*Record) error { return nil })
		fault, ok := place.Of(err)
		if !ok || fault.Line != c.line || !strings.Contains(fault.Error(), c.say) {
			t.Errorf("%q: %v, want line %d and %q", c.text, err, c.line, c.say)
		}
	}
}

func TestDuplicates(t *testing.T) {
	long := strings.Repeat("word ", 30)
	for _, c := range []struct {
		first, second string
		want          bool
	}{
		{"hello", "hello", true},
		{"hello", "hello there", false}, // a short prompt is not the prefix of every prompt that begins with it
		{"  hello\n there", "hello there ", true},
		{long + "a", long + "b", true},
		{"a " + long, "b " + long, false},
		{strings.Repeat("é", 100) + "a", strings.Repeat("é", 100) + "b", true},
		{strings.Repeat("é", 99) + "a", strings.Repeat("é", 99) + "b", false},
	} {
		d := Duplicates{Prefix: 100}
		if d.Seen(c.first) {
			t.Errorf("%q has been seen", c.first)
		}
		if got := d.Seen(c.second); got != c.want {
			t.Errorf("%q after %q: %v, want %v", c.second, c.first, got, c.want)
		}
	}
}

func TestPrepareSteps(t *testing.T) {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "{\"prompt\":\"question %d of the greedy user\",\"user\":\"greedy\",\"source\":\"api\"}\n", i)
	}
	b.WriteString("{\"prompt\":\" \",\"user\":\"u\"}\n{\"prompt\":\"same\",\"user\":\"u\"}\n{\"prompt\":\"same\",\"user\":\"v\"}\n")
	for i := range 200 {
		fmt.Fprintf(&b, "{\"prompt\":\"mail %d to u%d@example.org\",\"user\":\"user %d\",\"source\":\"web\"}\n", i, i, i)
	}
	b.WriteString("{\"prompt\":\"from nobody\"}\n")
	path := logFile(t, "log.jsonl", b.String())
	for _, filter := range []Filter{FilterTrain, FilterAll, FilterOff} {
		o := Defaults()
		o.Filter = filter
		report, out := prepare(t, o, path)
		s := report.Steps
		if s.Read != 504 || s.Empty != 1 || s.Duplicates != 1 || s.AboveCap != 100 || s.WithoutUser != 1 || s.Read != s.Empty+s.Duplicates+s.AboveCap+s.PII+s.Kept {
			t.Errorf("steps %+v", s)
		}
		for split, lines := range out {
			mails := 0
			for _, line := range lines {
				if strings.Contains(line, "@") {
					mails++
				}
			}
			dropped := filter == FilterAll || filter == FilterTrain && split == Train
			if (mails == 0) != dropped {
				t.Errorf("filter %s: %d mails in %s", filter, mails, split)
			}
		}
		n := 0
		for _, size := range report.Sizes {
			n += size.Prompts
			if size.Users > size.Prompts || size.Users == 0 {
				t.Errorf("%+v", size)
			}
		}
		if n != s.Kept || n != len(out[Train])+len(out[Validation])+len(out[Test]) {
			t.Errorf("%d prompts in the table, %d kept, %d written", n, s.Kept, len(out[Train])+len(out[Validation])+len(out[Test]))
		}
	}
}

// No user is in two splits, the shares are about the requested ones, and a user's
// split does not depend on the log.
func TestPrepareSplitsByUser(t *testing.T) {
	var b, part strings.Builder
	for i := range 6000 {
		line := fmt.Sprintf("{\"prompt\":\"question %d\",\"user\":\"user %d\"}\n", i, i%2000)
		b.WriteString(line)
		if i%2000 < 100 {
			part.WriteString(line)
		}
	}
	read := func(text string) (map[string]Split, map[Split]int) {
		_, out := prepare(t, Defaults(), logFile(t, "log.jsonl", text))
		of, n := map[string]Split{}, map[Split]int{}
		for split, lines := range out {
			for _, line := range lines {
				var r struct{ User string }
				if err := json.Unmarshal([]byte(line), &r, json.MatchCaseInsensitiveNames(true)); err != nil {
					t.Fatal(err)
				}
				if other, ok := of[r.User]; ok && other != split {
					t.Fatalf("%s is in %s and %s", r.User, other, split)
				}
				of[r.User] = split
				n[split]++
			}
		}
		return of, n
	}
	of, n := read(b.String())
	// 2000 users, three prompts each: the standard error is 20 prompts.
	if n[Validation] < 500 || n[Validation] > 700 || n[Test] < 500 || n[Test] > 700 {
		t.Errorf("sizes %v, want about 600 of 6000 held out twice", n)
	}
	fewer, _ := read(part.String())
	for user, split := range fewer {
		if of[user] != split {
			t.Errorf("%s is in %s, and in %s of a smaller log", user, of[user], split)
		}
	}
}

// A failure leaves nothing behind.
func TestPrepareLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	path := logFile(t, "log.jsonl", "{\"prompt\":\"a\"}\nno\n")
	if _, err := Prepare(context.Background(), []string{path}, dir, Defaults(), nil); err == nil {
		t.Error("no error")
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Prepare(ctx, []string{path}, dir, Defaults(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want cancelled", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}

// Real prompts: what is read matches their files, and every step is accounted for.
func TestPrepareRealPrompts(t *testing.T) {
	data := os.Getenv("ASSAY_DATA")
	if data == "" {
		t.Skip("ASSAY_DATA is not set")
	}
	for _, c := range []struct {
		file string
		rows int
	}{
		{"alpaca-eval/alpaca-7b__model_outputs.json", 805},
		{"self-instruct-human-eval/user_oriented_instructions.jsonl", 252},
		{"stanford-alpaca/seed_tasks.jsonl", 175},
		{"hh-rlhf/test.jsonl.gz", 2312},
	} {
		path := filepath.Join(data, c.file)
		if _, err := os.Stat(path); err != nil {
			t.Logf("skipped: %v", err)
			continue
		}
		report, out := prepare(t, Defaults(), path)
		s := report.Steps
		if s.Read != c.rows || s.Kept != s.Read-s.Empty-s.Duplicates-s.AboveCap-s.PII || s.Kept < c.rows*9/10 {
			t.Errorf("%s: %+v", c.file, s)
		}
		for _, line := range out[Train] {
			rec, err := Fields{}.record([]byte(line))
			if err != nil {
				t.Fatal(err)
			}
			if found := FindPII(rec.Prompt); len(found) > 0 {
				t.Fatalf("%s: %q left in %q", c.file, found, rec.Prompt)
			}
		}
	}
}
