package prompts

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/metrics/stats"
	"assay/models/bpe"
	"assay/reports/csv"
	"assay/reports/text"
)

// everything keeps a log as it is, in one split.
func everything(fields Fields) Options { return Options{Filter: FilterOff, Fields: fields} }

// Lengths of real prompts and demonstrations against Python:
//
//	x = np.array([len(text) for text in texts], float)
//	len(x), x.mean(), x.std(ddof=1), x.min(), *np.percentile(x, [25, 50, 75]), x.max()
//
// where an hh-rlhf prompt is chosen[:chosen.rindex("\n\nAssistant:") + 12], and a seed task's
// is its instruction, "\n\n" and its first input if that isn't empty.
func TestLengthsOfRealPrompts(t *testing.T) {
	data := os.Getenv("ASSAY_DATA")
	if data == "" {
		t.Skip("ASSAY_DATA is not set")
	}
	type row struct {
		of   Length
		want [8]float64
	}
	const hh, alpaca, seeds, users = "hh-rlhf/test.jsonl.gz", "alpaca-eval/alpaca-7b__model_outputs.json", "stanford-alpaca/seed_tasks.jsonl", "self-instruct-human-eval/user_oriented_instructions.jsonl"
	for _, c := range []struct {
		file   string
		fields Fields
		rows   []row
	}{
		{hh, Fields{}, []row{{Length{Of: PromptText, By: BySplit, Split: Train}, [8]float64{2312, 486.0981833910035, 470.82680101317743, 29, 120, 362.5, 666, 3498}}}},
		{alpaca, Fields{Category: "dataset"}, []row{
			{Length{Of: PromptText, By: BySplit, Split: Train}, [8]float64{805, 164.92422360248446, 211.9371573808057, 12, 60, 100, 177, 1917}},
			{Length{Of: PromptText, By: ByCategory, Category: "helpful_base"}, [8]float64{129, 77.91472868217055, 63.25086844855273, 17, 38, 52, 92, 238}},
			{Length{Of: PromptText, By: ByCategory, Category: "koala"}, [8]float64{156, 163.69871794871796, 171.57838121853098, 12, 61, 96, 204.25, 965}},
			{Length{Of: PromptText, By: ByCategory, Category: "oasst"}, [8]float64{188, 143.56914893617022, 187.28996223026206, 15, 48.5, 88, 172.5, 1787}},
			{Length{Of: PromptText, By: ByCategory, Category: "selfinstruct"}, [8]float64{252, 245.265873015873, 291.9466959104344, 29, 89.5, 139.5, 255, 1917}},
			{Length{Of: PromptText, By: ByCategory, Category: "vicuna"}, [8]float64{80, 104.725, 36.690624125710606, 44, 72.75, 104, 132.5, 178}},
			{Length{Of: PromptText, By: BySource}, [8]float64{805, 164.92422360248446, 211.9371573808057, 12, 60, 100, 177, 1917}},
			{Length{Of: Demonstration, By: BySource}, [8]float64{805, 396.29316770186335, 318.53920854211145, 1, 171, 355, 524, 2271}},
		}},
		{seeds, Fields{}, []row{
			{Length{Of: PromptText, By: BySplit, Split: Train}, [8]float64{175, 230.1942857142857, 503.812290545884, 27, 66, 112, 230, 6115}},
			{Length{Of: PromptText, By: BySource}, [8]float64{175, 230.1942857142857, 503.812290545884, 27, 66, 112, 230, 6115}},
			{Length{Of: Demonstration, By: BySource}, [8]float64{175, 250.3257142857143, 379.2029635345249, 1, 37, 119, 353.5, 3334}},
		}},
		{users, Fields{User: "motivation_app"}, nil},
	} {
		path := filepath.Join(data, c.file)
		if _, err := os.Stat(path); err != nil {
			t.Logf("skipped: %v", err)
			continue
		}
		report, _ := prepare(t, everything(c.fields), path)
		if c.rows != nil && len(report.Lengths) != len(c.rows) {
			t.Errorf("%s: %d rows of lengths, want %d: %+v", c.file, len(report.Lengths), len(c.rows), report.Lengths)
		}
		for i, row := range c.rows {
			got := report.Lengths[i]
			same(t, c.file, got.Description, row.want)
			if got.Description = (stats.Description{}); got != row.of {
				t.Errorf("%s: row %d is of %+v, want %+v", c.file, i, got, row.of)
			}
		}
		if c.file == users { // collections.Counter(row["motivation_app"] for row in rows).values()
			if len(report.Users) != 1 {
				t.Fatalf("users %+v", report.Users)
			}
			same(t, "prompts per user", report.Users[0].Description, [8]float64{71, 3.5492957746478875, 2.3951661582348147, 1, 1, 3, 5, 10})
		}
	}
}

