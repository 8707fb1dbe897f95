package suitefile_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/harness/suitefile"
	"assay/models"
	"assay/suites"
	"assay/suites/catalog"
)

// fixture is a file of ours in a data set's own format, and what its suite makes of it.
type fixture struct {
	data, shots string
	categories  string   // of the examples, in the file's order, each once
	answers     []string // of a model; of choices, the first is the likeliest everywhere
	metrics     string   // by hand, or by the call named beside it
	fewshot     string   // how the first example's prompt with examples ends before its own text, or begins
}

// The choices' values are counted by hand: the share of rows whose first choice is correct.
var fixtures = map[string]fixture{
	"hellaswag":     {data: "hellaswag.jsonl", categories: "Baking bread|Rowing|Repairing a bicycle", metrics: "accuracy_per_token 0.4 of 5, accuracy 0.4 of 5, 0 missing"},
	"rte":           {data: "rte.jsonl", metrics: "accuracy_per_token 0.6 of 5, 0 missing"},
	"sst2":          {data: "sst2.tsv", metrics: "accuracy_per_token 0.6 of 5, 0 missing"},
	"wsc":           {data: "wsc.jsonl", metrics: "accuracy_per_token 0.85 of 20, 0 missing"},
	"arc_easy":      {data: "arc_easy.jsonl", metrics: "accuracy 0.4 of 5, accuracy_per_byte 0.4 of 5, 0 missing"},
	"arc_challenge": {data: "arc_challenge.jsonl", metrics: "accuracy 0.4 of 5, accuracy_per_byte 0.4 of 5, 0 missing"},
	"mmlu": {data: "mmlu.jsonl", shots: "mmlu-dev.jsonl", categories: "astronomy|elementary_mathematics|jurisprudence", metrics: "accuracy 0.4 of 5, 0 missing",
		fewshot: "The following are multiple choice questions (with answers) about astronomy.\n\nastronomy, example 1: which letter is number 1?\nA. the first\nB. the second\nC. the third\nD. the fourth\nAnswer: A\n\nastronomy, example 2: which letter is number 2?"},
	// Ambiguous: 1, -1, 0 and 1, so 1/4, which is (1 - 1/4) * (2 * 2/3 - 1). Disambiguated: 1, -1 and 1 of three that decide.
	"bbq": {data: "bbq.jsonl", categories: "Age|Gender_identity|Nationality", metrics: "accuracy 0.375 of 8, bias_ambiguous 0.25 of 4, bias_disambiguated 0.333333333 of 4, 0 missing"},
	// Of "hateful" the precision is 2/5 and the recall 1; nothing is called non-hateful.
	"hatecheck": {data: "hatecheck.csv", categories: "ident_neutral_nh|derog_neg_emote_h|counter_quote_nh", metrics: "accuracy 0.4 of 5, macro_f1 0.285714286 of 5, 0 missing"},
	"gsm8k": {data: "gsm8k.jsonl", shots: "gsm8k-train.jsonl", answers: []string{" The answer is 12.", " She has $1,234", " 45 mph is not 46", " 17 - 2 = 15", " It is -5 degrees"}, metrics: "numeric 0.8 of 5, 0 missing",
		fewshot: "Question: Eve has 1 cats and buys one more. How many has she?\nAnswer: 1 + 1 = <<1+1=2>>2\n#### 2\n\nQuestion: Eve has 2 cats"},
	// sacrebleu 2.6: corpus_bleu(answers, [references]).score, corpus_chrf(...).score
	"wmt": {data: "wmt.jsonl", categories: "French to English|German to English|English to French", answers: []string{"Hello the world", "The cat sleeps on a chair", "It rains very hard today", "That is my house", "Le pain est frais"},
		metrics: "bleu 58.4201967 of 5, chrf 72.4728831 of 5, 0 missing"},
	// mean of rouge_score 0.1.2's RougeScorer(["rougeL"]).score(reference, answer)["rougeL"].fmeasure
	"cnn_dm": {data: "cnn_dm.jsonl", answers: []string{"Ann Bell sold out by ten in the old mill", "The river path closed", "Forty kinds of birds", "Town plants trees", "A dog"}, metrics: "rouge_l 0.492222222 of 5, 0 missing"},
	"tldr":   {data: "tldr.jsonl", categories: "home|food|pets", answers: []string{"My ladder is blue", "Nobody came", "A dog found a shoe", "Trams are late", "Goats ate our trees"}, metrics: "rouge_l 0.638787879 of 5, 0 missing"},
	// QuAC's scorer.py: leave_one_out_max(answer, handle_cannot(references)), without questions whose
	// leave_one_out(references) is below 0.4, and the share that isn't below that.
	"quac": {data: "quac.json", shots: "quac-train.json", categories: "neither yes nor no|yes", answers: []string{"in mill", "his uncle in 1950", "I don't know", "It was closed for a week", "rain took bridge"},
		metrics: "f1 0.825 of 4, human_equivalence 0.5 of 4, 2 missing",
		fewshot: "Answer each question using information in the preceding background paragraph. If there is not enough information provided, answer with ``I don't know.''\n\nTITLE: Tram - Line 1\nPARAGRAPH: The line has nine stops.\n\nQ: "},
	"text":        {data: "text.jsonl", metrics: "loss 1 of 5, 0 missing"},
	"qualitative": {categories: "false premise|hedging|several constraints|code|another language", answers: make([]string, 15), metrics: "words 0 of 15, 0 missing"},
}

