package judge

import (
	"slices"
	"testing"

	"assay/fixtures/world"
	"assay/metrics"
	"assay/models"
	"assay/suites"
)

// town has the first prompts of a world's test split.
func town(t *testing.T) (*Town, []world.Prompt) {
	t.Helper()
	w := newWorld(t, 5)
	prompts := w.Prompts(world.TestInstruct, 200)
	return NewTown(w, prompts), prompts
}

func item(p *world.Prompt, text, finish string, baseline *models.Completion) suites.Item {
	ex := suites.NewExample("world", p.Text, nil, p.UseCase)
	c := models.Completion{ID: "c", Suite: "world", Example: ex.ID, Model: "m", Text: text, Finish: finish}
	return suites.Item{Example: ex, Completion: c, Baseline: baseline}
}

func find(js []metrics.Judgement, metric, labeler string) *metrics.Judgement {
	for i := range js {
		if js[i].Metric == metric && js[i].Labeler == labeler {
			return &js[i]
		}
	}
	return nil
}

func TestGold(t *testing.T) {
	town, prompts := town(t)
	for i := range prompts {
		p := &prompts[i]
		good := town.World.Demonstrate(p, 0)
		baseline := models.Completion{Model: "b", Text: "you idiot", Finish: "length"}
		js, err := Gold{town}.Judge(t.Context(), item(p, good, "stop", &baseline))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]float64{"gold_correct": 1, "gold_false": 0, "gold_rude": 0, "gold_appropriate": 1, "gold_ended": 1, "gold_win_rate": 1}
		if p.Constraint.Kind != "" {
			want["gold_constraint"] = 1
		}
		if p.ClosedDomain() {
			want["gold_hallucinated"] = 0
		}
		for metric, value := range want {
			if j := find(js, metric, ""); j == nil || !j.Scored() || j.Value[0] != value {
				t.Errorf("%q, %q: %s is %+v, want %v", p.Text, good, metric, j, value)
			}
		}
		if len(js) != len(want)+1 { // gold_utility
			t.Errorf("%q: %d judgements, want %d", p.Text, len(js), len(want)+1)
		}
		if j := find(js, "gold_win_rate", ""); j.Baseline != "b" {
			t.Errorf("preference against %q", j.Baseline)
		}
		same := models.Completion{Model: "b", Text: good, Finish: "stop"}
		js, _ = Gold{town}.Judge(t.Context(), item(p, good, "stop", &same))
		if j := find(js, "gold_win_rate", ""); j.Value[0] != 0.5 {
			t.Errorf("against an equal text: %v", j.Value)
		}
		cut, _ := Gold{town}.Judge(t.Context(), item(p, good, "length", nil))
		if j := find(cut, "gold_ended", ""); j.Value[0] != 0 || find(cut, "gold_win_rate", "") != nil {
			t.Errorf("cut off, without a baseline: %+v", cut)
		}
	}
	if _, err := (Gold{town}).Judge(t.Context(), item(&world.Prompt{Text: "who are you ?"}, "x", "stop", nil)); err == nil {
		t.Error("a prompt of another world was judged")
	}
}

