package interop_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/parquet-go/parquet-go"

	"assay/harness/interop"
	"assay/metrics"
	"assay/suites"
)

// scores imports tables of these contents, by name.
func scores(t *testing.T, table interop.Table, files map[string]string) (*recorder, error) {
	t.Helper()
	dir := folder(t, files)
	var paths []string
	for name := range files {
		paths = append(paths, filepath.Join(dir, name))
	}
	slices.Sort(paths)
	r := new(recorder)
	return r, interop.Scores().Import(context.Background(), paths, interop.Options{Table: table}, r)
}

func TestScoresFixture(t *testing.T) {
	r := importAll(t, interop.Scores(), filepath.Join("testdata", "scores.csv"))
	if len(r.examples) != 2 || len(r.judgements) != 8 || len(r.completions) != 4 || len(r.sources) != 1 {
		t.Fatalf("%d examples, %d judgements, %d outputs, %d sources", len(r.examples), len(r.judgements), len(r.completions), len(r.sources))
	}
	mill := suites.Example{ID: suites.ExampleID("scores", "mill"), Suite: "scores", Input: "mill", Category: "land"}
	if ex := r.examples[1]; ex.ID != mill.ID || ex.Input != mill.Input || ex.Category != mill.Category {
		t.Errorf("example %+v, want %+v", ex, mill)
	}
	if text := r.completions[0].Text; text != "The harbour\nhas two piers." {
		t.Errorf("output %q", text)
	}
	if last := r.judgements[7]; last.Missing != "no value in the table" || last.Value != nil || last.Judge != "recorded" || last.Model != "beta" || last.Metric != "clarity" || last.Example != mill.ID {
		t.Errorf("an empty cell became %+v", last)
	}
	d := r.defined[0]
	if len(r.defined) != 1 || d.Name != "scores" || len(d.Metrics) != 2 {
		t.Fatalf("defined %+v", r.defined)
	}
	correct, clarity := d.Metrics[0].Metric(), d.Metrics[1].Metric()
	if correct.Kind != metrics.Proportion || correct.Lo != 0 || correct.Hi != 1 || clarity.Kind != metrics.Mean || clarity.Bounded() {
		t.Errorf("metrics %+v and %+v", correct, clarity)
	}
	for i, want := range []string{"scores/correct: proportion (each value is 0 or 1), in a range from 0 to 1; higher is better (assumed; --direction scores/correct=lower or scores/correct=none changes it)",
		"scores/clarity (values from 4.5 to 6): mean of numbers, without a range; --range scores/clarity=LO:HI"} {
		if !strings.HasPrefix(r.notices[i], want) {
			t.Errorf("notice %q, want %q", r.notices[i], want)
		}
	}
}

// The same table in each form gives the same records.
func TestScoresForms(t *testing.T) {
	const table = "example,model,metric,value,labeler\na,m,f1,0.5,ann\nb,m,f1,,\"bo\nb\"\n17,m,f1,-1e-3,ann\n"
	semicolons := strings.ReplaceAll(table, ",", ";")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(table))
	z.Close()
	var wide []byte
	for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(table))...) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	lines := `{"example":"a","model":"m","metric":"f1","value":0.5,"labeler":"ann"}
{"value":null,"example":"b","model":"m","metric":"f1","labeler":"bo\nb","more":[1]}

{"example":17,"model":"m","metric":"f1","value":"-1e-3","labeler":"ann"}
`
	want, err := scores(t, interop.Table{}, map[string]string{"t.csv": table})
	if err != nil || len(want.judgements) != 3 {
		t.Fatal(err, want.judgements)
	}
	if j := want.judgements[2]; j.Value[0] != -0.001 || j.Labeler != "ann" || want.judgements[1].Labeler != "bo\nb" {
		t.Errorf("judgements %+v", want.judgements)
	}
	for name, content := range map[string]string{
		"bom.csv": "\ufeff" + table, "crlf.csv": strings.ReplaceAll(table, "\n", "\r\n"), "t.tsv": strings.ReplaceAll(table, ",", "\t"), "semicolons.csv": semicolons,
		"t.csv.gz": packed.String(), "wide.csv": string(wide), "t.jsonl": lines, "array.json": "[" + strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(lines), "\n\n", "\n"), "}\n", "},\n") + "]",
	} {
		got, err := scores(t, interop.Table{}, map[string]string{name: content})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		same := len(got.judgements) == 3 && len(got.examples) == 3
		for i := range want.judgements {
			a, b := want.judgements[i], metrics.Judgement{}
			if same {
				b = got.judgements[i]
			}
			same = same && a.Example == b.Example && a.Labeler == b.Labeler && a.Missing == b.Missing && slices.Equal(a.Value, b.Value)
		}
		if !same || got.sources[0].Bytes != int64(len(content)) {
			t.Errorf("%s: %+v, want %+v", name, got.judgements, want.judgements)
		}
	}
}

