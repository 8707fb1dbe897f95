package pipeline

import "testing"

// A condition that doesn't exist is refused with those that do, or with the remedy where there are none.
func TestSelectionRefusesConditions(t *testing.T) {
	plain := []Cell{{Suite: "quiz", Metric: "f1", Model: "m"}, {Suite: "text", Metric: "loss", Model: "m"}}
	shots := append(plain, Cell{Suite: "tldr", Metric: "rouge_l", Model: "m", Condition: "few"})
	for _, c := range []struct {
		cells  []Cell
		suites []string
		want   string
	}{
		{plain, nil, "--condition z: the run has no conditions; remove --condition"},
		{plain, []string{"quiz", "text"}, "--condition z: quiz, text have no conditions; remove --condition"},
		{shots, []string{"text"}, "--condition z: text has no conditions; remove --condition"},
		{shots, []string{"tldr"}, "--condition z: no such condition; tldr has few"},
		{shots, nil, `--condition z: no such condition; the run has "" (no condition), few`},
	} {
		s := Selection{Suites: c.suites, Conditions: []string{"z"}}
		if err := s.Check(c.cells); err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}
