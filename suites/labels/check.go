package labels

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"assay/harness/leaf/place"
)

// Validate checks a row on its own.
func (r *Row) Validate() error {
	for _, check := range []func() error{r.checkNames, r.checkNumbers, r.checkPreference, r.checkJudged} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkNames checks whose judgement of what the row is.
func (r *Row) checkNames() error {
	switch {
	case r.Model == "":
		return errors.New("no model; each row needs the name of the model whose output was judged")
	case r.Labeler == "":
		return errors.New("no labeler; each row needs the name or number of the person who judged")
	case r.Example == "" && strings.TrimSpace(r.Prompt) == "":
		return errors.New("no prompt and no example; each row needs one of the two")
	case r.Baseline == r.Model:
		return fmt.Errorf("model and baseline are both %q; a model can't be its own baseline", r.Model)
	}
	for _, name := range []struct{ member, text string }{
		{"suite", r.Suite}, {"example", r.Example}, {"category", r.Category}, {"cluster", r.Cluster}, {"model", r.Model},
		{"condition", r.Condition}, {"labeler", r.Labeler}, {"group", r.Group}, {"baseline", r.Baseline},
	} {
		if strings.TrimSpace(name.text) != name.text {
			return fmt.Errorf("%s is %.80q, with white space at an end, which makes it another name; remove the white space", name.member, name.text)
		}
	}
	switch r.Item {
	case Ordinary, Gold, Attention, Screening:
		return nil
	}
	return fmt.Errorf("item is %.80q; %s, or leave it out", r.Item, place.Choose(string(r.Item), []string{string(Gold), string(Attention), string(Screening)}))
}

// checkNumbers checks ranges.
func (r *Row) checkNumbers() error {
	if r.Sample < 0 {
		return fmt.Errorf("sample is %d; write a whole number from 0, the number of the model's draw", r.Sample)
	}
	for _, n := range []struct {
		member string
		value  *int
		lo, hi int
	}{
		{"likert", r.Likert, 1, 7}, {"rank", r.Rank, 1, math.MaxInt32}, {"strength", r.Strength, 1, 3},
		{"toxicity", r.Toxicity, 0, 2}, {"relative_toxicity", r.RelativeToxicity, -1, 1}, {"continuity", r.Continuity, 1, 7},
	} {
		switch {
		case n.value == nil || *n.value >= n.lo && *n.value <= n.hi:
		case n.hi == math.MaxInt32:
			return fmt.Errorf("%s is %d; write a whole number from %d", n.member, *n.value, n.lo)
		default:
			return fmt.Errorf("%s is %d; write a whole number from %d to %d", n.member, *n.value, n.lo, n.hi)
		}
	}
	switch {
	case r.Seconds != nil && !(*r.Seconds >= 0 && *r.Seconds <= math.MaxFloat64):
		return fmt.Errorf("seconds is %v; write a number from 0, or leave it out", *r.Seconds)
	case r.Probability != nil && !(*r.Probability > 0 && *r.Probability <= 1):
		return fmt.Errorf("probability is %v; write a number above 0 and at most 1, or leave it out if it is unknown", *r.Probability)
	}
	return nil
}

// checkPreference checks what says which of two outputs is better.
func (r *Row) checkPreference() error {
	switch r.Preference {
	case "", ModelBetter, BaselineBetter, Tie:
	default:
		return fmt.Errorf("preference is %.80q; %s", r.Preference, place.Choose(string(r.Preference), []string{string(ModelBetter), string(BaselineBetter), string(Tie)}))
	}
	switch {
	case r.BaselineOutput != nil && r.Baseline == "":
		return errors.New("a baseline_output without a baseline; name the model whose output it is")
	case r.Preference != "" && r.Baseline == "":
		return errors.New("a preference without a baseline; name the model that the output was compared with")
	case r.Preference == "" && r.Baseline != "" && r.Skipped == "":
		return errors.New("a baseline without a preference; write model, baseline or tie, or leave the baseline out")
	case r.Strength != nil && r.Preference == "":
		return errors.New("a strength without a preference; write which of the two outputs is better")
	case r.Strength != nil && r.Preference == Tie:
		return errors.New("a tie has no strength; leave the strength out, or write which of the two outputs is better")
	}
	return nil
}

// Says reports whether the row has a judgement.
func (r *Row) Says() bool { return len(r.Values()) > 0 || r.Rank != nil || r.Preference != "" }

// checkJudged refuses rows that say nothing, and skipped ones that say something.
func (r *Row) checkJudged() error {
	switch says := r.Says(); {
	case r.Skipped != "" && says:
		return errors.New("the row is skipped and has a judgement; leave one of the two out")
	case r.Skipped == "" && !says:
		return errors.New("the row has no judgement; write at least one, or the reason in skipped")
	}
	return nil
}