// What each row may have, and flags that describe the table.
func TestScoresColumns(t *testing.T) {
	table := "id;system;metric;value;suite;condition;sample;labeler;judge;baseline;category;cluster;prompt;output;notes\n" +
		"x;a;win;0.5;chat;long;2;ann;people;b;talk;thread 1;Say hi.;Hi.;?\n" +
		"x;a;win;1;chat;short;0;ann;people;b;;;;;\n" +
		"x;a;loss;7;other;;;;;;;;;;\n"
	r, err := scores(t, interop.Table{Columns: []string{"example=id", "model=system"}, Ranges: []string{"loss=:8"}, Directions: []string{"loss=none"}}, map[string]string{"t.csv": table})
	if err != nil {
		t.Fatal(err)
	}
	id := suites.ExampleID("chat", "x")
	if j, want := r.judgements[0], (metrics.Judgement{Suite: "chat", Example: id, Condition: "long", Model: "a", Baseline: "b", Sample: 2, Metric: "win", Judge: "people", Labeler: "ann"}); j.Value[0] != 0.5 ||
		j.Suite != want.Suite || j.Example != want.Example || j.Condition != want.Condition || j.Model != want.Model || j.Baseline != want.Baseline || j.Sample != want.Sample || j.Judge != want.Judge || j.Labeler != want.Labeler {
		t.Errorf("judgement %+v, want %+v", j, want)
	}
	if ex := r.examples[0]; ex.ID != id || ex.Input != "Say hi." || ex.Fields["example"] != "x" || ex.Category != "talk" || ex.Cluster != "thread 1" {
		t.Errorf("example %+v", ex)
	}
	if len(r.examples) != 2 || r.examples[1].ID == id || len(r.completions) != 1 || r.completions[0].Text != "Hi." || r.completions[0].Sample != 2 || r.completions[0].Condition != "long" {
		t.Errorf("examples %+v, outputs %+v", r.examples, r.completions)
	}
	chat, other := r.defined[0], r.defined[1]
	if chat.Clusters != "cluster" || other.Clusters != "" || !slices.Equal(chat.Conditions, []string{"long", "short"}) {
		t.Errorf("defined %+v", r.defined)
	}
	// A preference within 0 and 1 has this range, and 0.5 for equal models.
	if win := chat.Metrics[0]; win.Kind != metrics.Mean || win.Range.String() != "0 to 1" || win.Even == nil || *win.Even != 0.5 {
		t.Errorf("preference %+v", win)
	}
	if loss := other.Metrics[0]; loss.Range.Lo != nil || *loss.Range.Hi != 8 || loss.Direction != metrics.NeitherIsBetter || loss.Even != nil {
		t.Errorf("loss %+v", loss)
	}
}

