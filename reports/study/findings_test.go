package study_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/metrics"
	"assay/reports"
	"assay/reports/study"
)

func TestHeadlines(t *testing.T) {
	of := func(verdicts ...study.Verdict) []study.Finding {
		var out []study.Finding
		for i, v := range verdicts {
			out = append(out, study.Finding{Claim: "claim " + string(rune('a'+i)), Verdict: v})
		}
		return out
	}
	for _, tt := range []struct {
		name     string
		findings []study.Finding
		null     bool
		text     string
		word     string
		tone     reports.Tone
		lines    []string
	}{
		{"mixed", of(study.Holds, study.Fails, study.Holds, study.Undecided, study.NotTested), false,
			"2 hold, 1 fails, 1 undecided, 1 not tested of 5 findings", "mixed", reports.Unsure,
			[]string{"Holds: claim a; claim c.", "Fails: claim b."}},
		{"all hold", of(study.Holds, study.Holds), false, "2 hold of 2 findings", "all hold", reports.Good, []string{"Holds: claim a; claim b."}},
		{"none holds", of(study.Fails, study.Undecided), false, "1 fails, 1 undecided of 2 findings", "fails", reports.Bad, []string{"Fails: claim a."}},
		{"undecided", of(study.Undecided), false, "1 undecided of 1 finding", "undecided", reports.Unsure, nil},
		{"null", of(study.Vanishes, study.Holds, study.Vanishes), true,
			"Of 2 findings that must vanish in a null world, 2 vanish. Of the rest: 1 holds of 1 finding", "all hold", reports.Good,
			[]string{"Vanishes: claim a; claim c.", "Holds: claim b."}},
		{"null with a fault", of(study.StillThere, study.Vanishes), true,
			"Of 2 findings that must vanish in a null world, 1 vanishes and 1 is still there", "still there", reports.Bad,
			[]string{"Vanishes: claim b.", "Still there: claim a."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := study.Study{Subject: &reports.Subject{}, Findings: tt.findings, Null: tt.null}
			h := s.Report().Verdicts
			if len(h) != 1 {
				t.Fatalf("got %d headlines", len(h))
			}
			want := reports.Headline{Text: tt.text, Word: tt.word, Tone: tt.tone, Lines: tt.lines}
			if d := cmp.Diff(want, h[0]); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestNullWorldSaysWhatMustVanish(t *testing.T) {
	s := small(t)
	if text := section(t, s.Report(), "small-world").Text; strings.Contains(text, "null world") {
		t.Errorf("a world with misconceptions: %s", text)
	}
	s.Null = true
	text := section(t, s.Report(), "small-world").Text
	for _, part := range []string{"no misconceptions", "no link between rude users and rude replies", "no skew of pronouns", "must vanish"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not mentioned for a null world: %s", part, text)
		}
	}
}

func texts(table reports.Table) [][]string {
	var rows [][]string
	for _, row := range table.Rows {
		var texts []string
		for _, c := range row {
			texts = append(texts, c.Text)
		}
		rows = append(rows, texts)
	}
	return rows
}

// A claim shows the test that decides its verdict.
func TestFindingsTable(t *testing.T) {
	table := tableOf(t, full(t).Report(), "findings")
	rows := texts(table)
	if len(rows) != 6 {
		t.Fatalf("got %d rows for 6 findings", len(rows))
	}
	want := []string{"Each step improves on the one before: GPT, GPT (prompted), SFT, PPO", "undecided", "gold utility: PPO less SFT",
		"+0.092 [-0.017, +0.201]", "above 0", "2 hold, 1 undecided", "1", "section 4.1, figure 1"}
	if d := cmp.Diff(want, rows[0]); d != "" {
		t.Errorf("first row -want +got\n%s", d)
	}
	if got := rows[5]; got[1] != "not tested" || got[3] != "no FLAN was trained" || got[5] != "1 not tested" {
		t.Errorf("a test that could not be made: got %v", got)
	}
	if table.Rows[2][1].Tone != reports.Good || table.Rows[4][1].Tone != reports.Bad || table.Rows[0][1].Tone != reports.Unsure {
		t.Error("verdicts without their tones")
	}
}

func TestContrastsTable(t *testing.T) {
	rows := texts(tableOf(t, full(t).Report(), "contrasts"))
	if len(rows) != 8 {
		t.Fatalf("got %d rows for 8 tests", len(rows))
	}
	want := []string{"Each step improves on the one before: GPT, GPT (prompted), SFT, PPO", "gold utility: GPT (prompted) less GPT",
		"+0.680 [+0.573, +0.787]", "above 0", "holds", "1", "0.68", "gold utility"}
	if d := cmp.Diff(want, rows[0]); d != "" {
		t.Errorf("first row -want +got\n%s", d)
	}
}

// The figure has a panel for each unit and a row for each test with a number, over the band
// that its rule allows.
func TestContrastsFigure(t *testing.T) {
	s := full(t)
	f := figureOf(t, s.Report(), "contrasts")
	if len(f.Panels) != 2 || f.Panels[0].YLabel != "gold utility" || f.Panels[1].YLabel != "share" {
		t.Fatalf("got %d panels", len(f.Panels))
	}
	share := f.Panels[1]
	if d := cmp.Diff([]string{"win rate: PPO-ptx less PPO", "closed-domain hallucination: PPO less SFT", "constraints kept: PPO less SFT", "win rate: GPT less PPO"}, share.X); d != "" {
		t.Errorf("rows -want +got\n%s", d)
	}
	zero, lo, hi := 0.0, -0.05, 0.05
	if d := cmp.Diff([]reports.Band{{X: 0, Lo: &lo, Hi: &hi}, {X: 1, Hi: &zero}, {X: 2, Lo: &zero}, {X: 3, Lo: &zero}}, share.Bands); d != "" {
		t.Errorf("bands -want +got\n%s", d)
	}
	if got := share.Reference; got == nil || *got != 0 {
		t.Errorf("the middle of differences is drawn at %v", got)
	}
	s.Findings[1].Tests[0].Unit = study.WinRate
	if got := figureOf(t, s.Report(), "contrasts").Panels[1].Reference; got == nil || *got != 0.5 {
		t.Errorf("the middle of win rates is drawn at %v", got)
	}
	var verdicts []string
	for _, p := range share.Points {
		verdicts = append(verdicts, f.Series[p.Series].Name)
	}
	if d := cmp.Diff([]string{"undecided", "holds", "undecided", "fails"}, verdicts); d != "" {
		t.Errorf("verdicts -want +got\n%s", d)
	}
	test := s.Findings[2].Tests[0]
	if got := share.Points[1]; got.Y != test.Point || got.Lo != test.Interval.Lo || got.Hi != test.Interval.Hi {
		t.Errorf("got %+v, want %+v", got, test.Interval)
	}
	for i := range s.Findings {
		s.Findings[i].Tests = []study.Test{{Name: "none", Missing: "not trained", Verdict: study.NotTested}}
	}
	if _, figures := ids(t, s.Report()); slices.Contains(figures, "contrasts") {
		t.Error("a figure without a number")
	}
	s.Findings[0].Tests[0].Interval = &metrics.Interval{Point: 1, Lo: 0, Hi: 2}
	if got := figureOf(t, s.Report(), "contrasts").Panels[0]; len(got.Points) != 1 || len(got.Bands) != 0 {
		t.Errorf("a test without bounds: got %+v", got)
	}
}
