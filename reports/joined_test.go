package reports_test

import (
	"slices"
	"testing"

	"assay/reports"
)

// Suites that one of the runs lacks share a note, and one line for all says how to pair them.
func TestJoinedTableNotes(t *testing.T) {
	only := func(run string) []string { return []string{"only the run " + run + " has this suite"} }
	all := []reports.Joined{
		{Other: "theirs", Notes: only("b")}, {Suite: "mine", Notes: only("a")}, {Suite: "drop", Other: "drop", By: "content", First: 9, Second: 8, Both: 7, Notes: []string{"2 examples of the run a without a partner"}},
		{Suite: "more", Notes: only("a")}, {Other: "others", Notes: only("b")}, {Suite: "last", Notes: only("a")},
	}
	want := []string{
		"Not joined: theirs, others: only the run b has this suite.",
		"Not joined: mine, more, last: only the run a has this suite.",
		"Not joined: drop: 2 examples of the run a without a partner.",
		"If two suites are one under two names, pair them: --map FIRST=SECOND, such as --map mine=theirs.",
	}
	if got := reports.JoinedTable(all).Notes; !slices.Equal(got, want) {
		t.Errorf("notes %q, want %q", got, want)
	}
	if got := reports.JoinedTable(all[1:4]).Notes; len(got) != 2 {
		t.Errorf("without a suite to pair with: %q", got)
	}
}
