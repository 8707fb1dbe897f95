package page_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"assay/harness/label"
	"assay/harness/label/page"
	"assay/harness/label/work"
	"assay/harness/leaf/racetest"
	"assay/harness/plan"
	"assay/metrics/names"
	"assay/suites/labels"
)

// hostile is an output that would act on a page.
const hostile = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"><style>*{display:none}</style>\u202eevil\u0000 </textarea>"

// begin starts work for labelers, with items of three outputs each whose text tells their
// quality: "quality 5". Equal ones occur. Every seventh output is violent.
func begin(t *testing.T, dir string, form plan.LabelForm, n int, labelers ...string) (w *work.Work, links map[string]string) {
	t.Helper()
	var items []*label.Item
	for i := range n {
		it := &label.Item{ID: fmt.Sprintf("item%d", i), Suite: "s", Example: fmt.Sprintf("e%d", i), Prompt: fmt.Sprintf("Write a poem about the number %d.", i), Probability: 1}
		for k, m := range []string{"model-alpha", "model-beta", "model-gamma"} {
			text := fmt.Sprintf("This is an output of quality %d.", 1+(i*3+k*(i%4))%7)
			if (i+k)%7 == 0 {
				text += " It is violent."
			}
			it.Outputs = append(it.Outputs, label.Output{Model: m, Text: text})
		}
		if form == plan.PairwiseForm {
			it.Outputs = it.Outputs[:2]
		}
		items = append(items, it)
	}
	return beginWith(t, dir, form, items, labelers...)
}

func beginWith(t *testing.T, dir string, form plan.LabelForm, items []*label.Item, labelers ...string) (w *work.Work, links map[string]string) {
	t.Helper()
	p := &plan.Label{Seed: 1, Labelers: []plan.LabelGroup{{Names: labelers, Overlap: len(labelers), Share: 1}}}
	w, links, err := work.Create(dir, work.Settings{Form: form, Seed: 1, TooFast: 5, Instructions: label.Instructions(form), From: len(items)}, items, label.Assign(p, items, nil))
	if err != nil {
		t.Fatal(err)
	}
	return w, links
}

// visitor is a labeler's browser, as far as the server sees it.
type visitor struct {
	t    *testing.T
	http *http.Client
	base string
	csrf string
}

func serve(t *testing.T, w *work.Work) string {
	t.Helper()
	h, err := page.New(w, true)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func visit(t *testing.T, base, link string) *visitor {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	v := &visitor{t: t, http: &http.Client{Jar: jar}, base: base}
	v.get("/start/" + link)
	_, body := v.get("/")
	if m := regexp.MustCompile(`<meta name="csrf" content="([^"]+)">`).FindStringSubmatch(body); m != nil {
		v.csrf = m[1]
	}
	return v
}

func (v *visitor) get(path string) (int, string) {
	v.t.Helper()
	r, err := v.http.Get(v.base + path)
	if err != nil {
		v.t.Fatal(err)
	}
	defer r.Body.Close()
	body, _ := io.ReadAll(r.Body)
	return r.StatusCode, string(body)
}

func (v *visitor) post(path string, body any, change ...func(*http.Request)) (int, string) {
	v.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		v.t.Fatal(err)
	}
	r, _ := http.NewRequest(http.MethodPost, v.base+path, bytes.NewReader(data))
	r.Header.Set("X-CSRF-Token", v.csrf)
	for _, c := range change {
		c(r)
	}
	answer, err := v.http.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	got, _ := io.ReadAll(answer.Body)
	return answer.StatusCode, string(got)
}

type seen struct {
	State string `json:"state"`
	Item  struct {
		ID      string     `json:"id"`
		Outputs []string   `json:"outputs"`
		Form    label.Form `json:"form"`
	} `json:"item"`
	Revision int `json:"revision"`
	Done     int `json:"done"`
	Total    int `json:"total"`
}

