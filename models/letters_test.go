package models_test

import (
	"testing"

	"assay/models"
)

// Everything that a choice by letter depends on is part of the request's address.
func TestLettersAreAddressed(t *testing.T) {
	ids := map[string]string{}
	for name, l := range map[string]*models.Letters{
		"none":     nil,
		"plain":    {Question: "Which?", Seed: 7},
		"question": {Question: "Which one?", Seed: 7},
		"among":    {Question: "Which?", Seed: 7, Among: []int{0, 1}},
		"order":    {Question: "Which?", Seed: 8},
		"reversed": {Question: "Which?", Seed: 7, Reversed: true},
	} {
		r := models.Request{Prompt: "p", Choices: []string{" a", " b"}, Letters: l}
		id := r.ID("f")
		if other, ok := ids[id]; ok {
			t.Errorf("%s and %s have one address", name, other)
		}
		ids[id] = name
	}
}

// A choice by letter is an answer, even if the model wanted to write more after it.
func TestChoiceIsNotCut(t *testing.T) {
	c := models.Completion{Text: " blue", Letter: "B", Finish: models.FinishLength}
	if c.Kind() != models.Ordinary {
		t.Errorf("kind %v, want an ordinary one", c.Kind())
	}
	c.Finish = models.FinishFiltered
	if c.Kind() != models.Filtered {
		t.Errorf("kind %v, want a filtered one", c.Kind())
	}
}
