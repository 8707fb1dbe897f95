package interop

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/place"
	"assay/harness/leaf/rows"
	"assay/metrics"
	"assay/models"
	"assay/suites"
)

// Scores reads a table with a row per score, as a spreadsheet or a script has it: CSV, TSV or
// JSON lines with example, model, metric and value. Suites and metrics are the table's own:
// their kinds follow from the values, and the rest from [Options.Table].
func Scores() Importer {
	return Importer{
		Name:   "scores",
		Short:  "a table of example, model, metric and value: CSV, TSV, JSON lines or Parquet",
		Own:    true,
		Import: importScores,
	}
}

// The columns of a table of scores. The first four are needed.
const (
	exampleColumn = iota
	modelColumn
	metricColumn
	valueColumn
	suiteColumn
	conditionColumn
	sampleColumn
	labelerColumn
	judgeColumn
	baselineColumn
	categoryColumn
	clusterColumn
	promptColumn
	outputColumn
	probabilityColumn
	columnCount
	neededColumns = suiteColumn
)

var scoreColumns = [columnCount]string{"example", "model", "metric", "value", "suite", "condition", "sample", "labeler", "judge", "baseline", "category", "cluster", "prompt", "output", "probability"}

const (
	scoresSuite = "scores"   // of rows that name none
	scoresJudge = "recorded" // of rows that name none
	noScore     = "no value in the table"
)

// scoreTable takes the rows of all files.
type scoreTable struct {
	opt      Options
	own      tableOptions
	out      Sink
	examples repeats
	suites   []*scoreSuite
	found    [columnCount]bool // columns that some file has
	unread   map[string]bool   // other columns
	alike    Lookalikes        // the examples' names
}

// scoreRow is a row's fields by column; "" for none.
type scoreRow [columnCount]string

func importScores(ctx context.Context, paths []string, opt Options, out Sink) error {
	own, err := opt.Table.parse()
	if err != nil {
		return err
	}
	found, err := tableFiles(paths, []string{".csv", ".tsv", ".jsonl", ".parquet"}, "scores", out)
	if err != nil {
		return err
	}
	s := &scoreTable{opt: opt, own: own, out: out, examples: newRepeats(), unread: map[string]bool{}, alike: Lookalikes{What: "example"}}
	if err := eachFile(ctx, found, opt, out, func(path string) error { return s.read(ctx, path) }); err != nil {
		return err
	}
	return s.define()
}

// read reads a file.
func (s *scoreTable) read(ctx context.Context, path string) error {
	if isParquet(path) {
		return s.parquet(ctx, path)
	}
	var there []int
	form := tableForm[*scoreRow]{
		needed: s.needed(),
		header: func(t *rows.CSV) error {
			for i := range scoreColumns {
				if t.Use(s.own.column(i)) {
					there = append(there, i)
					s.found[i] = true
				}
			}
			for _, name := range t.Header() {
				s.other(name)
			}
			return nil
		},
		cells: func(t *rows.CSV) (*scoreRow, error) {
			row := new(scoreRow)
			for _, i := range there {
				row[i] = t.Get(s.own.column(i))
			}
			return row, nil
		},
		object: s.decode,
		take:   s.row,
	}
	return form.read(ctx, path, s.opt, s.out)
}

// needed are the columns that a table must have: those of a score, and those that the user named.
func (s *scoreTable) needed() (columns []string) {
	for i, name := range scoreColumns {
		if _, named := s.own.columns[name]; named || i < neededColumns {
			columns = append(columns, s.own.column(i))
		}
	}
	return columns
}

// decode reads an object.
func (s *scoreTable) decode(value []byte) (*scoreRow, error) {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(value, &members); err != nil {
		return nil, memberError(err)
	}
	row := new(scoreRow)
	there := 0
	for i := range scoreColumns {
		name := s.own.column(i)
		v, ok := members[name]
		if !ok {
			if i < neededColumns {
				return nil, fmt.Errorf("no member %q; a score has %s, under these names or those of --column", name, strings.Join(scoreColumns[:neededColumns], ", "))
			}
			continue
		}
		there++
		s.found[i] = true
		switch v.Kind() {
		case '"':
			if err := json.Unmarshal(v, &row[i]); err != nil {
				return nil, fmt.Errorf("member %q: %w; fix the row", name, err)
			}
		case 'n':
		case 't', 'f':
			row[i] = truth(i, v.Kind() == 't')
		case '{', '[':
			return nil, fmt.Errorf("member %q is an array or an object; it must be a text or a number", name)
		default:
			row[i] = string(v)
		}
	}
	if there < len(members) {
		for name := range members {
			s.other(name)
		}
	}
	return row, nil
}

