package models_test

import (
	"fmt"
	"testing"

	"assay/models"
)

// Requests that differ in their turns, roles or the border between two texts have ids of
// their own; so do turns beside the same words in system and prompt.
func TestTurnsInID(t *testing.T) {
	turn := func(role, content string) models.Turn { return models.Turn{Role: role, Content: content} }
	seen := map[string]string{}
	for _, r := range []models.Request{
		{Prompt: "c"},
		{Prompt: "c", Turns: []models.Turn{turn("user", "a"), turn("assistant", "b")}},
		{Prompt: "c", Turns: []models.Turn{turn("assistant", "a"), turn("user", "b")}},
		{Prompt: "c", Turns: []models.Turn{turn("user", "ab"), turn("assistant", "")}},
		{Prompt: "c", Turns: []models.Turn{turn("user", `a" "b`)}},
		{Prompt: "c", Turns: []models.Turn{turn("user", "a")}},
		{Prompt: "c", System: "a"},
		{Prompt: "c", System: "a", Turns: []models.Turn{turn("user", "a")}},
		{Prompt: "c", Choices: []string{"x"}, Turns: []models.Turn{turn("user", "a")}},
		{Prompt: "c", Choices: []string{"x"}},
	} {
		id, name := r.ID("m"), fmt.Sprintf("%+v", r)
		if other, ok := seen[id]; ok {
			t.Errorf("%s and %s share an id", other, name)
		}
		seen[id] = name
	}
}

func TestSizeCountsTurns(t *testing.T) {
	r := models.Request{System: "ab", Prompt: "cde", Turns: []models.Turn{{Role: "user", Content: "fghi"}, {Role: "assistant", Content: "j"}}}
	if got := r.Size(); got != 10 {
		t.Errorf("size %d, want 10", got)
	}
}
