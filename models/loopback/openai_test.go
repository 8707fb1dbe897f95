package loopback_test

import (
	"context"
	"testing"

	"assay/models"
	"assay/models/loopback"
	"assay/models/openai"
	"assay/models/remote"
)

// Our own client works with the server: texts, scoring with echo, and letters without echo.
func TestOpenAIClient(t *testing.T) {
	for _, tt := range []struct {
		noEcho, chat bool
		mode         openai.Mode
	}{{false, false, openai.Echo}, {true, false, openai.Letters}, {true, true, openai.Letters}} {
		_, url := start(t, loopback.Config{Model: "m", NoEcho: tt.noEcho})
		client, err := openai.New(openai.Config{Remote: remote.Config{Endpoints: []string{url + "/v1"}}, Model: "m", Chat: tt.chat})
		if err != nil {
			t.Fatal(err)
		}
		text, err := client.Generate(context.Background(), models.Request{Prompt: "Q: Why?\nA:"})
		if err != nil || len(text.Text) < 10 || text.Finish != "stop" || text.Tokens == nil {
			t.Errorf("%+v: %+v, error %v", tt, text, err)
		}
		if mode, err := client.Scoring(context.Background()); err != nil || mode != tt.mode {
			t.Errorf("%+v: scoring %v, error %v", tt, mode, err)
		}
		score, err := client.Score(context.Background(), models.Request{Prompt: "Q: Why?\nA:", Choices: []string{" Because", " No reason at all", " Who knows"}, Letters: &models.Letters{Question: "Which?"}})
		scored := len(score.Scores) == 3 && len(score.Lengths) == 3
		if err != nil || scored != (tt.mode == openai.Echo) || scored == (score.Text != "") {
			t.Errorf("%+v: %+v, error %v", tt, score, err)
		}
	}
}
