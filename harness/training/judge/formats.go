package judge

import (
	"errors"
	"io"
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/harness/plan"
	"assay/suites/table"
)

// format is a form of files, known by the members of a row.
type format struct {
	name    string
	members []string
	tasks   []plan.JudgeTask
	read    func(rows []table.Row, task plan.JudgeTask) ([]Row, error)
}

func formats() []format {
	toxicity := []plan.JudgeTask{plan.TaskToxicity}
	return []format{
		{"RealToxicityPrompts", []string{"filename", "prompt", "continuation"}, toxicity, eachRow(realToxicityPrompts)},
		{"Davidson's tweets", []string{"hate_speech", "offensive_language", "neither", "tweet"}, toxicity, eachRow(davidson)},
		{"HateCheck", []string{"functionality", "test_case", "label_gold", "templ_id"}, toxicity, eachRow(hateCheck)},
		{"the templates of unintended-bias", []string{"Text", "Label", "Template"}, toxicity, eachRow(madlibs)},
		{"the comments of unintended-bias", []string{"rev_id", "comment", "toxic"}, toxicity, eachRow(comments)},
		{"TruthfulQA's labelled answers", []string{"prompt", "completion"}, []plan.JudgeTask{plan.TaskTruth, plan.TaskInformative}, truthfulQA},
		{"XSum's hallucination annotations", []string{"bbcid", "system", "summary", "hallucination_type", "worker_id"}, []plan.JudgeTask{plan.TaskSupport}, xsum},
		{"labelled texts", []string{"text", "label"}, nil, eachRow(general)},
	}
}

// eachRow reads a file whose rows don't depend on each other.
func eachRow(read func(table.Row) ([]Row, error)) func([]table.Row, plan.JudgeTask) ([]Row, error) {
	return func(rows []table.Row, _ plan.JudgeTask) ([]Row, error) {
		var all []Row
		for _, r := range rows {
			some, err := read(r)
			if err != nil {
				return nil, err
			}
			all = append(all, some...)
		}
		return all, nil
	}
}

// Read reads the labelled texts of a file. Errors name file, line and remedy.
func Read(path string, task plan.JudgeTask) ([]Row, error) {
	in, err := readTable(path)
	if err != nil {
		return nil, err
	}
	f, err := formatOf(path, in[0])
	if err != nil {
		return nil, err
	}
	if f.tasks != nil && !slices.Contains(f.tasks, task) {
		return nil, place.Errorf(path, 0, "the file is of %s, which have no labels for kind: %s; name another file", f.name, task)
	}
	rows, err := f.read(in, task)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, place.Errorf(path, 0, "no row of the file has a label for kind: %s; name another file", task)
	}
	return rows, checkGroups(path, rows)
}

// readTable reads all rows of a file.
func readTable(path string) ([]table.Row, error) {
	r, err := table.Open(path, table.Options{})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var rows []table.Row
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, place.Errorf(path, 0, "the file has no rows; name another one")
	}
	return rows, nil
}

func formatOf(path string, first table.Row) (*format, error) {
	all := formats()
	for i := range all {
		if !slices.ContainsFunc(all[i].members, func(m string) bool { _, has := first.Get(m); return !has }) {
			return &all[i], nil
		}
	}
	return nil, place.Errorf(path, first.Line, "no labelled text: the row has the members %s; write text and label, and a group if rows belong together", strings.Join(first.Names(), ", "))
}

// checkGroups refuses a file of which only some rows have a group: the others would be split by row.
func checkGroups(path string, rows []Row) error {
	without := slices.IndexFunc(rows, func(r Row) bool { return r.Group == "" })
	if without < 0 || !slices.ContainsFunc(rows, func(r Row) bool { return r.Group != "" }) {
		return nil
	}
	return place.Errorf(path, 0, "some rows have a group and row %d of the labelled texts has none; give every row its group, since rows of one group must not be divided between training and test", without+1)
}
