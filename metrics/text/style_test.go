package text

import "testing"

func TestStyleOf(t *testing.T) {
	const fence = "```"
	for _, tt := range []struct {
		text string
		want Style
	}{
		{"", Style{}},
		{"A plain answer, 2 * 3 = 6 and #1.", Style{Characters: 33}},
		{"# One\n\n## Two\ntext\n###### Six\n####### seven\n#tag", Style{Headings: 3}},
		{"- one\n* two\n+ three\n  1. four\n\t12) five\n-six\n1.seven\n- ", Style{Lists: 5}},
		{"**One** and __two__, **not\nthree**, ****, * four *", Style{Bold: 2}},
		{"- **both**\n- **again**: x", Style{Lists: 2, Bold: 2}},
		{"Look:\n" + fence + "go\n# no heading\n- no item\n" + fence + "\n- item\n  " + fence + "\nx\n  " + fence + "\nend", Style{Code: 2, Lists: 1}},
		{"# Title\n" + fence + "\nnever closed\n- x", Style{Code: 1, Headings: 1}},
		{"Üben – ein Wort", Style{Characters: 15}},
	} {
		got := StyleOf(tt.text)
		if tt.want.Characters == 0 {
			got.Characters = 0
		}
		if got != tt.want {
			t.Errorf("%q: %+v, want %+v", tt.text, got, tt.want)
		}
	}
}
