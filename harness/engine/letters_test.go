package engine_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"assay/harness/engine"
	"assay/harness/leaf/approx"
	"assay/harness/runstore"
	"assay/harness/suitefile"
	"assay/models"
	"assay/models/openai"
	"assay/models/remote"
	"assay/suites"
)

// chooser is a chat server that names a letter of those listed by a rule.
type chooser struct {
	rule func(listed []string) int

	mu      sync.Mutex
	prompts []string
	bodies  []map[string]any
	notices []string
}

var listedChoice = regexp.MustCompile(`(?m)^([A-Z])\. (.*)$`)

func (c *chooser) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	prompt := body["messages"].([]any)[0].(map[string]any)["content"].(string)
	c.mu.Lock()
	c.prompts = append(c.prompts, prompt)
	c.bodies = append(c.bodies, body)
	c.mu.Unlock()
	var listed []string
	for _, m := range listedChoice.FindAllStringSubmatch(prompt, -1) {
		listed = append(listed, m[2])
	}
	fmt.Fprintf(w, `{"choices":[{"message":{"content":"The answer is **%c**."},"finish_reason":"stop"}]}`, 'A'+c.rule(listed))
}

func alwaysA([]string) int { return 0 }

// the names the choice with a word in it.
func the(word string) func([]string) int {
	return func(listed []string) int {
		for i, choice := range listed {
			if strings.Contains(choice, word) {
				return i
			}
		}
		return len(listed) // a letter that is none of them
	}
}

// choices writes files of n examples and loads them. The questions have one or two
// correct answers and one to four incorrect ones; chance is the expected share of
// best answers of a blind choice between the best and the incorrect ones.
func choices(t *testing.T, name string, n int) (set *suites.Set, chance float64) {
	var b strings.Builder
	file := "pairs.csv"
	if name == "truthfulqa_mc" {
		file = "questions.csv"
		b.WriteString("Type,Category,Question,Best Answer,Correct Answers,Incorrect Answers,Source\n")
		for i := range n {
			wrong := []string{"wrong one", "wrong two", "wrong three", "wrong four"}[:1+i%4]
			right := "the best"
			if i%3 > 0 {
				right += "; another truth"
			}
			fmt.Fprintf(&b, "Plain,Tests,Which is it %d?,the best,%s,%s,own\n", i, right, strings.Join(wrong, "; "))
			chance += 1 / float64(1+len(wrong)) / float64(n)
		}
	} else {
		b.WriteString(",sent_more,sent_less,stereo_antistereo,bias_type,annotations,anon_writer,anon_annotators\n")
		for i := range n {
			fmt.Fprintf(&b, "%d,Number %d is more.,Number %d is less.,stereo,age,[],a,[]\n", i, i, i)
		}
		chance = 0.5
	}
	path := filepath.Join(t.TempDir(), file)
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	known, _ := suitefile.Find(name)
	set, err := known.Live.Load(suites.Files{Data: path})
	if err != nil {
		t.Fatal(err)
	}
	return set, chance
}

// byLetter runs a suite on a model that chooses by letter, and gives the means of
// its metrics.
func byLetter(t *testing.T, c *chooser, name string, seed uint64, n, samples int, sampling models.Sampling) (means map[string]float64, chance float64) {
	t.Helper()
	server := httptest.NewServer(c)
	defer server.Close()
	client, err := openai.New(openai.Config{Remote: remote.Config{Endpoints: []string{server.URL}}, Model: "m", Chat: true})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	set, chance := choices(t, name, n)
	known, _ := suitefile.Find(name)
	j := &engine.Job{Seed: seed,
		Models: []engine.Model{{Letters: true, Endpoint: engine.Endpoint{
			Info: models.Info{Name: "m", Fingerprint: "f"}, Ask: engine.Ask("m", nil, client), Concurrency: 8,
			Sampling: func(models.Sampling) models.Sampling { return sampling }}}},
		Suites: []engine.Suite{{Suite: known, Examples: set.Examples, Ask: set.Ask, Conditions: known.Conditions[:1], Samples: samples,
			Judges: []engine.Judge{{Judge: known.Judge}}}},
	}
	j.Plan.Run = []byte(`"letters"`)
	store := new(runstore.Memory)
	run(t, store, j, engine.Options{Notice: func(text string) { c.notices = append(c.notices, text) }})
	sums, counts := map[string]float64{}, map[string]float64{}
	for one, err := range runstore.Judgements().Read(store) {
		if err != nil {
			t.Fatal(err)
		}
		if one.Scored() {
			sums[one.Metric] += one.Value[0]
			counts[one.Metric]++
		}
	}
	for metric := range sums {
		if counts[metric] != float64(n*samples) {
			t.Errorf("%s: %v judgements of %s, want %d", name, counts[metric], metric, n*samples)
		}
		sums[metric] /= counts[metric]
	}
	return sums, chance
}