// Each labeler's judgements have its name. The preference is the same seen from either
// side, and goes with the grade: both follow from one utility.
func TestPanel(t *testing.T) {
	town, prompts := town(t)
	panel := Panel{Town: town, Group: training(t), Flags: true}
	wins := 0.0
	for i := range prompts {
		p := &prompts[i]
		good, bad := town.World.Demonstrate(p, 0), "you idiot idiot"
		a := models.Completion{Model: "b", Text: bad, Finish: "stop"}
		b := models.Completion{Model: "b", Text: good, Finish: "stop"}
		first, err := panel.Judge(t.Context(), item(p, good, "stop", &a))
		if err != nil {
			t.Fatal(err)
		}
		second, _ := panel.Judge(t.Context(), item(p, bad, "stop", &b))
		for _, l := range panel.Group.Labelers {
			x, y := find(first, "win_rate", l.Name), find(second, "win_rate", l.Name)
			if x == nil || y == nil || x.Value[0] != 1-y.Value[0] || x.Baseline != "b" {
				t.Fatalf("%s: %+v one way, %+v the other", l.Name, x, y)
			}
			wins += x.Value[0]
			u, v := find(first, "likert", l.Name).Value[0], find(second, "likert", l.Name).Value[0]
			if (u > v && x.Value[0] == 0) || (u < v && x.Value[0] == 1) {
				t.Errorf("%s grades %v and %v, and prefers by %v", l.Name, u, v, x.Value[0])
			}
			for flag, asked := range map[string]bool{
				"fails_instruction": true, "inappropriate": true, "hallucination": p.ClosedDomain(),
				"satisfies_constraint": p.Constraint.Kind != "", "sexual": false, "moral_judgment": true, "violent": true, "harmful_advice": true,
			} {
				if (find(first, flag, l.Name) != nil) != asked {
					t.Errorf("%s of %q asked: %v, want %v", flag, p.Text, !asked, asked)
				}
			}
		}
		// What is missing is what would have been there.
		absent := panel.Absent(item(p, "", "", &a), "no completion")
		key := func(j metrics.Judgement) string { return j.Metric + "/" + j.Labeler + "/" + j.Baseline }
		var x, y []string
		for _, j := range first {
			x = append(x, key(j))
		}
		for _, j := range absent {
			if j.Scored() || j.Missing != "no completion" {
				t.Fatalf("%+v is scored", j)
			}
			y = append(y, key(j))
		}
		if slices.Sort(x); !slices.Equal(x, slices.Sorted(slices.Values(y))) {
			t.Fatalf("judged %q, missing %q", x, y)
		}
	}
	if rate := wins / float64(5*len(prompts)); rate < 0.95 {
		t.Errorf("a good answer is preferred to an insult in %.3f", rate)
	}
	gone := models.Completion{Model: "b", Missing: "the server is down"}
	js, err := panel.Judge(t.Context(), item(&prompts[0], "x", "stop", &gone))
	if j := find(js, "win_rate", panel.Group.Labelers[0].Name); err != nil || j == nil || j.Scored() || j.Baseline != "b" {
		t.Errorf("against a missing completion: %+v, %v", j, err)
	}
}

// Rankings are of 4 to 9 responses, only by labelers of the group, and depend on the
// seed only in who ranks what.
func TestCompare(t *testing.T) {
	town, prompts := town(t)
	group := training(t)
	p := &prompts[0]
	var responses []world.Response
	for k := range 12 {
		other := *p
		other.ID += string(rune('a' + k))
		responses = append(responses, world.Response{Text: town.World.Demonstrate(&other, 0.5), Ended: true})
	}
	who := map[string]int{}
	sizes := map[int]float64{}
	for seed := range uint64(300) {
		rows, shown := town.Rank(p, responses, group, 1, 9, seed)
		if len(rows) != 1 || len(rows[0].Responses) != len(shown) || len(rows[0].Ranks) != len(shown) {
			t.Fatalf("%d rows, %d shown", len(rows), len(shown))
		}
		sizes[len(shown)]++
		who[rows[0].Labeler]++
		again, _ := town.Rank(p, responses, group, 1, 9, seed)
		if !slices.Equal(again[0].Ranks, rows[0].Ranks) || again[0].Labeler != rows[0].Labeler {
			t.Fatal("another ranking, asked again")
		}
		for a := range shown { // equal texts are tied
			for b := range shown {
				if shown[a].Response == shown[b].Response && rows[0].Ranks[a] != rows[0].Ranks[b] {
					t.Errorf("%q has ranks %d and %d", shown[a].Response.Text, rows[0].Ranks[a], rows[0].Ranks[b])
				}
			}
		}
	}
	if len(who) != 5 {
		t.Errorf("300 seeds give work to %v", who)
	}
	// K is uniform from 4 to 9: scipy.stats.chi2.isf(1e-4, 5) is 25.7.
	x := 0.0
	for k := 4; k <= 9; k++ {
		x += (sizes[k] - 50) * (sizes[k] - 50) / 50
	}
	if x > 25.7 || len(sizes) != 6 {
		t.Errorf("numbers of ranked responses: %v, chi square %.1f", sizes, x)
	}
	for most, want := range map[int]int{4: 4, 6: 6} {
		largest := 0
		for seed := range uint64(60) {
			_, shown := town.Rank(p, responses, group, 1, most, seed)
			largest = max(largest, len(shown))
		}
		if largest != want {
			t.Errorf("at most %d: %d are ranked", most, largest)
		}
	}
	rows, _ := town.Rank(p, responses[:4], group, 5, 9, 0)
	if len(rows) != 5 || len(rows[0].Responses) != 4 {
		t.Errorf("all five labelers: %d rows", len(rows))
	}
}
