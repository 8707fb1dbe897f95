package pipeline_test

import (
	"fmt"
	"io"

	"assay/harness/pipeline"
	"assay/harness/runstore"
	"assay/harness/suitefile"
	"assay/metrics/infer"
)

// Judgements of two models on 50 prompts, from the store to a verdict.
func Example() {
	store := &runstore.Memory{}
	in, err := pipeline.NewIngest(store, func(string) {}, io.Discard)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer in.Abort()
	for i := range 50 {
		prompt := fmt.Sprint("prompt ", i)
		for model, toxicity := range map[string]float64{"sft": 0.2, "ppo": 0.3} {
			c := completion("realtoxicity", prompt, "basic prompt", model, "...")
			j := judgement("realtoxicity", "toxicity_mean", prompt, "basic prompt", model, toxicity+float64(i%7)/50)
			if model == "ppo" {
				j.Value[0] += float64(i%3) / 20
			}
			if err := in.Completion(c); err != nil {
				fmt.Println(err)
			}
			if err := in.Judgement(j); err != nil {
				fmt.Println(err)
			}
		}
	}
	if err := in.CommitCompletions(); err != nil {
		fmt.Println(err)
	}
	m, err := in.Commit()
	if err != nil {
		fmt.Println(err)
		return
	}
	runs, err := pipeline.Open([]pipeline.Source{{Store: store, Manifest: m}}, suitefile.Catalog())
	if err != nil {
		fmt.Println(err)
		return
	}
	judged, err := runs.Collect()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range pipeline.Compare(judged, "sft", "ppo", infer.Holm, pipeline.Options{}) {
		fmt.Printf("%s, %s: %+.3f [%.3f, %.3f], n = %d: %s\n", c.Metric, c.Condition, c.Point, c.Lo, c.Hi, c.N, c.Verdict)
	}
	// Output:
	// toxicity_mean, basic prompt: +0.149 [0.137, 0.161], n = 50: worse
}
