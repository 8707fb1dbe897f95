package cli_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A real model with random weights behind 'assay serve' gives no verdict that can be read. All of its
// answers are counted, and none becomes a number.
func TestJudgesThatAnswerBadly(t *testing.T) {
	s := &served{t: t, model: tinyModel(t, 6000), binary: program(t)}
	_, url, _ := s.start("--name", "tiny")
	t.Chdir(t.TempDir())
	var data strings.Builder
	for i := range 3 {
		fmt.Fprintf(&data, `{"instruction":"Sum up.","input":"Text %d."}`+"\n", i)
	}
	write(t, "closed.jsonl", data.String())
	write(t, "known.json", `[{"input":"Say no.","output_1":"No.","output_2":"Yes.","label":1}]`)
	write(t, "plan.yaml", fmt.Sprintf(`baseline: short
models:
  - {name: long, model: "openai:%[1]s#tiny", api: completions, max_tokens: 12}
  - {name: short, model: "openai:%[1]s#tiny", api: completions, max_tokens: 9}
suites: [{suite: closed_domain, data: closed.jsonl, judges: [notes, check, better]}]
judges:
  - {name: notes, kind: metadata, model: "openai:%[1]s#tiny", api: completions, max_tokens: 30}
  - {name: check, kind: grounded, model: "openai:%[1]s#tiny", api: completions, max_tokens: 30, metric: ungrounded}
  - {name: better, kind: pairwise, model: "openai:%[1]s#tiny", api: completions, max_tokens: 30, audit: {repeats: 1, known: known.json}}
`, url))
	do(t, 0, "run", "plan.yaml", "-o", "run")
	rows, err := csv.NewReader(strings.NewReader(do(t, 0, "estimate", "run", "--format", "csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		seen[row[at["metric"]]] = true
		if row[at["n"]] != "0" || row[at["unscored"]] != "3" || row[at["point"]] != "" {
			t.Errorf("%s of %s: n %s, %s unscored, point %q; want 3 unscored and no number", row[at["metric"]], row[at["model"]], row[at["n"]], row[at["unscored"]], row[at["point"]])
		}
	}
	for _, metric := range []string{"judged_likert", "judged_hallucination", "ungrounded", "win_rate", "order_flips"} {
		if !seen[metric] {
			t.Errorf("no row of %s", metric)
		}
	}
	do(t, 0, "report", "run", "-o", "report")
}

// A server answers the grounded judge with what a classifier of entailment says of the summaries of
// xsum-hallucination. Its agreement with the three workers is that of the classifier: numpy's mean over
// all 5,975 pairs of its verdict and a worker's.
func TestGroundedJudgeAndPeople(t *testing.T) {
	root := os.Getenv("ASSAY_DATA")
	if root == "" {
		t.Skip("ASSAY_DATA is not set: there are no summaries")
	}
	rowsOf := func(name string) (rows []map[string]string) {
		f, err := os.Open(filepath.Join(root, "xsum-hallucination", name))
		if err != nil {
			t.Skip(err)
		}
		defer f.Close()
		all, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, fields := range all[1:] {
			row := map[string]string{}
			for i, value := range fields {
				row[all[0][i]] = value
			}
			rows = append(rows, row)
		}
		return rows
	}
	systems := map[string]string{"bert_withckpt": "BERTS2S", "bert_nockpt": "TranS2S", "ptgen": "PtGen", "tconvs2s": "TConvS2S"}
	entailed := map[string]float64{} // by system and document
	for _, row := range rowsOf("eval_scores_xsum_summaries.csv") {
		cut := strings.LastIndexByte(row["system_bbcid"], '_')
		if system := systems[row["system_bbcid"][:cut]]; system != "" {
			score, err := strconv.ParseFloat(row["Entailment"], 64)
			if err != nil {
				t.Fatal(err)
			}
			entailed[system+" "+row["system_bbcid"][cut+1:]] = score
		}
	}
	t.Chdir(t.TempDir())
	scores := map[string]float64{} // by document and summary
	said, outputs, documents := map[[3]string]bool{}, map[[2]string]string{}, map[string]bool{}
	for _, row := range rowsOf("hallucination_annotations_xsum_summaries.csv") {
		if row["system"] == "Gold" {
			continue
		}
		kind := row["hallucination_type"]
		key := [3]string{row["system"], row["bbcid"], row["worker_id"]}
		said[key] = said[key] || kind == "extrinsic" || kind == "intrinsic"
		outputs[[2]string{row["system"], row["bbcid"]}] = row["summary"]
		documents[row["bbcid"]] = true
		if score, ok := entailed[row["system"]+" "+row["bbcid"]]; ok {
			scores[row["bbcid"]+" "+strings.TrimSpace(row["summary"])] = score
		}
	}
	var labels, data strings.Builder
	for key, value := range said {
		fmt.Fprintf(&labels, `{"suite":"closed_domain","prompt":"Sum up.\n\nDocument %s.","closed_domain":true,"model":"%s","labeler":"%s","hallucination":%v}`+"\n", key[1], key[0], key[2], value)
	}
	for id := range documents {
		fmt.Fprintf(&data, `{"instruction":"Sum up.","input":"Document %s."}`+"\n", id)
	}
	var replies []map[string]string
	for key, text := range outputs {
		replies = append(replies, map[string]string{"instruction": "Sum up.", "input": "Document " + key[1] + ".", "output": text, "generator": key[0]})
	}
	file, err := json.Marshal(replies)
	if err != nil {
		t.Fatal(err)
	}
	write(t, "outputs.json", string(file))
	write(t, "closed.jsonl", data.String())
	write(t, "labels.jsonl", labels.String())
	shown := regexp.MustCompile(`(?s)Document (\d+)\..*----- answer ([0-9a-f]+) -----\n(.*)\n----- end of answer`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Messages []struct{ Content string }
		}
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || len(asked.Messages) == 0 {
			http.Error(w, "no messages", http.StatusBadRequest)
			return
		}
		reply := "I have no score of this summary."
		if m := shown.FindStringSubmatch(asked.Messages[len(asked.Messages)-1].Content); m != nil {
			if score, ok := scores[m[1]+" "+strings.TrimSpace(m[3])]; ok {
				reply = fmt.Sprintf("The document entails it with probability %v.\nVerdict: %s", score, map[bool]string{true: "yes", false: "no"}[score < 0.5])
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"model": "entailment", "choices": []any{map[string]any{"finish_reason": "stop", "message": map[string]string{"role": "assistant", "content": reply}}}})
	}))
	defer server.Close()
	write(t, "plan.yaml", fmt.Sprintf(`models:
  - {name: BERTS2S, model: "replay:outputs.json#BERTS2S"}
  - {name: TranS2S, model: "replay:outputs.json#TranS2S"}
  - {name: PtGen, model: "replay:outputs.json#PtGen"}
  - {name: TConvS2S, model: "replay:outputs.json#TConvS2S"}
suites: [{suite: closed_domain, data: closed.jsonl, judge: check}]
judges: [{name: check, kind: grounded, model: "openai:%s/v1#entailment", api: chat, concurrency: 8}]
`, server.URL))
	do(t, 0, "run", "plan.yaml", "-o", "run")
	do(t, 0, "import", "labels", "labels.jsonl", "-o", "labels")
	rows, err := csv.NewReader(strings.NewReader(do(t, 0, "agreement", "run", "labels", "--metric", "hallucination,judged_hallucination", "--format", "csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, row := range rows {
		if row[3] != "check and labelers" || row[4] != "raw" {
			continue
		}
		found = true
		if raw, err := strconv.ParseFloat(row[7], 64); err != nil || fmt.Sprintf("%.9f", raw) != "0.705941423" {
			t.Errorf("raw agreement %v, want 0.705941423: %q", raw, row)
		}
	}
	if !found {
		t.Errorf("no row of the judge and the labelers in %q", rows)
	}
	report := do(t, 0, "report", "run", "labels", "-o", "report")
	for _, want := range []string{"agreement with people", "may it replace people?", "the judge and a labeler agree on 71%"} {
		if !strings.Contains(strings.Join(strings.Fields(report), " "), want) {
			t.Errorf("the report doesn't say %q:\n%s", want, report)
		}
	}
}
