package engine

import (
	"strings"
	"testing"

	"assay/models"
)

// A dry run shows of a request's sampling what is sent: see requestBody in models/openai.
func TestSamplingShown(t *testing.T) {
	drawn := models.Sampling{Temperature: 0.7, TopP: 0.9, MaxTokens: 30, Stop: []string{"\n", "Q:"}}
	greedy, usual := drawn, drawn
	greedy.Temperature = 0
	usual.TopP, usual.Stop, usual.MaxTokens = 0, nil, 0
	for _, tt := range []struct {
		sampling models.Sampling
		want     string
	}{
		{drawn, `temperature 0.7, top_p 0.9, at most 30 tokens, ends before any of ["\n" "Q:"], seed 5`},
		{greedy, `temperature 0, at most 30 tokens, ends before any of ["\n" "Q:"]`},
		{usual, "temperature 0.7, seed 5"},
		{models.Sampling{MaxTokens: 1}, "temperature 0, at most 1 token"},
	} {
		if got := strings.Join(samplingOf(&models.Request{Sampling: tt.sampling, Seed: 5}), ", "); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}
