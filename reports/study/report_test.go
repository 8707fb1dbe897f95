package study_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/harness/leaf/approx"
	"assay/metrics"
	"assay/models"
	"assay/reports"
	"assay/reports/study"
)

func section(t *testing.T, r reports.Report, id string) reports.Section {
	t.Helper()
	i := slices.IndexFunc(r.Sections, func(s reports.Section) bool { return s.ID == id })
	if i < 0 {
		t.Fatalf("no section %q", id)
	}
	return r.Sections[i]
}

func figureOf(t *testing.T, r reports.Report, id string) reports.Figure {
	t.Helper()
	return partOf(t, r, func(s reports.Section) []reports.Figure { return s.Figures }, func(f reports.Figure) bool { return f.ID == id }, id)
}

func tableOf(t *testing.T, r reports.Report, id string) reports.Table {
	t.Helper()
	return partOf(t, r, func(s reports.Section) []reports.Table { return s.Tables }, func(f reports.Table) bool { return f.ID == id }, id)
}

// partOf is the first part of a report's sections that is the wanted one.
func partOf[T any](t *testing.T, r reports.Report, parts func(reports.Section) []T, wanted func(T) bool, id string) T {
	t.Helper()
	for _, s := range r.Sections {
		if i := slices.IndexFunc(parts(s), wanted); i >= 0 {
			return parts(s)[i]
		}
	}
	t.Fatalf("no %q in the report", id)
	panic("unreachable")
}

// ids are those of sections, figures and tables. It fails where a figure or a table shares
// its file's name with another, or has nothing to show.
func ids(t *testing.T, r reports.Report) (sections, figures []string) {
	t.Helper()
	tables := map[string]bool{}
	for _, s := range r.Sections {
		sections = append(sections, s.ID)
		for _, f := range s.Figures {
			if slices.Contains(figures, f.ID) {
				t.Errorf("two figures named %s", f.ID)
			}
			figures = append(figures, f.ID)
			for _, p := range f.Panels {
				if len(p.Points)+len(p.Curves) == 0 {
					t.Errorf("figure %s: panel %q is empty", f.ID, p.Title)
				}
			}
			if !strings.HasSuffix(f.Caption, ".") || strings.Contains(f.Caption, "..") {
				t.Errorf("figure %s: caption %q", f.ID, f.Caption)
			}
		}
		for _, table := range s.Tables {
			if tables[table.ID] {
				t.Errorf("two tables named %s", table.ID)
			}
			tables[table.ID] = true
			if len(table.Rows) == 0 {
				t.Errorf("table %s is empty", table.ID)
			}
			for i, row := range table.Rows {
				if len(row) != len(table.Columns) {
					t.Errorf("table %s: row %d has %d cells under %d columns", table.ID, i, len(row), len(table.Columns))
				}
			}
		}
	}
	return sections, figures
}

func TestReadingOrder(t *testing.T) {
	sections, figures := ids(t, full(t).Report())
	if d := cmp.Diff([]string{"findings", "small-world", "contrasts", "preferences", "likert", "metadata", "truthfulness", "toxicity", "bias", "tax",
		"epochs", "sweeps", "over-optimisation", "laws", "labelers", "deviations", "costs", "sample-answers"}, sections); d != "" {
		t.Errorf("sections -want +got\n%s", d)
	}
	if d := cmp.Diff([]string{"contrasts", "win-rate", "win-rate-groups", "utility", "likert", "metadata", "hallucination", "truthfulqa",
		"truthfulqa_mc", "realtoxicity", "bias", "public-nlp", "text", "world_probes", "epochs", "sweep-gamma", "sweep-beta", "over-optimisation", "laws", "labelers"}, figures); d != "" {
		t.Errorf("figures -want +got\n%s", d)
	}
}

// A study of one size without sweeps, trainings and costs: what is not there leaves no
// trace.
func TestWhatIsNotMeasuredIsLeftOut(t *testing.T) {
	r := small(t).Report()
	sections, figures := ids(t, r)
	if d := cmp.Diff([]string{"findings", "small-world", "contrasts", "preferences", "likert", "metadata", "truthfulness", "toxicity", "bias", "tax", "sample-answers"}, sections); d != "" {
		t.Errorf("sections -want +got\n%s", d)
	}
	for _, id := range []string{"sweep-gamma", "over-optimisation", "labelers"} {
		if slices.Contains(figures, id) {
			t.Errorf("figure %s of an empty study", id)
		}
	}
	empty := study.Study{Subject: &reports.Subject{}}
	if sections, _ := ids(t, empty.Report()); !slices.Equal(sections, []string{"small-world"}) {
		t.Errorf("of an empty study: sections %v", sections)
	}
	unscored := study.Study{Subject: subject("sft-125k", "ppo-125k"), Baseline: "sft-125k",
		Sampled: []metrics.Estimate{{Suite: "world", Metric: "win_rate", Model: "ppo-125k", Method: "none"}}}
	if _, figures := ids(t, unscored.Report()); len(figures) > 0 {
		t.Errorf("without a number: figures %v", figures)
	}
}