func same(t *testing.T, what string, d stats.Description, want [8]float64) {
	t.Helper()
	sd := math.NaN()
	if d.SD != nil {
		sd = *d.SD
	}
	for i, got := range [8]float64{float64(d.Count), d.Mean, sd, d.Min, d.P25, d.P50, d.P75, d.Max} {
		if !(math.Abs(got-want[i]) <= 1e-12*math.Abs(want[i])) {
			t.Errorf("%s: value %d is %v, want %v", what, i, got, want[i])
		}
	}
}

// What was dropped is in no table of what was kept, and every table has its numbers.
func TestTables(t *testing.T) {
	const log = `{"prompt":"four","user":"u","source":"customer","use_case":"Chat","completion":"sixsix"}
{"prompt":"three words here","user":"u","source":"customer","use_case":"Rewrite"}
{"prompt":"third of the user u","user":"u","source":"customer","use_case":"Chat"}
{"prompt":"four","user":"v","source":"labeler","use_case":"Chat"}
{"prompt":"to a@example.org","user":"w","source":"labeler","category":"Rewrite"}
{"prompt":"ab","user":"w","source":"labeler","use_case":7,"category":"Chat","output":["no text"]}
{"prompt":"abc","source":"labeler","completion":"","output":"passed over"}
`
	o := everything(Fields{})
	o.Filter, o.Prefix, o.Most = FilterAll, 100, 2
	o.Tokenizer = t.TempDir()
	tokenizer, err := bpe.TrainWords(slices.Values([]string{"four three words here third of the user u to ab abc sixsix"}))
	if err == nil {
		err = tokenizer.Save(o.Tokenizer)
	}
	if err != nil {
		t.Fatal(err)
	}
	report, _ := prepare(t, o, logFile(t, "log.jsonl", log))
	var b bytes.Buffer
	for _, table := range report.Tables() {
		if err := text.Markdown(&b, table); err != nil {
			t.Fatal(err)
		}
	}
	plain := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{
		"| Chat | 2 | 50.0 |", "| - | 1 | 25.0 |", "| Rewrite | 1 | 25.0 |",
		"| train | customer | 2 | 1 |", "| train | labeler | 2 | 2 |",
		"| train | 3 | 1.33 | 0.58 | 1 | 1.00 | 1.00 | 1.50 | 2 |", // users u, w and an unknown one
		"in tokens", "| train | 4 | 2 | 1 | 1 | 1 | 1 | 2 | 3 |", // words: 1, 3, 1, 1
		"| Rewrite | 1 | 3 | - | 3 | 3 | 3 | 3 | 3 |",
		"| customer | prompt | 1 | 1 | - |", "| customer | demonstration | 1 | 1 | - |", "| labeler | demonstration | 1 | 0 | - |",
		"| with the first 100 characters of an earlier prompt | 1 |", "| above 2 per user | 1 |", "| dropped for personal data | 1 |", "| kept | 4 |",
		"| train | e-mail address | 1 | 1 |", "without a user: 1.",
	} {
		if !strings.Contains(plain, want) {
			t.Errorf("no %q in\n%s", want, &b)
		}
	}
	b.Reset()
	if err := csv.Write(&b, report.Long()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"table,split,source,category,text,statistic,value\n", "use_cases,,,Chat,,prompts,2\n", "prompts,train,labeler,,,users,2\n",
		"prompts_per_user,train,,,,mean,1.3333333333333333\n", "length in tokens by split,train,,,prompt,75%,1.5\n",
		"length in tokens by source,,customer,,demonstration,max,1\n", "steps,,,,,above_cap,1\n", "pii,train,,,,\"e-mail address, dropped\",1\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, &b)
		}
	}
	if strings.Contains(b.String(), "Rewrite,prompt,std,") {
		t.Error("one prompt has a standard deviation")
	}
}

// A log without categories or demonstrations has no tables of them.
func TestTablesLeftOut(t *testing.T) {
	report, _ := prepare(t, everything(Fields{}), logFile(t, "log.jsonl", `{"prompt":"a","user":"u"}`))
	var ids []string
	for _, table := range report.Tables() {
		ids = append(ids, table.ID)
	}
	if got := strings.Join(ids, " "); got != "prompts prompts_per_user lengths steps pii" {
		t.Errorf("tables %s", got)
	}
}