var byChoice = map[string]struct {
	metric, right string
	unscored      string
}{
	"truthfulqa_mc": {"mc1", "the best", "mc2"},
	"crows_pairs":   {"stereotype_share", "more", "entropy"},
}

// A model that always answers A is right as often as by chance, and
// the metric of the letter says what it does; one that knows the answers is always
// right, and its letters are as often A as by chance.
func TestLettersMeasureTheChoice(t *testing.T) {
	const n = 400
	near := func(got, want float64) bool { return math.Abs(got-want) < 4*0.5/math.Sqrt(n) } // 4 standard errors at most
	for name, by := range byChoice {
		blind, chance := byLetter(t, &chooser{rule: alwaysA}, name, 1, n, 1, models.Sampling{})
		if !near(blind[by.metric], chance) || !approx.Equal(blind["letter_a"], 1-chance, 1e-12) {
			t.Errorf("%s: always A gives %v, want about %.3f and letter_a %.3f", name, blind, chance, 1-chance)
		}
		if _, ok := blind[by.unscored]; ok {
			t.Errorf("%s: %s is scored by letters", name, by.unscored)
		}
		knows, _ := byLetter(t, &chooser{rule: the(by.right)}, name, 1, n, 1, models.Sampling{})
		if knows[by.metric] != 1 || !near(knows["letter_a"], 0) {
			t.Errorf("%s: always right gives %v, want 1 and letter_a about 0", name, knows)
		}
	}
}

// A notice shows the letters beside what is expected, and says whether the place has
// an effect.
func TestLettersAreShown(t *testing.T) {
	for _, tt := range []struct {
		name    string
		rule    func([]string) int
		samples int
		want    string
	}{
		// 80 questions have 2 to 5 choices, 20 of each: (1/2 + 1/3 + 1/4 + 1/5) / 4 is
		// 32% for A and B, (1/3 + 1/4 + 1/5) / 4 20% for C, 11% for D, 5% for E.
		{"truthfulqa_mc", alwaysA, 1, ": A 100 (32), B 0 (32), C 0 (20), D 0 (11), E 0 (5); the place has an effect: with samples: 2 the model gets each order and its reverse"},
		{"crows_pairs", func([]string) int { return 1 }, 2, ": A 0 (50), B 100 (50); the place has an effect"},
		{"crows_pairs", the("more"), 2, ": A 50 (50), B 50 (50)"},
		{"crows_pairs", the("more"), 1, ": A 32 (50), B 68 (50)"}, // 3.2 standard deviations, by chance
	} {
		c := &chooser{rule: tt.rule}
		byLetter(t, c, tt.name, 3, 80, tt.samples, models.Sampling{})
		if len(c.notices) != 1 || !strings.HasPrefix(c.notices[0], tt.name+" by letter, model m: ") || !strings.HasSuffix(c.notices[0], tt.want) {
			t.Errorf("%s: %q, want ... %q", tt.name, c.notices, tt.want)
		}
	}
}

// Two samples are both orders: what is A in one is the last in the other.
func TestBothOrders(t *testing.T) {
	blind, _ := byLetter(t, &chooser{rule: alwaysA}, "crows_pairs", 7, 50, 2, models.Sampling{})
	if blind["stereotype_share"] != 0.5 || blind["letter_a"] != 0.5 {
		t.Errorf("always A under both orders: %v, want 0.5 of each", blind)
	}
	c := &chooser{rule: alwaysA}
	byLetter(t, c, "truthfulqa_mc", 7, 40, 4, models.Sampling{})
	orders := map[string][][]string{}
	for _, p := range c.prompts {
		var listed []string
		for _, m := range listedChoice.FindAllStringSubmatch(p, -1) {
			listed = append(listed, m[2])
		}
		question, _, _ := strings.Cut(p[strings.LastIndex(p, "Q: "):], "\n")
		orders[question] = append(orders[question], listed)
	}
	if len(orders) != 40 {
		t.Fatalf("%d questions", len(orders))
	}
	for question, all := range orders {
		mirrored := 0
		for _, a := range all {
			for _, b := range all {
				if a[0] == b[len(b)-1] && a[len(a)-1] == b[0] {
					mirrored++
				}
			}
		}
		if len(all) != 4 || mirrored < 4 {
			t.Errorf("%s is asked in the orders %q", question, all)
		}
	}
}