// point finds a model's family and size in a panel.
func point(t *testing.T, f reports.Figure, panel int, series, x string) reports.Point {
	t.Helper()
	for _, p := range f.Panels[panel].Points {
		if f.Series[p.Series].Name == series && f.Panels[panel].X[p.X] == x {
			return p
		}
	}
	t.Fatalf("figure %s, panel %d: no %s at %s", f.ID, panel, series, x)
	return reports.Point{}
}

func TestWinRates(t *testing.T) {
	s := full(t)
	r := s.Report()
	f := figureOf(t, r, "win-rate")
	for i, from := range []struct {
		estimates []metrics.Estimate
		metric    string
	}{{s.Sampled, "win_rate"}, {s.Greedy, "win_rate"}, {s.Sampled, "gold_win_rate"}, {s.Greedy, "gold_win_rate"}} {
		want := number(from.estimates, "world", from.metric, "ppo-ptx-125k", "")
		if got := point(t, f, i, "PPO-ptx", "125K"); got.Y != want.Point || got.Lo != want.Lo || got.Hi != want.Hi {
			t.Errorf("panel %d: got %+v, want %+v", i, got, want)
		}
		if got := point(t, f, i, "SFT", "125K"); got.Y != 0.5 || got.Lo != 0.5 || got.Hi != 0.5 {
			t.Errorf("panel %d: the baseline is at %+v", i, got)
		}
		if ref := f.Panels[i].Reference; ref == nil || *ref != 0.5 {
			t.Errorf("panel %d: no line at 0.5", i)
		}
	}
	for _, part := range []string{"figure 1", "over the prompts of one seed", "475 to 2565 judgements", "The baseline, SFT 125K, is at 0.5 by definition."} {
		if !strings.Contains(f.Caption, part) {
			t.Errorf("caption %q lacks %q", f.Caption, part)
		}
	}
	groups := figureOf(t, r, "win-rate-groups")
	var titles []string
	for _, p := range groups.Panels {
		titles = append(titles, p.Title)
	}
	if d := cmp.Diff([]string{"Training labelers, prompts sent to InstructGPT", "Held-out labelers, prompts sent to InstructGPT",
		"Training labelers, prompts sent to GPT", "Held-out labelers, prompts sent to GPT"}, titles); d != "" {
		t.Errorf("panels -want +got\n%s", d)
	}
	want := number(s.Distributions[1].Estimates, "world", "heldout_win_rate", "gpt-125k", "")
	if got := point(t, groups, 3, "GPT", "125K"); got.Y != want.Point {
		t.Errorf("held-out labelers on labelers' prompts: got %v, want %v", got.Y, want.Point)
	}
}

// With one size the models are side by side, in the paper's order and without a legend.
func TestOneSize(t *testing.T) {
	s := small(t)
	f := figureOf(t, s.Report(), "likert")
	if d := cmp.Diff([]string{"GPT", "GPT (prompted)", "SFT", "PPO", "PPO-ptx"}, f.Panels[0].X); d != "" {
		t.Errorf("x -want +got\n%s", d)
	}
	for _, series := range f.Series {
		if series.Name != "" {
			t.Errorf("the legend repeats %q", series.Name)
		}
	}
	if !strings.Contains(f.Caption, "over 3 seeds and their prompts") || !strings.Contains(f.Caption, "figure 5a") {
		t.Errorf("caption %q", f.Caption)
	}
	cases := figureOf(t, s.Report(), "hallucination")
	if d := cmp.Diff([]string{"Closed QA", "Extract", "Summarization"}, cases.Panels[0].X); d != "" {
		t.Errorf("use cases -want +got\n%s", d)
	}
	want := number(s.UseCases, "world", "gold_hallucinated", "ppo-125k", "Extract")
	if got := point(t, cases, 0, "PPO", "Extract"); got.Y != want.Point {
		t.Errorf("got %v, want %v", got.Y, want.Point)
	}
}