// A score records with what probability its answer was drawn.
func TestScoresProbability(t *testing.T) {
	const head = "example,model,metric,value,probability\na,m,k,1,\n"
	r, err := scores(t, interop.Table{}, map[string]string{"t.csv": head + "b,m,k,0,0.25\nc,m,k,,1\n"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{0, 0.25, 1} {
		if got := r.judgements[i].Probability; got != want {
			t.Errorf("row %d has probability %v, want %v", i, got, want)
		}
	}
	for _, bad := range []string{"0", "1.5", "-0.1", "NaN", "often"} {
		if _, err := scores(t, interop.Table{}, map[string]string{"t.csv": head + "b,m,k,0," + bad + "\n"}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("3: probability %q; write a number above 0", bad)) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// Kinds follow from the values, the range and --kind.
func TestScoresKinds(t *testing.T) {
	for _, tt := range []struct {
		values string
		table  interop.Table
		kind   metrics.Kind
		span   string
	}{
		{"0 1 1", interop.Table{}, metrics.Proportion, "from 0 to 1"},
		{"1.0 0e5 +1", interop.Table{}, metrics.Proportion, "from 0 to 1"},
		{"0 1 0.5", interop.Table{}, metrics.Mean, "any number"},
		{"0 1 2", interop.Table{}, metrics.Mean, "any number"},
		{"0 1 -1", interop.Table{}, metrics.Mean, "any number"},
		{"0 1", interop.Table{Kinds: []string{"k=mean"}}, metrics.Mean, "any number"},
		{"0 1", interop.Table{Kinds: []string{"k=proportion"}}, metrics.Proportion, "from 0 to 1"},
		{"0 1", interop.Table{Ranges: []string{"k=0:1"}}, metrics.Proportion, "from 0 to 1"},
		{"0 1", interop.Table{Ranges: []string{"k=0:5"}}, metrics.Mean, "from 0 to 5"},
		{"0 1", interop.Table{Ranges: []string{"k=0:"}}, metrics.Mean, "at least 0"},
	} {
		table := "example,model,metric,value\n"
		for i, v := range strings.Fields(tt.values) {
			table += string(rune('a'+i)) + ",m,k," + v + "\n"
		}
		r, err := scores(t, tt.table, map[string]string{"t.csv": table})
		if err != nil {
			t.Errorf("%s %+v: %v", tt.values, tt.table, err)
			continue
		}
		if m := r.defined[0].Metrics[0].Metric(); m.Kind != tt.kind || m.Span() != tt.span {
			t.Errorf("%s %+v: %s %s, want %s %s", tt.values, tt.table, m.Kind, m.Span(), tt.kind, tt.span)
		}
	}
}

func TestScoresRefuse(t *testing.T) {
	const header = "example,model,metric,value,sample,category,baseline,output\n"
	for _, tt := range []struct {
		rows  string
		table interop.Table
		want  string
	}{
		{"a,m,f1,0.5,,,,\nb,m,f1,\"0,5\",,,,\n", interop.Table{}, `3: f1 of m: the value "0,5" is not a number; write a point for the decimals`},
		{"a,m,f1,\"1,000\",,,,\n", interop.Table{}, `2: f1 of m: the value "1,000" is not a number; write a point`},
		{"a,m,f1,NaN,,,,\n", interop.Table{}, "2: f1 of m: the value NaN is not finite; leave the cell empty"},
		{"a,m,f1,-inf,,,,\n", interop.Table{}, "2: f1 of m: the value -inf is not finite; leave the cell empty"},
		{"a,m,f1,1e999,,,,\n", interop.Table{}, "2: f1 of m: the value 1e999 is too large for a number"},
		{"a,m,f1,n/a,,,,\n", interop.Table{}, `2: f1 of m: the value "n/a" is not a number; leave the cell empty`},
		{"a,m,f1,TRUE,,,,\n", interop.Table{}, `2: f1 of m: the value "TRUE" is not a number; write 1 for true`},
		{"a,m,f1,45%,,,,\n", interop.Table{}, `2: f1 of m: the value "45%" is not a number; write a share`},
		{"a,m,f1,0x10,,,,\n", interop.Table{}, `2: f1 of m: the value "0x10" is not a number; write one such as 0.5`},
		{"a,m,f1,1_0,,,,\n", interop.Table{}, `2: f1 of m: the value "1_0" is not a number`},
		{",m,f1,1,,,,\n", interop.Table{}, "2: no example; each row needs one"},
		{"a, ,f1,1,,,,\n", interop.Table{}, "2: no model; each row needs one"},
		{"a,m,,1,,,,\n", interop.Table{}, "2: no metric; each row needs one"},
		{"a,m,f1,1,x,,,\n", interop.Table{}, `2: sample "x"; write a whole number from 0`},
		{"a,m,f1,1,-1,,,\n", interop.Table{}, `2: sample "-1"; write a whole number from 0`},
		{"a,m,f1,1,,,,\nb,m,f1,1,,,,\na,m,f1,1,,,,\n", interop.Table{}, `4: duplicate: a score with this example "a", model "m", metric "f1" came before, in line 2; keep one of the rows`},
		{"a,m,f1,1,3,,,\na,m,f1,0,3,,,\n", interop.Table{}, `3: conflict: a score with this example "a", model "m", metric "f1", sample "3" came before, in line 2;`},
		{"a,m,f1,1,,x,,\na,n,f1,1,,y,,\n", interop.Table{}, `3: example "a" has another category than in its first row, line 2;`},
		{"a,m,f1,1,,,,\na,n,f1,1,,y,,\n", interop.Table{}, `3: example "a" has a category here, but none in its first row, line 2;`},
		{"a,m,f1,1,,,m,\n", interop.Table{}, `2: model and baseline are both "m"`},
		{"a,m,f1,1,,,b,\nb,m,f1,1,,,,\n", interop.Table{}, "3: metric f1 has a baseline in some rows and none in others"},
		{"a,m,f1,1,,,,x\na,m,em,1,,,,y\n", interop.Table{}, `3: conflict: "m" has another output for example "a"`},
		{"a,m,f1,1.5,,,,\n", interop.Table{Ranges: []string{"f1=0:1"}}, "2: f1 of m: the value 1.5 is out of range: it must be from 0 to 1; correct it, or --range"},
		{"a,m,f1,-0.5,,,,\n", interop.Table{Ranges: []string{"f1=0:"}}, "2: f1 of m: the value -0.5 is out of range: it must be at least 0"},
		{"a,m,f1,1,,,,\nb,m,f1,0.25,,,,\n", interop.Table{Kinds: []string{"f1=proportion"}}, "3: --kind f1=proportion: a proportion's values are 0 and 1, and this one is 0.25"},
		{"a,m,f1,1\n", interop.Table{}, "2: malformed row: 4 fields where the header has 8"},
		{"", interop.Table{}, "1: no rows"},
		{"a,m,f1,1,,,,\n", interop.Table{Columns: []string{"category=topic"}}, `1: no column "topic"`},
	} {
		_, err := scores(t, tt.table, map[string]string{"t.csv": header + tt.rows})
		if _, after, _ := strings.Cut(errorText(err), "t.csv:"); !strings.HasPrefix(after, tt.want) {
			t.Errorf("%q %+v: error %v, want %s", tt.rows, tt.table, err, tt.want)
		}
	}
	for _, tt := range []struct{ rows, want string }{
		{`{"example":"a","model":"m","metric":"f1"}`, `1: no member "value"; a score has example, model, metric, value`},
		{"{\"example\":\"a\",\"model\":\"m\",\"metric\":\"f1\",\"value\":1}\n{\"example\":[1],\"model\":\"m\",\"metric\":\"f1\",\"value\":1}", `2: member "example" is an array or an object; it must be a text or a number`},
		{"{\"example\":\"a\",\"model\":\"m\",\"metric\":\"f1\",\"value\":1}\n{\"example\":", "2: not valid JSON"},
	} {
		_, err := scores(t, interop.Table{}, map[string]string{"t.jsonl": tt.rows})
		if _, after, _ := strings.Cut(errorText(err), "t.jsonl:"); !strings.HasPrefix(after, tt.want) {
			t.Errorf("%q: error %v, want %s", tt.rows, err, tt.want)
		}
	}
	for want, table := range map[string]interop.Table{
		"--column example: write it like example=id":                                               {Columns: []string{"example"}},
		"--column prompts=x: no field \"prompts\"; the fields are example":                         {Columns: []string{"prompts=x"}},
		"--column id=example: no field \"id\"; write it the other way round, --column example=id,": {Columns: []string{"id=example"}},
		"--column: model and metric are both read from \"model\"":                                  {Columns: []string{"metric=model"}},
		"--range f1=1:0: the first number must be below the second":                                {Ranges: []string{"f1=1:0"}},
		"--range f1=0: write LOWEST:HIGHEST, such as 0:1":                                          {Ranges: []string{"f1=0"}},
		"--range names f1 twice":                                                                   {Ranges: []string{"f1=0:1", "f1=0:2"}},
		"--direction f1=up: write higher, lower or none":                                           {Directions: []string{"f1=up"}},
		"--kind f1=share: write proportion or mean":                                                {Kinds: []string{"f1=share"}},
		"--direction f2: no metric f2 in the files; they have em, f1":                              {Directions: []string{"f2=lower"}},
		"--kind f3: no metric f3 in the files; they have em, f1":                                   {Kinds: []string{"f1=mean", "f3=mean"}},
		"--range f4: no metric f4 in the files; they have em, f1":                                  {Ranges: []string{"f1=0:1", "f4=0:1"}},
		"--kind f1=proportion and --range f1: a proportion's range is 0:1":                         {Kinds: []string{"f1=proportion"}, Ranges: []string{"f1=0:7"}},
	} {
		_, err := scores(t, table, map[string]string{"t.csv": "example,model,metric,value\na,m,f1,1\na,m,em,1\n"})
		if got := strings.ReplaceAll(errorText(err), `"example": `, "example: "); !strings.HasPrefix(got, want) {
			t.Errorf("%+v: error %v, want %s", table, err, want)
		}
	}
	_, err := scores(t, interop.Table{Columns: []string{"labeler=who"}}, map[string]string{"t.jsonl": `{"example":"a","model":"m","metric":"f1","value":1}`})
	if errorText(err) != `--column labeler=who: no row has a "who"; remove the flag, or correct the name` {
		t.Errorf("a column that nothing has: %v", err)
	}
	o := interop.Options{Table: interop.Table{Kinds: []string{"f1=mean"}}}
	if o.Check(interop.Scores()) != nil || o.Check(interop.AlpacaEval()) == nil || (&interop.Options{}).Check(interop.AlpacaEval()) != nil {
		t.Error("options of a table with another importer")
	}
}

func errorText(err error) string {
	if err == nil {
		return "none"
	}
	return err.Error()
}

// Bad rows are skipped and counted if the user wants that, and leave no trace in the kinds.
func TestScoresKeepGoing(t *testing.T) {
	path := filepath.Join(folder(t, map[string]string{"t.csv": "example,model,metric,value\na,m,f1,1\nb,m,f1,\"0,5\"\nc,m,f1,0\na,m,f1,1\n"}), "t.csv")
	r := new(recorder)
	if err := interop.Scores().Import(context.Background(), []string{path}, interop.Options{KeepGoing: true}, r); err != nil {
		t.Fatal(err)
	}
	if len(r.judgements) != 2 || r.sources[0].Skipped != 2 || r.defined[0].Metrics[0].Kind != metrics.Proportion {
		t.Errorf("%d judgements, sources %+v", len(r.judgements), r.sources)
	}
}

// A metric or a suite of which every row was skipped is not defined, and no flag is for it.
func TestScoresSkippedMetric(t *testing.T) {
	path := filepath.Join(folder(t, map[string]string{"t.csv": "example,model,metric,value,suite\na,m,f1,1,s\nb,m,oops,\"0,5\",s\nc,m,f1,none,t\n"}), "t.csv")
	r := new(recorder)
	if err := interop.Scores().Import(context.Background(), []string{path}, interop.Options{KeepGoing: true}, r); err != nil {
		t.Fatal(err)
	}
	if len(r.defined) != 1 || r.defined[0].Name != "s" || len(r.defined[0].Metrics) != 1 || r.defined[0].Metrics[0].Name != "f1" {
		t.Errorf("defined %+v", r.defined)
	}
	err := interop.Scores().Import(context.Background(), []string{path}, interop.Options{KeepGoing: true, Table: interop.Table{Kinds: []string{"oops=mean"}}}, new(recorder))
	if !strings.Contains(errorText(err), "--kind oops: no metric oops in the files; they have f1") {
		t.Errorf("error %v", err)
	}
}

// What is said of each metric, to the end of the sentence.
func TestScoresSaid(t *testing.T) {
	const head = "example,model,metric,value,baseline\n"
	for _, c := range []struct {
		rows  string
		table interop.Table
		want  string
	}{
		{"a,m,k,0,\nb,m,k,1,\n", interop.Table{Directions: []string{"k=lower"}}, "scores/k: proportion (each value is 0 or 1), in a range from 0 to 1; lower is better"},
		{"a,m,k,0.25,b\nb,m,k,1,b\n", interop.Table{Directions: []string{"k=higher"}}, "scores/k: mean of numbers, in a range from 0 to 1; higher is better; a preference over the baseline, 0.5 for equal models"},
		{"a,m,k,0,b\nb,m,k,0.5,b\n", interop.Table{Directions: []string{"k=higher"}}, "scores/k: mean of numbers, in a range from 0 to 1; higher is better; a preference over the baseline, 0.5 for equal models"},
		{"a,m,k,2,b\nb,m,k,0.5,b\n", interop.Table{Directions: []string{"k=higher"}}, "scores/k (values from 0.5 to 2): mean of numbers, without a range; --range scores/k=LO:HI sets one; higher is better"},
		{"a,m,k,-0.5,b\nb,m,k,0.5,b\n", interop.Table{Directions: []string{"k=higher"}}, "scores/k (values from -0.5 to 0.5): mean of numbers, without a range; --range scores/k=LO:HI sets one; higher is better"},
		{"a,m,k,2,b\nb,m,k,6,b\n", interop.Table{Directions: []string{"k=higher"}, Ranges: []string{"k=1:7"}}, "scores/k: mean of numbers, in a range from 1 to 7; higher is better; a preference over the baseline, 4 for equal models"},
		{"a,m,k,2,b\nb,m,k,6,b\n", interop.Table{Directions: []string{"k=higher"}, Ranges: []string{"k=1:"}}, "scores/k: mean of numbers, in a range at least 1; higher is better"},
		{"a,m,k,2,b\nb,m,k,6,b\n", interop.Table{Directions: []string{"k=higher"}, Ranges: []string{"k=:7"}}, "scores/k: mean of numbers, in a range at most 7; higher is better"},
		{"a,m,k,,b\nb,m,k,,b\n", interop.Table{Directions: []string{"k=none"}}, "scores/k: mean of numbers, without a range; --range scores/k=LO:HI sets one; neither direction is better"},
		{"a,m,k,,\nb,m,k,1,\n", interop.Table{}, "scores/k: proportion (each value is 0 or 1), in a range from 0 to 1; higher is better (assumed; --direction scores/k=lower or scores/k=none changes it)"},
	} {
		r, err := scores(t, c.table, map[string]string{"t.csv": head + c.rows})
		if err != nil || len(r.notices) != 1 || r.notices[0] != c.want {
			t.Errorf("%q %+v: %q, %v; want %q", c.rows, c.table, r.notices, err, c.want)
		}
	}
}

// Metrics of which the same is true share a line.
func TestScoresSaidOnce(t *testing.T) {
	r, err := scores(t, interop.Table{Directions: []string{"two/k=lower", "n=none"}}, map[string]string{"t.csv": "example,model,metric,value,suite\n" +
		"a,m,k,0,one\na,m,k,1,two\na,m,n,2,one\na,m,k,1,three\na,m,n,7.5,two\n"})
	want := []string{
		"one/k, three/k: proportion (each value is 0 or 1), in a range from 0 to 1; higher is better (assumed; --direction METRIC=lower or METRIC=none changes it)",
		"one/n (values from 2 to 2), two/n (values from 7.5 to 7.5): mean of numbers, without a range; --range METRIC=LO:HI sets one; neither direction is better",
		"two/k: proportion (each value is 0 or 1), in a range from 0 to 1; lower is better",
	}
	if err != nil || !slices.Equal(r.notices, want) {
		t.Errorf("%q, %v; want %q", r.notices, err, want)
	}
}

// Flags at the edge of what they may say.
func TestScoresFlags(t *testing.T) {
	for _, c := range []struct {
		table interop.Table
		want  string // "none" for no error
	}{
		{interop.Table{Ranges: []string{"f1=1:1"}}, "the first number must be below the second"},
		{interop.Table{Ranges: []string{"f1=0:inf"}}, "write LOWEST:HIGHEST"},
		{interop.Table{Ranges: []string{"f1=nan:1"}}, "write LOWEST:HIGHEST"},
		{interop.Table{Ranges: []string{"f1=a:1"}}, "write LOWEST:HIGHEST"},
		{interop.Table{Ranges: []string{"f1=:"}}, "write LOWEST:HIGHEST"},
		{interop.Table{Ranges: []string{"f1="}}, `--range "f1=": write it like f1=0:1`},
		{interop.Table{Ranges: []string{"=0:1"}}, `--range "=0:1": write it like f1=0:1`},
		{interop.Table{Directions: []string{"f1=lower", "f1=lower"}}, "--direction names f1 twice"},
		{interop.Table{Kinds: []string{"f1=proportion"}, Ranges: []string{"f1=0:1"}}, "none"},
		{interop.Table{Kinds: []string{"f1=mean"}, Ranges: []string{"f1=0:7"}}, "none"},
	} {
		_, err := scores(t, c.table, map[string]string{"t.csv": "example,model,metric,value\na,m,f1,1\n"})
		if !strings.Contains(errorText(err), c.want) {
			t.Errorf("%+v: error %v, want %s", c.table, err, c.want)
		}
	}
	for _, o := range []interop.Table{{Columns: []string{"example=id"}}, {Ranges: []string{"k=0:1"}}, {Directions: []string{"k=none"}}, {Kinds: []string{"k=mean"}}} {
		if (&interop.Options{Table: o}).Check(interop.AlpacaEval()) == nil {
			t.Errorf("%+v is taken for an importer of files that describe themselves", o)
		}
	}
	// the judge of all rows, also of those that name one
	path := filepath.Join(folder(t, map[string]string{"t.jsonl": `{"example":"a","model":"m","metric":"k","value":1,"judge":"x","suite":"s"}`}), "t.jsonl")
	r := new(recorder)
	if err := interop.Scores().Import(context.Background(), []string{path}, interop.Options{Judge: "gpt"}, r); err != nil || r.judgements[0].Judge != "gpt" {
		t.Errorf("%+v, %v", r.judgements, err)
	}
	// a named column of objects; the name of a score that is there twice
	_, err := scores(t, interop.Table{Columns: []string{"judge=by"}}, map[string]string{"t.jsonl": strings.Repeat(`{"example":"a","model":"m","metric":"k","value":1,"by":"x","suite":"s","condition":"c"}`+"\n", 2)})
	if !strings.Contains(errorText(err), `2: duplicate: a score with this example "a", model "m", metric "k", suite "s", condition "c", judge "x" came before`) {
		t.Errorf("error %v", err)
	}
}

// FuzzScores imports any text as a table: see tryFile. Numbers come back as they were.
func FuzzScores(f *testing.F) {
	f.Add("example,model,metric,value\na,m,f1,0.5\n")
	f.Add("\ufeffexample;model;metric;value;sample\r\n\"a\r\nb\";m;f1;;2\r\n")
	f.Add("{\"example\":1,\"model\":\"m\",\"metric\":\"f1\",\"value\":null}\n")
	f.Add("[{\"example\":\"a\",\"model\":\"m\",\"metric\":\"f1\",\"value\":1e3}]")
	path := filepath.Join(f.TempDir(), "t.csv")
	f.Fuzz(func(t *testing.T, content string) {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		r := new(recorder)
		err := interop.Scores().Import(t.Context(), []string{path}, interop.Options{}, r)
		if err != nil {
			tryError(t, path, content, err)
			return
		}
		if len(r.sources) != 1 || r.sources[0].Bytes != int64(len(content)) || len(r.judgements) == 0 || len(r.defined) == 0 {
			t.Errorf("import ended well with sources %+v, %d judgements and %d suites", r.sources, len(r.judgements), len(r.defined))
		}
	})
}

// Bytes that are no text are refused with their place, before anything is written.
func TestScoresParquetBytes(t *testing.T) {
	type row struct {
		Example []byte  `parquet:"example"`
		Model   string  `parquet:"model"`
		Metric  string  `parquet:"metric"`
		Value   float64 `parquet:"value"`
	}
	var b bytes.Buffer
	if err := parquet.Write(&b, []row{{[]byte("a"), "m", "f1", 1}, {[]byte("\xff\xd8"), "m", "f1", 0}, {[]byte("c"), "m", "f1", 0}}); err != nil {
		t.Fatal(err)
	}
	_, err := scores(t, interop.Table{}, map[string]string{"t.parquet": b.String()})
	if err == nil || !strings.Contains(err.Error(), `t.parquet:2: column "example" is no valid UTF-8; write it as text`) {
		t.Errorf("error %v", err)
	}
}

// A truth value of JSON or Parquet is a score of 1 or 0. In other columns it is a word, the same one in both.
func TestScoresTruthValues(t *testing.T) {
	type row struct {
		Example bool   `parquet:"example"`
		Model   string `parquet:"model"`
		Metric  string `parquet:"metric"`
		Value   *bool  `parquet:"value,optional"`
	}
	yes, no := true, false
	var b bytes.Buffer
	if err := parquet.Write(&b, []row{{true, "m", "ok", &no}, {false, "m", "ok", &yes}, {true, "n", "ok", nil}}); err != nil {
		t.Fatal(err)
	}
	lines := `{"example": true, "model": "m", "metric": "ok", "value": false}
{"example": false, "model": "m", "metric": "ok", "value": true}
{"example": true, "model": "n", "metric": "ok", "value": null}`
	for name, content := range map[string]string{"t.parquet": b.String(), "t.jsonl": lines} {
		r, err := scores(t, interop.Table{}, map[string]string{name: content})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, j := range r.judgements {
			got = append(got, fmt.Sprint(j.Value, j.Missing != ""))
		}
		if strings.Join(got, " ") != "[0] false [1] false [] true" || len(r.examples) != 2 || r.examples[0].Input != "true" || r.examples[1].Input != "false" || r.defined[0].Metrics[0].Kind != metrics.Proportion {
			t.Errorf("%s: %q, examples %+v", name, got, r.examples)
		}
	}
}