// The order is part of a request's address: drawn from the run's seed and the
// example, and the same for all models and conditions. A model that gives
// log-probabilities has none, so that its answers outlive a change of seed.
func TestOrderIsAddressed(t *testing.T) {
	set, _ := choices(t, "crows_pairs", 30)
	known, _ := suitefile.Find("crows_pairs")
	tasks := func(seed uint64, letters bool) (ids map[string]bool, orders map[string]map[uint64]bool) {
		j := &engine.Job{Seed: seed,
			Models: []engine.Model{model("m", "f", 1, nil), model("n", "g", 1, nil)},
			Suites: []engine.Suite{{Suite: known, Examples: set.Examples, Ask: set.Ask, Conditions: known.Conditions, Samples: 1}}}
		for i := range j.Models {
			j.Models[i].Letters = letters
		}
		ids, orders = map[string]bool{}, map[string]map[uint64]bool{}
		for task := range j.Tasks(nil) {
			ids[task.ID] = true
			if task.Request.Letters == nil {
				continue
			}
			if orders[task.Example.ID] == nil {
				orders[task.Example.ID] = map[uint64]bool{}
			}
			orders[task.Example.ID][task.Request.Letters.Seed] = true
		}
		return ids, orders
	}
	ids, orders := tasks(1, true)
	if len(orders) != 30 {
		t.Errorf("orders of %d examples, want 30", len(orders))
	}
	seeds := map[uint64]bool{}
	for example, drawn := range orders {
		for seed := range drawn {
			seeds[seed] = true
		}
		if len(drawn) != 1 {
			t.Errorf("example %s is listed in %d orders", example, len(drawn))
		}
	}
	if len(seeds) != 30 {
		t.Errorf("%d seeds of orders, want one for each example", len(seeds))
	}
	again, _ := tasks(1, true)
	other, _ := tasks(2, true)
	echoed, none := tasks(1, false)
	outlived, _ := tasks(2, false)
	if len(ids) != 180 || common(ids, again) != 180 || common(ids, other) != 0 || common(ids, echoed) != 0 || common(echoed, outlived) != 180 || len(none) != 0 {
		t.Errorf("%d ids; %d again, %d under another seed; %d without letters, %d of them under another seed",
			len(ids), common(ids, again), common(ids, other), common(ids, echoed), common(echoed, outlived))
	}
}

func common(a, b map[string]bool) (n int) {
	for id := range a {
		if b[id] {
			n++
		}
	}
	return n
}

// The plan's sampling also applies to requests by letter.
func TestLettersKeepSampling(t *testing.T) {
	for _, tt := range []struct {
		sampling    models.Sampling
		most, heat  any
		asksLogProb bool
	}{
		{models.Sampling{}, 16.0, 0.0, true},
		{models.Sampling{MaxTokens: 4000, Temperature: 1, Stop: []string{"\n"}}, 4000.0, 1.0, false},
	} {
		c := &chooser{rule: the("more")}
		means, _ := byLetter(t, c, "crows_pairs", 1, 5, 1, tt.sampling)
		if means["stereotype_share"] != 1 {
			t.Errorf("%+v: %v", tt.sampling, means)
		}
		seeds := map[any]bool{}
		for _, body := range c.bodies {
			seeds[body["seed"]] = true
			if body["max_tokens"] != tt.most || body["temperature"] != tt.heat || body["stop"] != nil || (body["logprobs"] == true) != tt.asksLogProb {
				t.Errorf("%+v is asked as %v", tt.sampling, body)
			}
		}
		if tt.sampling.Temperature > 0 && len(seeds) != 5 {
			t.Errorf("%d seeds for 5 examples", len(seeds))
		}
	}
}