func TestSuitesAreInTheirTopics(t *testing.T) {
	r := full(t).Report()
	for id, tables := range map[string][]string{
		"truthfulness": {"estimates-truthfulqa", "estimates-truthfulqa_mc"},
		"toxicity":     {"estimates-realtoxicity"},
		"bias":         {"estimates-crows_pairs", "estimates-winogender"},
		"tax":          {"estimates-drop", "estimates-squadv2", "estimates-text", "estimates-tldr", "estimates-wmt15_fr_en", "estimates-world_probes"},
	} {
		var got []string
		for _, table := range section(t, r, id).Tables {
			got = append(got, table.ID)
		}
		slices.Sort(got)
		if d := cmp.Diff(tables, got); d != "" {
			t.Errorf("%s: tables -want +got\n%s", id, d)
		}
	}
	for id, where := range map[string]string{"truthfulqa": "figure 5b", "realtoxicity": "figure 5c", "bias": "Table 14", "public-nlp": "figure 25"} {
		if f := figureOf(t, r, id); !strings.Contains(f.Caption, where) || !strings.Contains(f.Caption, "over the prompts of one seed") {
			t.Errorf("%s: caption %q", id, f.Caption)
		}
	}
}

func TestProbes(t *testing.T) {
	s := full(t)
	f := figureOf(t, s.Report(), "world_probes")
	for i, metric := range []string{"mappings", "mappings_bare", "retrieval", "facts"} {
		want := number(s.Greedy, "world_probes", metric, "sft-125k", "")
		if got := point(t, f, i, "SFT", "125K"); got.Y != want.Point {
			t.Errorf("%s: got %v, want %v", metric, got.Y, want.Point)
		}
	}
}

func TestSweeps(t *testing.T) {
	s := full(t)
	f := figureOf(t, s.Report(), "sweep-gamma")
	if f.Title != "Sweep over gamma, models of 125K parameters" || len(f.Series) != 1 {
		t.Errorf("got %q with %d series: models of one size are one line, whatever their names", f.Title, len(f.Series))
	}
	if d := cmp.Diff([]string{"0", "2"}, f.Panels[0].X); d != "" {
		t.Errorf("x -want +got\n%s", d)
	}
	i := slices.IndexFunc(f.Panels, func(p reports.Panel) bool { return p.Title == "SQuAD v2, F1" })
	if i < 0 {
		t.Fatal("no panel of SQuAD v2")
	}
	for x, at := range s.Sweeps[0].Points {
		want := number(at.Estimates, "squadv2", "f1", []string{"ppo-125k", "ppo-ptx-125k"}[x], "")
		if got := f.Panels[i].Points[x]; got.X != x || got.Y != want.Point {
			t.Errorf("gamma %v: got %+v, want %v", at.Value, got, want.Point)
		}
	}
	if d := cmp.Diff([]reports.Band{{X: 1}}, f.Panels[i].Bands); d != "" {
		t.Errorf("the chosen value -want +got\n%s", d)
	}
	table := tableOf(t, s.Report(), "sweep-gamma")
	if got := table.Rows[1][0]; got.Text != "2 (chosen)" || got.Machine() != "2" {
		t.Errorf("chosen value: got %+v", got)
	}
	s.Sweeps[0].Points = s.Sweeps[0].Points[:1]
	if _, figures := ids(t, s.Report()); slices.Contains(figures, "sweep-gamma") {
		t.Error("a sweep of one value is drawn")
	}
}