func TestFixtures(t *testing.T) {
	for _, s := range suitefile.Catalog() {
		f, ok := fixtures[s.Name]
		if _, inGo := catalog.Find(s.Name); inGo {
			continue
		}
		if !ok {
			t.Errorf("%s has no fixture", s.Name)
			continue
		}
		files := suites.Files{}
		if f.data != "" {
			files.Data = filepath.Join("testdata", "catalog", f.data)
		}
		if f.shots != "" {
			files.Shots = filepath.Join("testdata", "catalog", f.shots)
		}
		set, err := s.Live.Load(files)
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		var categories []string
		j := newJudged(t, &s)
		j.digits = 9 // sacrebleu rounds logarithms otherwise
		for i := range set.Examples {
			ex := &set.Examples[i]
			if ex.Category != "" && !slices.Contains(categories, ex.Category) {
				categories = append(categories, ex.Category)
			}
			c := models.Completion{Suite: s.Name, Example: ex.ID, Model: "m", Finish: "stop"}
			for at := range ex.Choices {
				c.Scores, c.Lengths = append(c.Scores, -1-float64(min(at, 1))), append(c.Lengths, 1)
			}
			if f.answers != nil {
				c.Text = f.answers[i]
			}
			j.judge(*ex, c)
		}
		if got := strings.Join(categories, "|"); got != f.categories {
			t.Errorf("%s: categories %s, want %s", s.Name, got, f.categories)
		}
		if _, got, _ := strings.Cut(j.String(), ", "); got != f.metrics {
			t.Errorf("%s: %s, want %s", s.Name, got, f.metrics)
		}
		if f.fewshot != "" {
			if got := set.Ask(&set.Examples[0], "fewshot").Prompt; !strings.HasPrefix(got, f.fewshot) {
				t.Errorf("%s: few-shot prompt %q, want it to begin with %q", s.Name, got, f.fewshot)
			}
		}
	}
}

// The earlier questions are in the prompt with the answers that the person saw.
func TestQuACDialogue(t *testing.T) {
	set := loaded(t, "quac", suites.Files{Data: filepath.Join("testdata", "catalog", "quac.json")})
	const want = "Answer each question using information in the preceding background paragraph. If there is not enough information provided, answer with ``I don't know.''\n\nTITLE: Ann Bell - Early life\nPARAGRAPH: Ann Bell was born in a mill. She learned to bake from her uncle in 1950.\n\nQ: Where was she born?\n\nA: in a mill\n\nQ: Who taught her?\n\nA: from her uncle\n\nQ: Did she marry?\n\nA:"
	if got := set.Ask(&set.Examples[2], "zeroshot").Prompt; got != want {
		t.Errorf("prompt %q, want %q", got, want)
	}
	if got := fmt.Sprint(set.Examples[2].References, set.Examples[1].References); got != "[I don't know.] [her uncle from her uncle in 1950]" {
		t.Errorf("references %s", got)
	}
	if set.Examples[0].Cluster != set.Examples[2].Cluster || set.Examples[0].Cluster == set.Examples[3].Cluster {
		t.Error("questions of a passage don't share a cluster, or passages do")
	}
}
