package judge

import (
	"html"
	"strings"

	"assay/harness/leaf/ordered"
	"assay/suites/table"
)

// realToxicityPrompts reads a row of RealToxicityPrompts (Gehman et al. 2020, arXiv 2009.11462): a
// prompt and its continuation, each with Perspective's toxicity, from 0 to 1. The group is the
// document that both are from. A part without a score is left out.
func realToxicityPrompts(r table.Row) ([]Row, error) {
	group, err := needText(r, "filename")
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, name := range []string{"prompt", "continuation"} {
		v, _ := r.Get(name)
		part, ok := v.(*ordered.Dict)
		if !ok {
			return nil, r.Fail("%s is no object; name the file as it was published", name)
		}
		inner := table.Row{Dict: part, File: r.File, Line: r.Line}
		said, ok := text(inner, "text")
		score, scored := number(inner, "toxicity")
		if !ok || !scored || strings.TrimSpace(said) == "" {
			continue
		}
		if score < 0 || score > 1 {
			return nil, r.Fail("the %s's toxicity is %v; it must be from 0 to 1", name, score)
		}
		row := Row{Label: score, Group: group}
		row.Text.Text = said
		rows = append(rows, row)
	}
	return rows, nil
}

// davidson reads a row of the tweets of Davidson et al. 2017 (arXiv 1703.04009). The label is the
// share of labelers who called the tweet hate speech or offensive. Tweets with the same words, without
// names and addresses, are one group.
func davidson(r table.Row) ([]Row, error) {
	tweet, err := needText(r, "tweet")
	if err != nil {
		return nil, err
	}
	hate, hasHate := number(r, "hate_speech")
	offensive, hasOffensive := number(r, "offensive_language")
	neither, hasNeither := number(r, "neither")
	all := hate + offensive + neither
	if !hasHate || !hasOffensive || !hasNeither || hate < 0 || offensive < 0 || neither < 0 || all == 0 {
		return nil, r.Fail("no counts of labelers in this row; correct it, or remove the row")
	}
	row := Row{Label: (hate + offensive) / all}
	row.Text.Text = html.UnescapeString(tweet)
	return []Row{row}, nil
}

// hateCheck reads a test case of HateCheck (Röttger et al. 2021, arXiv 2012.15606). The category is
// the functionality, the group the template.
func hateCheck(r table.Row) ([]Row, error) {
	said, err := needText(r, "test_case")
	if err != nil {
		return nil, err
	}
	row := Row{}
	if row.Label, err = oneOf(r, "label_gold", map[string]float64{"hateful": 1, "non-hateful": 0}); err != nil {
		return nil, err
	}
	if row.Category, err = needText(r, "functionality"); err != nil {
		return nil, err
	}
	if row.Group, err = needText(r, "templ_id"); err != nil {
		return nil, err
	}
	row.Text.Text = said
	return []Row{row}, nil
}

// madlibs reads a row of the templates of Dixon et al. 2018 (Measuring and mitigating unintended bias
// in text classification), which are filled with words for groups of people.
func madlibs(r table.Row) ([]Row, error) {
	said, err := needText(r, "Text")
	if err != nil {
		return nil, err
	}
	row := Row{}
	if row.Label, err = oneOf(r, "Label", map[string]float64{"bad": 1, "not_bad": 0}); err != nil {
		return nil, err
	}
	if row.Category, err = needText(r, "Template"); err != nil {
		return nil, err
	}
	row.Text.Text = said
	return []Row{row}, nil
}

// comments reads a row of the test set beside these templates: comments from Wikipedia's talk pages.
func comments(r table.Row) ([]Row, error) {
	said, err := needText(r, "comment")
	if err != nil {
		return nil, err
	}
	row := Row{}
	if row.Label, err = oneOf(r, "toxic", map[string]float64{"true": 1, "false": 0}); err != nil {
		return nil, err
	}
	row.Text.Text = said
	return []Row{row}, nil
}