func TestOverOptimisation(t *testing.T) {
	s := full(t)
	r := s.Report()
	f := figureOf(t, r, "over-optimisation")
	if len(f.Panels) != 4 || f.Columns != 2 {
		t.Fatalf("got %d panels in %d columns, want 4 in 2", len(f.Panels), f.Columns)
	}
	alone := f.Panels[1].Curves
	if len(alone) != 2 {
		t.Fatalf("one seed has %d curves, want 2", len(alone))
	}
	score, gold := alone[0].Y, alone[1].Y
	if last := len(score) - 1; score[last] < score[0]+2 || gold[last] > gold[0]-0.5 {
		t.Errorf("score from %v to %v, gold utility from %v to %v: this training over-optimised", score[0], score[last], gold[0], gold[last])
	}
	both := f.Panels[3].Curves
	if len(both) != 6 {
		t.Fatalf("two seeds have %d curves, want 6", len(both))
	}
	for i, y := range both[5].Y {
		if want := (both[1].Y[i] + both[3].Y[i]) / 2; both[5].Faint || !both[1].Faint || !approx.Equal(y, want, 1e-12) {
			t.Fatalf("the mean of gold utility is %v at %d, want %v", y, i, want)
		}
	}
	if byKL := f.Panels[2].Curves[5]; !byKL.Path || !slices.Equal(byKL.Y, both[5].Y) {
		t.Error("the gold utility by KL is not the one by iteration")
	}
	row := tableOf(t, r, "over-optimisation").Rows[0]
	if got := []string{row[2].Text, row[4].Text, row[9].Text}; !slices.Equal(got, []string{"150", "2.52", "0.00"}) {
		t.Errorf("iterations, last score, last gold utility: got %v", got)
	}
	for i := range s.Optimise {
		for j := range s.Optimise[i].Steps {
			s.Optimise[i].Steps[j].Values = s.Optimise[i].Steps[j].Values[:1]
		}
	}
	bare := figureOf(t, s.Report(), "over-optimisation")
	if len(bare.Panels) != 2 || len(bare.Panels[0].Curves) != 1 {
		t.Errorf("with scores only: got %d panels", len(bare.Panels))
	}
	s.Optimise = []study.Optimised{{Name: "nothing", Steps: []models.TrainStep{{Step: 1}}}}
	if sections, _ := ids(t, s.Report()); slices.Contains(sections, "over-optimisation") {
		t.Error("a section of trainings that measured nothing")
	}
}