// truth is a truth value in a column: as a score it is 1 or 0.
func truth(column int, value bool) string {
	switch {
	case column != valueColumn:
		return strconv.FormatBool(value)
	case value:
		return "1"
	}
	return "0"
}

// mostUnread bounds the columns that are remembered: JSON lines may have another one in each row.
const mostUnread = 1000

// other notes a column that is not read.
func (s *scoreTable) other(name string) {
	if name == "" || len(s.unread) == mostUnread || s.unread[name] {
		return
	}
	for i := range scoreColumns {
		if name == s.own.column(i) {
			return
		}
	}
	s.unread[name] = true
}

// unreadNotice names the columns that were not read; "" if there are none.
func (s *scoreTable) unreadNotice() string {
	names := slices.Sorted(maps.Keys(s.unread))
	if len(names) == 0 {
		return ""
	}
	const shown = 8
	more := ""
	if len(names) > shown {
		names, more = names[:shown], fmt.Sprintf(" and %d more", len(names)-shown)
	}
	return fmt.Sprintf("columns that are not read: %s%s; --column FIELD=NAME reads one as a field, such as category", strings.Join(names, ", "), more)
}

// row gives a row's example, output and score to the sink.
func (s *scoreTable) row(path string, line int, row *scoreRow) error {
	for i := range neededColumns {
		if i != valueColumn && strings.TrimSpace(row[i]) == "" {
			return fmt.Errorf("no %s; each row needs one", scoreColumns[i])
		}
	}
	if row[suiteColumn] == "" {
		row[suiteColumn] = scoresSuite
	}
	if s.opt.Judge != "" {
		row[judgeColumn] = s.opt.Judge
	} else if row[judgeColumn] == "" {
		row[judgeColumn] = scoresJudge
	}
	if row[baselineColumn] == row[modelColumn] {
		return fmt.Errorf("model and baseline are both %q; a model can't be its own baseline", row[modelColumn])
	}
	j := metrics.Judgement{
		Suite: row[suiteColumn], Example: suites.ExampleID(row[suiteColumn], row[exampleColumn]), Condition: row[conditionColumn],
		Model: row[modelColumn], Baseline: row[baselineColumn], Metric: row[metricColumn], Judge: row[judgeColumn], Labeler: row[labelerColumn],
	}
	var err error
	if j.Sample, err = sampleOf(row[sampleColumn]); err != nil {
		return err
	}
	if j.Probability, err = probabilityOf(row[probabilityColumn]); err != nil {
		return err
	}
	suite := s.suite(row[suiteColumn])
	metric := suite.metric(row[metricColumn], &s.own)
	if text := strings.TrimSpace(row[valueColumn]); text == "" {
		j.Missing = noScore
	} else {
		x, err := number(text)
		if err == nil {
			err = metric.inRange(x)
		}
		if err != nil {
			return fmt.Errorf("%s of %s: %w", row[metricColumn], row[modelColumn], err)
		}
		j.Value = []float64{x}
	}
	if err := metric.paired(&j); err != nil {
		return err
	}
	if err := s.example(place.Seen{File: path, Line: line}, row, j.Example, suite); err != nil {
		return err
	}
	if err := s.output(path, row, &j); err != nil {
		return err
	}
	err = s.out.Judgement(j)
	if errors.Is(err, ErrDuplicate) || errors.Is(err, ErrConflict) {
		return fmt.Errorf("%w: a score with this %s came before%s; keep one of the rows, or tell them apart in another column", err, row.key(), before(err, path))
	}
	if err != nil {
		return err
	}
	suite.under(row[conditionColumn])
	metric.took(&j, path, line)
	return nil
}

// key says which score a row is of.
func (r *scoreRow) key() string {
	var parts []string
	for _, i := range []int{exampleColumn, modelColumn, metricColumn, suiteColumn, conditionColumn, sampleColumn, labelerColumn, judgeColumn, baselineColumn} {
		usual := i == suiteColumn && r[i] == scoresSuite || i == judgeColumn && r[i] == scoresJudge
		if r[i] != "" && !usual {
			parts = append(parts, fmt.Sprintf("%s %q", scoreColumns[i], r[i]))
		}
	}
	return strings.Join(parts, ", ")
}

