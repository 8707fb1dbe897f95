package judge

import (
	"slices"
	"testing"

	"assay/metrics"
	"assay/models"
)

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
