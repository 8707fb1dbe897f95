package suitefile

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/seed"
	"assay/models"
)

// drawer makes requests with solved examples above the prompt.
type drawer struct {
	*compiled
	pools map[string]*pool // by what shots share with their row; "" if they share nothing
}

// pool are rows to take solved examples from.
type pool struct {
	items []*item
	drawn []int // the order of a draw for all rows
}

func newDrawer(c *compiled, all []*item, own bool, file string) (*drawer, error) {
	d := &drawer{compiled: c, pools: map[string]*pool{}}
	if c.Shots == nil || all == nil {
		return d, nil
	}
	most := 0
	for _, one := range c.conditions {
		most = max(most, one.shots)
	}
	spare := 0
	if own {
		spare = 1 // the row itself
	}
	if len(all) < most+spare {
		if c.Shots.Apart || c.embedded {
			return nil, place.Errorf(file, 0, "%s %s needed, but without rows that are also in the data there %s only %d; name a larger file, such as the training set", plural.Of(most, "few-shot example"), plural.Word(most, "is", "are"), plural.Word(len(all)-spare, "is", "are"), len(all)-spare)
		}
		return nil, place.Errorf(c.Path, c.Line("shots"), "%s %s needed above a row, but there %s only %s to take them from; lower count, or name a larger file", plural.Of(most, "example"), plural.Word(most, "is", "are"), plural.Word(len(all)-spare, "is", "are"), plural.Of(len(all)-spare, "row"))
	}
	for _, it := range all {
		p := d.pools[it.like]
		if p == nil {
			p = &pool{}
			d.pools[it.like] = p
		}
		p.items = append(p.items, it)
	}
	if c.Shots.Draw == "seed" { // one more, in case the row itself is among them
		for like, p := range d.pools {
			p.drawn = draw(c.Shots.Seed, like, len(p.items), min(most+1, len(p.items)))
		}
	}
	return d, nil
}

// draw takes count of n without replacement, the same for equal seeds and texts.
func draw(from uint64, text string, n, count int) []int {
	s := seed.Text(fmt.Appendf(nil, "%d shots %q", from, text))
	random := rand.New(rand.NewPCG(s, seed.Mix(s)))
	if count*4 > n {
		return random.Perm(n)[:count]
	}
	var out []int
	taken := map[int]bool{}
	for len(out) < count {
		if i := random.IntN(n); !taken[i] {
			taken[i] = true
			out = append(out, i)
		}
	}
	return out
}

// shots are the solved examples of an item, which is never among them.
func (d *drawer) shots(of *item, count int) ([]*item, error) {
	p := d.pools[of.like]
	if p == nil {
		p = &pool{}
	}
	var order []int
	switch d.Shots.Draw {
	case "seed":
		order = p.drawn
	case "each":
		order = draw(d.Shots.Seed, of.example.ID, len(p.items), min(count+1, len(p.items)))
	default:
		for i := range min(count+1, len(p.items)) {
			order = append(order, i)
		}
	}
	var out []*item
	for _, i := range order {
		if one := p.items[i]; one.example.ID != of.example.ID && len(out) < count {
			out = append(out, one)
		}
	}
	if len(out) < count {
		like := ""
		if d.like != nil {
			like = fmt.Sprintf(" with %q as like:", of.like)
		}
		return nil, place.Errorf(d.Path, d.Line("shots"), "a row needs %s above it, but there %s only %s%s; lower count, or name a larger file", plural.Of(count, "example"), plural.Word(len(out), "is", "are"), plural.Of(len(out), "other row"), like)
	}
	return out, nil
}

// request is a condition's request for an item.
func (d *drawer) request(of *item, at int) (models.Request, error) {
	c, p := &d.conditions[at], &of.parts[at]
	r := models.Request{System: p.system}
	parts := []string{p.text}
	if c.shots > 0 {
		shots, err := d.shots(of, c.shots)
		if err != nil {
			return r, err
		}
		texts := make([]string, len(shots))
		for i, one := range shots {
			if texts[i] = one.shot(at, d.delimiter); d.Shots.As == "turns" {
				r.Turns = append(r.Turns, models.Turn{Role: "user", Content: one.parts[at].text}, models.Turn{Role: "assistant", Content: one.target})
			}
		}
		if d.Shots.As != "turns" {
			parts = append(texts, parts...)
		}
	}
	r.Turns = append(r.Turns, p.turns...)
	switch {
	case p.instruction == "":
	case r.Turns != nil: // it opens the chat
		r.Turns[0].Content = p.instruction + d.separator + r.Turns[0].Content
	default:
		parts = append([]string{p.instruction}, parts...)
	}
	r.Prompt = strings.Join(parts, d.separator)
	for _, choice := range of.example.Choices {
		r.Choices = append(r.Choices, d.delimiter+choice)
	}
	if len(r.Choices) > 1 {
		r.Letters = &models.Letters{Question: "Which of these continues the text above best?"}
	}
	return r, nil
}

// shot is a solved example's text under a condition.
func (it *item) shot(at int, delimiter string) string {
	if it.shots != nil {
		return it.shots[at]
	}
	text := it.parts[at].text
	if delimiter == " " && (strings.HasSuffix(text, " ") || strings.HasSuffix(text, "\n")) {
		return text + it.target
	}
	return text + delimiter + it.target
}
