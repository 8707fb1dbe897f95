package bestof_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"assay/models"
	"assay/models/bestof"
)

// echo answers with its seed's last digits.
type echo struct{ fail bool }

func (e echo) Generate(_ context.Context, r models.Request) (models.Answer, error) {
	if e.fail {
		return models.Answer{}, errors.New("down")
	}
	return models.Answer{Text: fmt.Sprint(" ", r.Seed%1000), Finish: "stop", Tokens: &models.Usage{Prompt: 2, Completion: 3}}, nil
}

// digits rewards the number after the prompt.
type digits struct{ fail bool }

func (d digits) Reward(_ context.Context, r models.Request) (models.Answer, error) {
	if d.fail {
		return models.Answer{}, nil
	}
	if r.Prompt != "system\n\nprompt" || len(r.Choices) != 1 {
		return models.Answer{}, fmt.Errorf("asked for %q and %q", r.Prompt, r.Choices)
	}
	var n float64
	_, err := fmt.Sscan(r.Choices[0], &n)
	return models.Answer{Scores: []float64{n}}, err
}

func TestBest(t *testing.T) {
	r := models.Request{System: "system", Prompt: "prompt", Sampling: models.Sampling{Temperature: 1}, Seed: 5}
	last := -1.0
	for _, n := range []int{1, 2, 4, 16, 64} {
		m, err := bestof.New(n, echo{}, digits{})
		if err != nil {
			t.Fatal(err)
		}
		a, err := m.Generate(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		again, err := m.Generate(t.Context(), r)
		if err != nil || again.Text != a.Text {
			t.Errorf("n = %d: %q, then %q, %v", n, a.Text, again.Text, err)
		}
		// The answers of a smaller n are among those of a larger.
		if a.Scores[0] < last || a.Text != fmt.Sprint(" ", a.Scores[0]) || a.Tokens.Completion != 3*n || a.Tokens.Prompt != 2 {
			t.Errorf("n = %d: %+v, tokens %+v, after a reward of %g", n, a, a.Tokens, last)
		}
		last = a.Scores[0]
	}
	if last < 900 {
		t.Errorf("the best of 64 numbers below 1000 is %g", last)
	}
}

// flat gives every text the same reward.
type flat struct{}

func (flat) Reward(context.Context, models.Request) (models.Answer, error) {
	return models.Answer{Scores: []float64{-2}}, nil
}

// Of answers with equal rewards the first is kept, so that a larger n changes nothing.
func TestFirstOfEquals(t *testing.T) {
	r := models.Request{System: "system", Prompt: "prompt", Sampling: models.Sampling{Temperature: 1}, Seed: 5}
	var texts []string
	for _, n := range []int{1, 5} {
		m, err := bestof.New(n, echo{}, flat{})
		if err != nil {
			t.Fatal(err)
		}
		a, err := m.Generate(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, a.Text)
	}
	if texts[0] != texts[1] {
		t.Errorf("of one %q, of five with equal rewards %q", texts[0], texts[1])
	}
}

func TestRefuses(t *testing.T) {
	if _, err := bestof.New(0, echo{}, digits{}); err == nil {
		t.Error("no error for the best of none")
	}
	r := models.Request{System: "system", Prompt: "prompt", Sampling: models.Sampling{Temperature: 1}}
	for name, parts := range map[string]struct {
		of     models.Generator
		reward models.Rewarder
		heat   float64
		want   string
	}{
		"a model that is down":  {echo{fail: true}, digits{}, 1, "down"},
		"a reward that is none": {echo{}, digits{fail: true}, 1, "no number"},
		"temperature 0":         {echo{}, digits{}, 0, "temperature"},
	} {
		m, err := bestof.New(3, parts.of, parts.reward)
		if err != nil {
			t.Fatal(err)
		}
		r.Temperature = parts.heat
		if _, err := m.Generate(t.Context(), r); err == nil || !strings.Contains(err.Error(), parts.want) {
			t.Errorf("%s: %v, want %q", name, err, parts.want)
		}
	}
}

func Example() {
	m, err := bestof.New(4, echo{}, digits{})
	if err != nil {
		panic(err)
	}
	a, err := m.Generate(context.Background(), models.Request{System: "system", Prompt: "prompt", Sampling: models.Sampling{Temperature: 1}, Seed: 1})
	fmt.Println(len(a.Scores), err)
	// Output: 1 <nil>
}
