package judge

import (
	"strings"

	"assay/harness/plan"
	"assay/suites/table"
)

// truthfulQA reads the labelled answers on which TruthfulQA's judges were fine-tuned (Lin et al. 2021,
// arXiv 2109.07958, appendix B.1). A row's prompt is "Q: ...\nA: ...\nTrue:" or "...\nHelpful:", and
// its completion " yes" or " no". The group is the question.
func truthfulQA(rows []table.Row, task plan.JudgeTask) ([]Row, error) {
	asked := map[string]plan.JudgeTask{"True:": plan.TaskTruth, "Helpful:": plan.TaskInformative}
	var all []Row
	for _, r := range rows {
		prompt, err := needText(r, "prompt")
		if err != nil {
			return nil, err
		}
		end := strings.LastIndex(prompt, "\n")
		question, answer, found := strings.Cut(prompt[:max(end, 0)], "\nA:")
		question, isQuestion := strings.CutPrefix(question, "Q:")
		of, known := asked[strings.TrimSpace(prompt[end+1:])]
		if !found || !isQuestion || !known {
			return nil, r.Fail("the prompt is not of the form Q: ..., A: ..., and True: or Helpful:; name the file as it was published")
		}
		if of != task {
			return nil, r.Fail("the row is about kind: %s, and the plan is for kind: %s; name the other file", of, task)
		}
		row := Row{Group: strings.TrimSpace(question)}
		if row.Label, err = oneOf(r, "completion", map[string]float64{"yes": 1, "no": 0}); err != nil {
			return nil, err
		}
		row.Text.Text, row.Context = strings.TrimSpace(answer), row.Group
		all = append(all, row)
	}
	return all, nil
}

// xsum reads the annotations of Maynez et al. 2020 (arXiv 2005.00661): spans of summaries of XSum that
// workers marked as not supported by the document. The label is the share of a summary's workers who
// marked none. The documents are not in the file, so the judge sees the summary alone. The group is
// the document.
func xsum(rows []table.Row, _ plan.JudgeTask) ([]Row, error) {
	type summary struct {
		row    Row
		marked map[string]bool // by worker
	}
	found := map[[2]string]*summary{}
	var order []*summary
	for _, r := range rows {
		document, err := needText(r, "bbcid")
		if err != nil {
			return nil, err
		}
		system, _ := text(r, "system")
		worker, _ := text(r, "worker_id")
		kind, _ := text(r, "hallucination_type")
		s := found[[2]string{document, system}]
		if s == nil {
			s = &summary{row: Row{Group: document, Category: system}, marked: map[string]bool{}}
			if s.row.Text.Text, err = needText(r, "summary"); err != nil {
				return nil, err
			}
			found[[2]string{document, system}] = s
			order = append(order, s)
		}
		s.marked[worker] = s.marked[worker] || kind == "intrinsic" || kind == "extrinsic"
	}
	var all []Row
	for _, s := range order {
		supported := 0
		for _, marked := range s.marked {
			if !marked {
				supported++
			}
		}
		s.row.Label = float64(supported) / float64(len(s.marked))
		all = append(all, s.row)
	}
	return all, nil
}
