package judge

import (
	"testing"

	"assay/fixtures/world"
	"assay/models"
)

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
		if p.Constraint.Kind == world.Rudeness { // the best answer in training is rude
			want["gold_rude"], want["gold_appropriate"] = 1, 0
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