func TestLabelersCostsAndSamples(t *testing.T) {
	r := full(t).Report()
	f := figureOf(t, r, "labelers")
	if d := cmp.Diff([]string{"training labelers", "held-out labelers"}, f.Panels[0].X); d != "" {
		t.Errorf("agreement -want +got\n%s", d)
	}
	if got := point(t, f, 1, "reward model, 125K", "length alone"); !approx.Equal(got.Y, 0.636, 1e-3) {
		t.Errorf("length alone: got %v, want 0.636", got.Y)
	}
	costs := tableOf(t, r, "costs")
	if got := costs.Rows[1]; got[1].Text != "SFT" || got[3].Text != "1.62e-09" || got[4].Text != "4.5%" || got[6].Text != "0.135%" {
		t.Errorf("SFT's cost: got %v", got)
	}
	if got := costs.Rows[2][6].Text; got != "" {
		t.Errorf("a share that the paper doesn't give: %q", got)
	}
	got := texts(tableOf(t, r, "sample-2"))
	want := [][]string{
		{"GPT", "owl . user: what is the pet of max ? bot: cat , idiot .", "-1.60"}, {"GPT (prompted)", "it is owl .", "1.00"},
		{"SFT", "owl . list two pets .", "0.00"}, {"PPO", "it is fish .", "-0.40"}, {"PPO-ptx", "it is owl , sorry .", "1.15"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("answers -want +got\n%s", d)
	}
	if title := tableOf(t, r, "sample-2").Title; title != "user: what is the pet of vera ? bot:" {
		t.Errorf("under the title %q", title)
	}
}

// A prefix changes how the small world's prompts are put to a model. For a suite with its
// own prompts GPT (prompted) is GPT, and isn't shown as something else.
func TestPromptedIsLeftOutOfOtherSuites(t *testing.T) {
	s := small(t)
	for _, e := range s.Greedy {
		if e.Model == "gpt-125k" {
			e.Model = "prompted-125k"
			s.Greedy = append(s.Greedy, e)
		}
	}
	r := s.Report()
	if got := figureOf(t, r, "public-nlp").Panels[0].X; slices.Contains(got, "GPT (prompted)") {
		t.Errorf("public-style tasks have %v", got)
	}
	if got := figureOf(t, r, "world_probes").Panels[0].X; slices.Contains(got, "GPT (prompted)") {
		t.Errorf("probes have %v", got)
	}
	if got := figureOf(t, r, "likert").Panels[0].X; !slices.Contains(got, "GPT (prompted)") {
		t.Errorf("Likert scores have %v", got)
	}
}

func TestEpochs(t *testing.T) {
	s := full(t)
	f := figureOf(t, s.Report(), "epochs")
	if len(f.Panels) != 2 || len(f.Series) != 2 { // no gold utility was recorded
		t.Fatalf("%d panels of %d sizes", len(f.Panels), len(f.Series))
	}
	if got := point(t, f, 0, "370K", "2"); got.Y != 2 || got.Lo != 1.9 || got.Hi != 2.1 {
		t.Errorf("validation loss of the second size's second epoch: %+v", got)
	}
	if got := point(t, f, 1, "125K", "1"); got.Y != -0.4 {
		t.Errorf("reward of the first size's first epoch: %+v", got)
	}
	rows := texts(tableOf(t, s.Report(), "epochs"))
	if d := cmp.Diff([]string{"sft-370k", "1", "1.900 [1.800, 2.000]", "-0.100 [-0.200, 0.000]", "-"}, rows[2]); d != "" {
		t.Errorf("third row -want +got\n%s", d)
	}
}

// Each law is drawn from its own parameters, in its own form.
func TestLaws(t *testing.T) {
	s := full(t)
	f := figureOf(t, s.Report(), "laws")
	if len(f.Panels) != 2 || len(f.Panels[0].Curves) != 2 || len(f.Panels[1].Curves) != 1 || len(f.Series) != 2 {
		t.Fatalf("%d panels, %d reward models", len(f.Panels), len(f.Series))
	}
	for _, tt := range []struct {
		panel, curve int
		want         float64 // at d = 2
	}{{0, 0, 0.4 + 2*(0.3-0.2*math.Log(2))}, {0, 1, 0.4 + 2*(0.6-0.2*math.Log(2))}, {1, 0, 0.4 + 2*(0.5-0.2)}} {
		c := f.Panels[tt.panel].Curves[tt.curve]
		if i := 40; !approx.Equal(c.X[i], 2, 1e-9) || !approx.Equal(c.Y[i], tt.want, 1e-9) {
			t.Errorf("panel %d, curve %d: %v at %v, want %v at 2", tt.panel, tt.curve, c.Y[i], c.X[i], tt.want)
		}
	}
	rows := texts(tableOf(t, s.Report(), "laws"))
	if rows[1][0] != "best of n" || rows[1][5] != "-" || rows[2][6] != "1.500 [1.400, 1.600]" {
		t.Errorf("rows %v", rows)
	}
}

func TestDeviations(t *testing.T) {
	r := full(t).Report()
	if d := cmp.Diff([][]string{{"C.4", "PPO: batch", "512", "128", "size"}}, texts(tableOf(t, r, "deviations"))); d != "" {
		t.Errorf("deviations -want +got\n%s", d)
	}
	if d := cmp.Diff([][]string{{"3.4", "SFT: epochs", "16"}}, texts(tableOf(t, r, "faithful"))); d != "" {
		t.Errorf("as in the paper -want +got\n%s", d)
	}
}

func TestPageTable(t *testing.T) {
	s := full(t)
	f := s.Findings[:2]
	f[0].Paper, f[0].Holm, f[1].Extra = "85 +- 3%", study.Undecided, true
	null := f[0]
	null.Verdict = study.Vanishes
	f[0].Null = &null
	rows := texts(study.PageTable("findings", "Findings", f))
	if len(rows) != 4 {
		t.Fatalf("%d rows for 4 tests", len(rows))
	}
	want := []string{f[0].Claim, "section 4.1, figure 1", "85 +- 3%", "undecided", "undecided", "gold utility: GPT (prompted) less GPT (holds)", "+0.680 [+0.573, +0.787]", "above 0", "vanishes: +0.680 [+0.573, +0.787]"}
	if d := cmp.Diff(want, rows[0]); d != "" {
		t.Errorf("first row -want +got\n%s", d)
	}
	if rows[1][0] != "" || rows[1][8] != "+0.265 [+0.147, +0.384]" || rows[3][1] != "section 4.1 (extra)" {
		t.Errorf("rows %q", rows)
	}
	f[0].Tests[2].Seeds, f[0].Tests[2].Detectable, f[0].Tests[2].SeedsNeeded = 5, 0.0423, 1001
	undecided := texts(study.UndecidedTable("undecided", f))
	if d := cmp.Diff([]string{"order", "gold utility: PPO less SFT", "+0.092 [-0.017, +0.201]", "above 0", "0.042", "over 1000"}, undecided[0]); d != "" {
		t.Errorf("undecided -want +got\n%s", d)
	}
	if got := study.Tally(s.Findings, func(f *study.Finding) study.Verdict { return f.Verdict }); got != "1 holds, 1 fails, 3 undecided, 1 not tested of 6 findings" {
		t.Errorf("tally %q", got)
	}
}
