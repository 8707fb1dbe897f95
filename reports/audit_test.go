package reports

import (
	"strings"
	"testing"

	"assay/metrics"
	"assay/metrics/audit"
)

func TestAuditSays(t *testing.T) {
	m := func(point, lo, hi float64) *audit.Measure {
		return &audit.Measure{Point: point, Lo: lo, Hi: hi, N: 120, Clusters: 60, Method: "method"}
	}
	for _, tt := range []struct {
		row  AuditRow
		want string
		tone Tone
	}{
		{AuditRow{Check: AuditOrder, Measure: m(0.345, 0.3, 0.4)}, "The verdict changes with the order of the two answers in 34% of the pairs.", Plain},
		{AuditRow{Check: AuditFirst, Measure: m(0.6, 0.51, 0.7)}, "The judge prefers the answer that it sees first.", Marked},
		{AuditRow{Check: AuditFirst, Measure: m(0.4, 0.3, 0.49)}, "The judge prefers the answer that it sees second.", Marked},
		{AuditRow{Check: AuditFirst, Measure: m(0.55, 0.45, 0.65)}, "No preference for a place is shown.", Plain},
		{AuditRow{Check: AuditLength, Measure: m(-0.7, -1, -0.1)}, "A much shorter answer has 2.0 times the odds to be preferred. Part of this may be quality.", Marked},
		{AuditRow{Check: AuditBeyond, Measure: m(0.7, 0.1, 1.3)}, "The judge likes long answers more than people do, by 2.0 times the odds.", Marked},
		{AuditRow{Check: AuditStyle, Term: "lists", Measure: m(-0.7, -1, -0.1)}, "Answers with more lists have lower odds", Marked},
		{AuditRow{Check: AuditOwn, Measure: m(0.1, 0.05, 0.15), Reference: "people", Kin: []string{"b", "c"}}, "The judge gives answers of its own family more than the verdicts of people. Own family: b, c.", Marked},
		{AuditRow{Check: AuditOwn, Measure: m(0.1, -0.05, 0.25), Kin: []string{"b"}}, "No preference for answers of its own family is shown.", Plain},
		{AuditRow{Check: AuditReplace, Alone: new(0.25), N: 4, Epsilon: 0.1}, "No: it wins against fewer than half of the labelers, by the alternative annotator test with epsilon 0.1.", Bad},
		{AuditRow{Check: AuditReplace, Alone: new(0.5), N: 4, Passed: true}, "Yes: it wins against at least half", Good},
		{AuditRow{Check: AuditAgain, Needs: "nobody asked"}, "Not measured: nobody asked.", Plain},
	} {
		if got := tt.row.Says(); !strings.HasPrefix(got, tt.want) || tt.row.tone() != tt.tone {
			t.Errorf("%+v says %q in tone %v, want %q in %v", tt.row, got, tt.row.tone(), tt.want, tt.tone)
		}
	}
}

// A row without a number has a dash and no n, for people and for machines.
func TestAuditTables(t *testing.T) {
	s := Subject{Suites: []Suite{{Name: "winrate", Title: "Win rate", Metrics: []metrics.Metric{{Name: "win_rate", Title: "Win rate"}, {Name: "m", Title: "Other"}}}}}
	all := Audit{Notes: []string{"A note."}, Rows: []AuditRow{
		{Judge: "j", Suite: "winrate", Metrics: []string{"win_rate"}, Check: AuditStyle, Term: "bold", Decided: 3, Measure: &audit.Measure{Point: 0.25, Lo: -0.125, Hi: 0.625, N: 40, Clusters: 20, Method: "way"}},
		{Judge: "j", Suite: "winrate", Metrics: []string{"win_rate"}, Check: AuditPeople, Alone: new(0.5), N: 12, Raw: 0.75},
		{Judge: "j", Suite: "winrate", Metrics: []string{"win_rate", "m"}, Check: AuditAgain, Needs: "it was asked once"},
	}}
	t1 := AuditTable(&s, all)
	var lines []string
	for _, row := range t1.Rows {
		var cells []string
		for _, c := range row[:5] {
			cells = append(cells, c.Text)
		}
		lines = append(lines, strings.Join(cells, " | "))
	}
	want := "j: Win rate | bold | 0.250 [-0.125, 0.625] | log-odds | 40\nj: Win rate | agreement with people | 0.500 | kappa | 12\nj: Win rate, Win rate / Other | asked again | - |  | "
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("rows\n%s\nwant\n%s", got, want)
	}
	if notes := strings.Join(t1.Notes, "\n"); !strings.Contains(notes, "3 pairs of models that won or lost everything") || !strings.HasSuffix(notes, "A note.") || strings.Contains(notes, "may it replace") {
		t.Errorf("notes %s", notes)
	}
	all.Rows = append(all.Rows, AuditRow{Judge: "k", Suite: "winrate", Metrics: []string{"win_rate"}, Check: AuditAgain, Needs: "x"})
	if of := AuditSection(&s, all).Tables; len(of) != 2 || of[0].ID != "judge-audit" || of[1].ID != "judge-audit-2" || len(of[0].Rows) != 3 || len(of[1].Rows) != 1 || strings.Contains(strings.Join(of[0].Notes, ""), "A note.") {
		t.Errorf("tables %+v", of)
	}
	all.Rows = all.Rows[:3]
	long := AuditLong(all)
	if len(long.Rows) != 4 || long.Rows[0][6].Machine() != "0.25" || long.Rows[1][6].Machine() != "0.5" || long.Rows[1][7].Machine() != "" || long.Rows[3][2].Text != "m" || long.Rows[3][6].Machine() != "" {
		t.Errorf("machine rows %+v", long.Rows)
	}
}
