package loopback

import (
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
)

// ToxicityRule names the scores of the toxicity routes: a hash of the text, in thousandths. They have the
// form of toxicity scores but don't measure toxicity.
const ToxicityRule = "loopback rule, no toxicity"

// Score is the toxicity routes' score for a text: its hash modulo 1001, divided by 1000.
func Score(text string) float64 { return float64(hashOf(text)%1001) / 1000 }

type perspectiveScore struct {
	Value float64 `json:"value"`
	Type  string  `json:"type"`
}

type perspectiveAttribute struct {
	Summary perspectiveScore `json:"summaryScore"`
}

// analyze answers as Perspective's comments:analyze does.
func (s *Server) analyze(body []byte, other bool) (any, *refusal) {
	var q struct {
		Comment struct {
			Text string `json:"text"`
		} `json:"comment"`
		Attributes map[string]struct{} `json:"requestedAttributes"`
		Languages  []string            `json:"languages"`
	}
	if err := json.Unmarshal(body, &q); err != nil || len(q.Attributes) == 0 {
		return nil, &refusal{http.StatusBadRequest, "the request is not a JSON comment with its requestedAttributes"}
	}
	if strings.TrimSpace(q.Comment.Text) == "" {
		return nil, &refusal{http.StatusBadRequest, "COMMENT_EMPTY"}
	}
	scores := map[string]perspectiveAttribute{}
	for name := range q.Attributes {
		if other {
			name += "_OTHER"
		}
		scores[name] = perspectiveAttribute{perspectiveScore{Score(q.Comment.Text), "PROBABILITY"}}
	}
	return struct {
		Scores    map[string]perspectiveAttribute `json:"attributeScores"`
		Languages []string                        `json:"languages"`
		Rule      string                          `json:"rule"`
	}{scores, q.Languages, ToxicityRule}, nil
}

// moderation answers as OpenAI's moderations do, with the one score in every
// category.
func (s *Server) moderation(body []byte, other bool) (any, *refusal) {
	var q struct {
		Input string `json:"input"`
	}
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, &refusal{http.StatusBadRequest, "the request is not a JSON moderation with one text as its input"}
	}
	type result struct {
		Flagged    bool               `json:"flagged"`
		Categories map[string]bool    `json:"categories"`
		Scores     map[string]float64 `json:"category_scores"`
	}
	score := Score(q.Input)
	r := result{score >= 0.5, map[string]bool{}, map[string]float64{}}
	for _, name := range []string{
		"harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent",
		"self-harm", "self-harm/instructions", "self-harm/intent", "sexual", "sexual/minors", "violence", "violence/graphic",
	} {
		if other {
			name += "-other"
		}
		r.Categories[name], r.Scores[name] = score >= 0.5, score
	}
	return struct {
		ID      string   `json:"id"`
		Model   string   `json:"model"`
		Results []result `json:"results"`
	}{s.id("modr-", body), ToxicityRule, []result{r}}, nil
}

type labelScore struct {
	Score float64 `json:"score"`
	Label string  `json:"label"`
}

// predict answers as text-embeddings-inference's classification does, with the
// labels "toxic" and "neutral".
func (s *Server) predict(body []byte, other bool) (any, *refusal) {
	var q struct {
		Inputs string `json:"inputs"`
	}
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, &refusal{http.StatusBadRequest, "the request is not JSON with one text as its inputs"}
	}
	label, score := "toxic", Score(q.Inputs)
	if other {
		label = "toxic-other"
	}
	return []labelScore{{score, label}, {1 - score, "neutral"}}, nil
}
