package pipeline_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"assay/harness/interop"
	"assay/harness/leaf/approx"
	"assay/harness/leaf/rows/rowstest"
	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/metrics"
	"assay/reports"
)

// xsumSystems are the systems by the names that the data's automatic scores have for them.
var xsumSystems = map[string]string{"bert_withckpt": "BERTS2S", "bert_nockpt": "TranS2S", "ptgen": "PtGen", "tconvs2s": "TConvS2S"}

// xsumLabels are three workers' judgements of whether a summary of a document has a hallucinated span,
// as rows of labels; kept drops documents. The rows record the probability.
func xsumLabels(t *testing.T, kept func(document int) bool, probability string) string {
	t.Helper()
	type answer struct{ system, document, worker string }
	said, order := map[answer]bool{}, []answer{}
	_, spans := rowstest.Table(t, realData(t, "xsum-hallucination", "hallucination_annotations_xsum_summaries.csv"))
	for _, row := range spans {
		a := answer{row["system"], row["bbcid"], row["worker_id"]}
		if _, seen := said[a]; !seen {
			order = append(order, a)
		}
		said[a] = said[a] || row["hallucination_type"] == "extrinsic" || row["hallucination_type"] == "intrinsic"
	}
	var b strings.Builder
	for _, a := range order {
		if id, err := strconv.Atoi(a.document); err != nil {
			t.Fatal(err)
		} else if a.system != "Gold" && kept(id) {
			fmt.Fprintf(&b, `{"suite":"closed_domain","prompt":"%s","closed_domain":true,"model":"%s","labeler":"%s","hallucination":%v%s}`+"\n", a.document, a.system, a.worker, said[a], probability)
		}
	}
	return b.String()
}

// xsumJudged is a judge's view of the same summaries: the data's classifier of entailment, at 0.5.
func xsumJudged(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("suite,example,model,metric,value\n")
	_, scores := rowstest.Table(t, realData(t, "xsum-hallucination", "eval_scores_xsum_summaries.csv"))
	for _, row := range scores {
		at := strings.LastIndexByte(row["system_bbcid"], '_')
		system, ok := xsumSystems[row["system_bbcid"][:at]]
		entailed, err := strconv.ParseFloat(row["Entailment"], 64)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			fmt.Fprintf(&b, "closed_domain,%s,%s,judged_hallucination,%d\n", row["system_bbcid"][at+1:], system, map[bool]int{true: 1}[entailed < 0.5])
		}
	}
	return b.String()
}

// importedAs is a run of one file.
func importedAs(t *testing.T, im interop.Importer, name, content string) pipeline.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	store := new(runstore.Memory)
	result, err := pipeline.Import(context.Background(), store, im, []string{path}, pipeline.ImportOptions{Seed: 1, Reading: io.Discard, Judging: func(int) io.Writer { return io.Discard }})
	if err != nil {
		t.Fatal(err)
	}
	return pipeline.Source{Store: store, Manifest: result.Manifest, Path: name}
}

// A judge's judged_hallucination pairs with what people say of the same summaries. krippendorff 0.9.0
// over the three workers' matrix, level_of_measurement="nominal", gives their alpha; the share of equal
// pairs of the judge and a worker is numpy's mean over all 5,975 pairs. The data have no documents, so a
// model can't judge them here: the judge is the classifier of entailment that comes with the data.
func TestXSumPeopleAndJudge(t *testing.T) {
	people := importedAs(t, interop.Labels(), "labels.jsonl", xsumLabels(t, func(int) bool { return true }, ""))
	judge := importedAs(t, interop.Scores(), "judge.csv", xsumJudged(t))
	agreed, err := open(t, people, judge).Agreements(pipeline.AgreementOptions{})
	if err != nil {
		t.Fatal(err)
	}
	row := func(kind reports.AgreementKind) reports.Agreement {
		i := slices.IndexFunc(agreed.Rows, func(a reports.Agreement) bool { return a.Metric == "hallucination" && a.Kind == kind })
		if i < 0 {
			t.Fatalf("no row %s in %+v", kind, agreed.Rows)
		}
		return agreed.Rows[i]
	}
	if a := row(reports.AmongPeople); !approx.Equal(a.Alpha.Point, 0.7631604669754375, 1e-9) || a.Alpha.Items != 2000 {
		t.Errorf("people: alpha %+v", a.Alpha)
	}
	if a := row(reports.JudgeAndPeople); !approx.Equal(a.Raw.Point, 0.7059414225941423, 1e-9) {
		t.Errorf("judge and people: raw %+v", a.Raw)
	}
}

// With people's labels of a fifth of the documents, the joined rate holds what the people say of all
// documents, which the judge alone is far from: by numpy, .88, .926, .893 and .921 against .594, .709,
// .633 and .663.
func TestXSumJoined(t *testing.T) {
	people := importedAs(t, interop.Labels(), "labels.jsonl", xsumLabels(t, func(id int) bool { return id%5 == 3 }, `,"probability":0.2`))
	judge := importedAs(t, interop.Scores(), "judge.csv", xsumJudged(t))
	got := map[string]metrics.Estimate{}
	for _, e := range pipeline.Estimate(collect(t, people, judge), pipeline.Options{}) {
		got[e.Metric+" "+e.Model] = e
	}
	for model, want := range map[string][2]float64{"BERTS2S": {0.88, 0.5943775100401606}, "TConvS2S": {0.926, 0.7088353413654619}, "PtGen": {0.8932621747831888, 0.6325301204819277}, "TranS2S": {0.9213333333333333, 0.6626506024096386}} {
		joined, alone := got["joined_hallucination "+model], got["judged_hallucination "+model]
		if joined.Interval == nil || !(joined.Lo <= want[0] && want[0] <= joined.Hi) || joined.Lo <= want[1] || joined.Judged != 498 {
			t.Errorf("%s: joined %+v, interval %+v, want it around %v", model, joined, joined.Interval, want[0])
		}
		// Three labelers are too few to tell how much their errors are shared, so most of these judges' rates
		// can't be corrected.
		if c := joined.Corrected; (c != nil) != (model == "PtGen") || c != nil && !(c.Lo <= want[0] && want[0] <= c.Hi && c.Point > want[1]) {
			t.Errorf("%s: corrected %+v, want it around %v", model, c, want[0])
		} else if said := strings.Join(joined.Warnings, "\n"); c == nil && !strings.Contains(said, "not corrected by Rogan-Gladen: with labels of 91 clusters by 3 labelers") {
			t.Errorf("%s: warnings %q", model, said)
		}
		if !approx.Equal(alone.Point, want[1], 1e-9) {
			t.Errorf("%s: judged %+v, want %v", model, alone, want[1])
		}
	}
}