// example gives the sink an example when it is first seen.
func (s *scoreTable) example(at place.Seen, row *scoreRow, id string, suite *scoreSuite) error {
	first, err := s.examples.check(at, id, row[exampleColumn], shared{"category", row[categoryColumn]}, shared{"cluster", row[clusterColumn]}, shared{"prompt", row[promptColumn]})
	if err != nil || !first {
		return err
	}
	ex := suites.Example{ID: id, Suite: row[suiteColumn], Input: row[exampleColumn], Category: row[categoryColumn], Cluster: row[clusterColumn]}
	if row[promptColumn] != "" {
		ex.Input, ex.Fields = row[promptColumn], map[string]string{"example": row[exampleColumn]}
	}
	suite.clustered = suite.clustered || ex.Cluster != ""
	s.alike.Saw(row[exampleColumn])
	return s.out.Example(ex)
}

// output gives the sink a model's output, which may be repeated in the row of each metric.
func (s *scoreTable) output(path string, row *scoreRow, j *metrics.Judgement) error {
	if row[outputColumn] == "" {
		return nil
	}
	err := s.out.Completion(models.Completion{
		ID:    models.CompletionID("recorded:"+j.Model, j.Example, j.Condition, 0, j.Sample),
		Suite: j.Suite, Example: j.Example, Condition: j.Condition, Model: j.Model, Sample: j.Sample, Text: row[outputColumn],
	})
	switch {
	case errors.Is(err, ErrDuplicate):
		return nil
	case errors.Is(err, ErrConflict):
		return fmt.Errorf("%w: %q has another output for example %q in an earlier row%s; keep one of the two, or number them in a column sample", err, j.Model, row[exampleColumn], before(err, path))
	}
	return err
}

// define gives the sink the suites, and says what was taken for granted.
func (s *scoreTable) define() error {
	for i, name := range scoreColumns {
		if column, named := s.own.columns[name]; named && !s.found[i] {
			return fmt.Errorf("--column %s=%s: no row has a %q; remove the flag, or correct the name", name, column, column)
		}
	}
	s.dropUnscored()
	if err := s.own.unknown(s.suites); err != nil {
		return err
	}
	for _, notice := range []string{s.unreadNotice(), s.alike.Notice()} {
		if notice != "" {
			s.out.Notice("%s", notice)
		}
	}
	var said []statement
	for _, suite := range s.suites {
		d, err := suite.definition(func(m *scoreMetric, d *suites.MetricDefinition) { said = state(said, suite.name, m, d) })
		if err != nil {
			return err
		}
		if err := s.out.Define(d); err != nil {
			return err
		}
	}
	for i := range said {
		s.out.Notice("%s", &said[i])
	}
	return nil
}

// dropUnscored forgets the metrics and suites of which every row was skipped.
func (s *scoreTable) dropUnscored() {
	for _, suite := range s.suites {
		suite.metrics = slices.DeleteFunc(suite.metrics, func(m *scoreMetric) bool { return m.rows == 0 })
	}
	s.suites = slices.DeleteFunc(s.suites, func(suite *scoreSuite) bool { return len(suite.metrics) == 0 })
}

// sampleOf reads which draw a score is of.
func sampleOf(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("sample %q; write a whole number from 0, the number of the model's draw", text)
	}
	return n, nil
}

// probabilityOf reads with what probability an answer was drawn to be scored; 0 if a row has none.
func probabilityOf(text string) (float64, error) {
	if text = strings.TrimSpace(text); text == "" {
		return 0, nil
	}
	p, err := strconv.ParseFloat(text, 64)
	if err != nil || !(p > 0 && p <= 1) {
		return 0, fmt.Errorf("probability %q; write a number above 0 and at most 1, with which the answer was drawn to be scored", text)
	}
	return p, nil
}

// number reads a value as programs write it.
func number(text string) (float64, error) {
	refuse := func(remedy string) (float64, error) {
		return 0, fmt.Errorf("the value %.40q is not a number; %s", text, remedy)
	}
	switch strings.ToLower(text) {
	case "nan", "inf", "infinity", "+inf", "-inf", "+infinity", "-infinity":
		return 0, fmt.Errorf("the value %s is not finite; leave the cell empty if there is no value", text)
	case "na", "n/a", "none", "null", "-":
		return refuse("leave the cell empty if there is no value")
	case "true", "false":
		return refuse("write 1 for true and 0 for false")
	}
	x, err := strconv.ParseFloat(text, 64)
	plain := strings.Trim(text, "0123456789+-.eE") == "" // ParseFloat reads more forms
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("the value %.40s is too large for a number; correct it", text)
	case err == nil && plain:
		return x, nil
	case strings.Contains(text, ","):
		return refuse("write a point for the decimals and nothing between thousands, as in 0.5 and 1000")
	case strings.HasSuffix(text, "%"):
		return refuse("write a share, such as 0.45, or remove the percent sign")
	}
	return refuse("write one such as 0.5, or leave the cell empty if there is no value")
}