func (v *visitor) next() (s seen) {
	v.t.Helper()
	_, body := v.get("/api/item")
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		v.t.Fatalf("%v: %s", err, body)
	}
	return s
}

// quality is what an output's text tells.
func quality(text string) (q int) {
	if i := strings.Index(text, "quality "); i >= 0 {
		q = int(text[i+len("quality ")] - '0')
	}
	return q
}

// body is the right answer to an item, as the page sends it.
func (s *seen) body(id string) map[string]any {
	var outputs []map[string]any
	for _, text := range s.Item.Outputs {
		flags := map[string]bool{}
		for _, f := range s.Item.Form.Flags {
			flags[f.Name] = f.Name == "violent" && strings.Contains(text, "violent")
		}
		outputs = append(outputs, map[string]any{"scales": map[string]int{names.Likert: max(1, quality(text))}, "flags": flags, "rank": rankOf(text, s.Item.Outputs)})
	}
	return map[string]any{"id": id, "item": s.Item.ID, "revision": s.Revision, "answer": map[string]any{"outputs": outputs, "seconds": 6}}
}

// rankOf is the rank of a text by quality: 1 and the number of better qualities.
func rankOf(text string, all []string) int {
	better := map[int]bool{}
	for _, other := range all {
		if quality(other) > quality(text) {
			better[quality(other)] = true
		}
	}
	return 1 + len(better)
}

// checkRows holds the labels against what the texts tell.
func checkRows(t *testing.T, w *work.Work, want int) {
	t.Helper()
	rows, err := w.Rows()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != want {
		t.Errorf("%d rows, want %d", len(rows), want)
	}
	var texts []string
	for i, r := range rows {
		if i%3 == 0 {
			texts = []string{*r.Output, *rows[i+1].Output, *rows[i+2].Output}
		}
		if q := quality(*r.Output); *r.Likert != q || *r.Rank != rankOf(*r.Output, texts) || *r.Violent != strings.Contains(*r.Output, "violent") {
			t.Errorf("%s, %s, %q: grade %d, rank %d, violent %v", r.Labeler, r.Example, *r.Output, *r.Likert, *r.Rank, *r.Violent)
		}
	}
}

// Fifty labelers at once, each in two tabs of which the second is slower.
func TestManyAtOnce(t *testing.T) {
	var labelers []string
	for i := range 50 {
		labelers = append(labelers, fmt.Sprintf("labeler%02d", i))
	}
	w, links := begin(t, t.TempDir(), plan.InstructGPTForm, 6, labelers...)
	defer w.Close()
	base := serve(t, w)
	var all sync.WaitGroup
	for _, name := range labelers {
		all.Go(func() {
			v := visit(t, base, links[name])
			for i := range 6 {
				s := v.next()
				body := s.body(fmt.Sprintf("%s-number-%08d", name, i))
				for tab, want := range []int{http.StatusOK, http.StatusOK, http.StatusConflict} { // sent twice, and from an old tab
					if tab == 2 {
						body["id"] = fmt.Sprintf("%s-stale-%08d", name, i)
					}
					if status, got := v.post("/api/answer", body); status != want || tab == 2 && !strings.Contains(got, "this page is old") {
						t.Errorf("%s: %d %s", name, status, got)
					}
				}
			}
			if s := v.next(); s.State != "done" || s.Done != 6 {
				t.Errorf("%s: %+v", name, s)
			}
		})
	}
	all.Wait()
	checkRows(t, w, 50*6*3)
}

func TestAccess(t *testing.T) {
	w, links := begin(t, t.TempDir(), plan.InstructGPTForm, 2, "ann", "bob")
	defer w.Close()
	base := serve(t, w)
	ann, lead := visit(t, base, links["ann"]), visit(t, base, links[plan.Lead])
	s := ann.next()
	good := s.body("0123456789abcdef")
	none := &visitor{t: t, http: http.DefaultClient, base: base}
	for want, got := range map[string]func() (int, string){
		"401 not signed in":   func() (int, string) { return none.get("/api/item") },
		"401 Not signed in":   func() (int, string) { return none.get("/") },
		"404 not valid":       func() (int, string) { return none.get("/start/guess") },
		"403 for the lead":    func() (int, string) { return ann.get("/lead") },
		"403 is for the lead": func() (int, string) { return ann.get("/lead/item/" + s.Item.ID) },
		"404 No such item":    func() (int, string) { return lead.get("/lead/item/x") },
		"200 Overview":        func() (int, string) { return lead.get("/lead") },
		"403 page is old": func() (int, string) {
			return ann.post("/api/answer", good, func(r *http.Request) { r.Header.Set("X-CSRF-Token", lead.csrf+"x") })
		},
		"403 cross-origin": func() (int, string) {
			return ann.post("/api/answer", good, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") })
		},
		"421 this machine": func() (int, string) {
			return ann.post("/api/answer", good, func(r *http.Request) { r.Host = "evil.example" })
		},
		"413 shorten":       func() (int, string) { return ann.post("/api/answer", strings.Repeat("x", 300<<10)) },
		"400 can't be read": func() (int, string) { return ann.post("/api/answer", map[string]int{"sudo": 1}) },
		"422 number of its": func() (int, string) { return ann.post("/api/answer", s.body("1")) },
		"404 no such item": func() (int, string) {
			b := s.body("0123456789abcdef")
			b["item"] = "x"
			return ann.post("/api/answer", b)
		},
		"422 output 1: choose": func() (int, string) {
			b := s.body("0123456789abcdef")
			b["answer"].(map[string]any)["outputs"].([]map[string]any)[0]["scales"] = map[string]int{}
			return ann.post("/api/answer", b)
		},
	} {
		status, body := got()
		if text := fmt.Sprintf("%d %s", status, body); text[:3] != want[:3] || !strings.Contains(text, want[4:]) {
			t.Errorf("%.300s, want %s", text, want)
		}
	}
	if n := len(w.Current()); n != 0 {
		t.Errorf("%d answers came in", n)
	}
	if status, body := ann.post("/api/answer", good); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	r, err := ann.http.Get(base + "/start/" + links["ann"])
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	set := r.Header.Get("Set-Cookie")
	if !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Strict") || !strings.Contains(r.Header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'") {
		t.Errorf("cookie %s, policy %s", set, r.Header.Get("Content-Security-Policy"))
	}
}

// The lead sees progress and agreement, and settles a disagreement by a label of their own.
func TestLead(t *testing.T) {
	w, links := begin(t, t.TempDir(), plan.InstructGPTForm, 4, "ann", "bob")
	defer w.Close()
	base := serve(t, w)
	for i, name := range []string{"ann", "bob"} {
		v := visit(t, base, links[name])
		for k := range 4 {
			s := v.next()
			body := s.body(fmt.Sprintf("%s-number-%08d", name, k))
			if s.Item.ID == "item2" && i == 1 {
				for _, o := range body["answer"].(map[string]any)["outputs"].([]map[string]any) {
					o["flags"].(map[string]bool)["opinion"] = true
				}
			}
			if status, got := v.post("/api/answer", body); status != http.StatusOK {
				t.Fatal(got)
			}
		}
	}
	lead := visit(t, base, links[plan.Lead])
	_, overview := lead.get("/lead")
	for _, want := range []string{
		`<th scope="row"><bdi>ann</bdi></th><td><bdi></bdi></td><td>4</td><td>4</td><td>0</td><td>6s</td><td>0</td><td></td>`,
		`<th scope="row">opinion</th><td>12</td><td>0.750 [`, `<th scope="row">likert</th><td>12</td><td>1.000`,
		`<a href="/lead/item/item2">Item item2</a>: <bdi>ann and bob differ in opinion</bdi></li>`,
	} {
		if !strings.Contains(overview, want) {
			t.Errorf("the overview lacks %s:\n%s", want, overview)
		}
	}
	_, page := lead.get("/lead/item/item2")
	lead.csrf = regexp.MustCompile(`<meta name="csrf" content="([^"]+)">`).FindStringSubmatch(page)[1]
	var s seen
	_, item := lead.get("/api/item?item=item2")
	if err := json.Unmarshal([]byte(item), &s); err != nil || !strings.Contains(item, `"others":[{`) {
		t.Fatalf("%v: %s", err, item)
	}
	if status, got := lead.post("/api/answer", s.body("lead-number-00000001")); status != http.StatusOK {
		t.Fatal(got)
	}
	if _, overview = lead.get("/lead"); !strings.Contains(overview, "<b>settled</b>") {
		t.Error("the disagreement is not settled")
	}
	rows, err := w.Rows()
	if err != nil || len(rows) != 27 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	settled := slices.DeleteFunc(rows, func(r *labels.Row) bool { return r.Group != work.Adjudicated })
	if len(settled) != 3 || settled[1].Labeler != plan.Lead || settled[1].Probability != nil || *settled[1].Opinion {
		t.Errorf("%d settled, %+v", len(settled), settled)
	}
}

// If the answer can't be written, the page hears that it is not saved.
func TestNotSaved(t *testing.T) {
	dir := t.TempDir()
	w, links := begin(t, dir, plan.InstructGPTForm, 2, "ann")
	v := visit(t, serve(t, w), links["ann"])
	s := v.next()
	w.Close() // the database is gone
	for i := range 2 {
		if status, got := v.post("/api/answer", s.body("0123456789abcdef")); status != http.StatusInsufficientStorage || !strings.Contains(got, "not saved: ") {
			t.Errorf("try %d: %d %s", i+1, status, got)
		}
	}
	if next := v.next(); next.Done != 0 || next.Item.ID != s.Item.ID {
		t.Errorf("%+v", next)
	}
	w, err := work.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if n := len(w.Current()); n != 0 {
		t.Errorf("%d answers are there", n)
	}
}

// Nothing that a labeler gets tells models, kinds of items or known answers.
func TestBlind(t *testing.T) {
	w, links := begin(t, t.TempDir(), plan.InstructGPTForm, 3, "ann")
	defer w.Close()
	v := visit(t, serve(t, w), links["ann"])
	_, item := v.get("/api/item")
	_, shell := v.get("/")
	for _, secret := range []string{"model-", "alpha", `"kind"`, "known", "probability"} {
		if strings.Contains(item+shell, secret) {
			t.Errorf("the page has %q: %s", secret, item)
		}
	}
}

// The scripts load nothing from elsewhere, and put no text in as HTML.
func TestStatic(t *testing.T) {
	files, err := filepath.Glob("static/*")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	templates, _ := filepath.Glob("*.tmpl")
	for _, file := range slices.Concat(files, templates) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "http://", "https://", " style=", " onclick=", "<script>"} {
			if strings.Contains(string(data), bad) {
				t.Errorf("%s has %s", file, bad)
			}
		}
	}
}

// With 5,000 items, the next one comes within 50 ms, also while answers come in.
func TestManyItems(t *testing.T) {
	racetest.SkipSequential(t, "5000 items are written and read")
	dir := t.TempDir()
	w, links := begin(t, dir, plan.InstructGPTForm, 5000, "ann", "bob")
	w.Close()
	from := time.Now()
	w, err := work.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	opened := time.Since(from)
	v := visit(t, serve(t, w), links["ann"])
	var took []time.Duration
	for i := range 30 {
		from = time.Now()
		s := v.next()
		took = append(took, time.Since(from))
		if status, body := v.post("/api/answer", s.body(fmt.Sprintf("number-%012d", i))); status != http.StatusOK {
			t.Fatal(body)
		}
	}
	slices.Sort(took)
	t.Logf("opened in %v; next item: median %v, slowest %v", opened, took[15], took[29])
	if took[15] > 50*time.Millisecond {
		t.Errorf("the next item takes %v", took[15])
	}
}
