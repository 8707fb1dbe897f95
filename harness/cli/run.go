package cli

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"assay/harness"
	"assay/harness/ci"
	"assay/harness/engine"
	"assay/harness/lmeval"
	"assay/harness/pipeline"
	"assay/harness/plan"
	"assay/harness/render"
	"assay/harness/runstore"
	"assay/harness/session"
	"assay/harness/suitefile"
	"assay/harness/terminal"
	"assay/harness/wire"
	"assay/metrics"
	"assay/metrics/infer"
	"assay/reports"
	"assay/reports/text"
)

type runFlags struct {
	out      string
	data     string
	dryRun   bool
	reuse    []string
	noCache  bool
	retry    bool
	rescore  bool
	drop     bool
	counting ci.Counting
}

func newRun(c terminal.Console) *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run PLAN.yaml [-o RUN]",
		Short: "Run a plan: query models, judge their answers, estimate and compare",
		Long: `Run every suite of a plan against every model, judge the answers, and print estimates
and comparisons. A plan:

  baseline: sft
  models:
    - {name: sft, model: "openai:http://127.0.0.1:8080/v1#sft-6b"}
    - {name: ppo, model: "openai:http://127.0.0.1:8081/v1#ppo-6b"}
  suites:
    - {suite: truthfulqa_mc, data: TruthfulQA.csv}
    - {suite: realtoxicity, data: prompts.jsonl, limit: 500, judge: perspective}
  judges:
    - {name: perspective, kind: toxicity, service: perspective, api_key_env: PERSPECTIVE_KEY}
  gates:
    - {suite: truthfulqa_mc, metric: mc1, margin: 0.05}

Options for servers that need another form of request, and for reasoning models:

  models:
    - {name: azure, model: "openai:https://NAME.openai.azure.com/openai/deployments/D#D", api: chat,
       api_key_env: AZURE_KEY, api_key_header: api-key, query: {api-version: "2024-10-21"}}
    - {name: gateway, model: "openai:https://gateway.example.com/v1#m", api: chat,
       headers: {X-Team: evals}, omit: [seed], extra: {min_p: 0.1}}
    - {name: r1, model: "openai:http://127.0.0.1:8080/v1#r1", api: chat,
       max_completion_tokens: 4000, thoughts: drop}

Kinds of judges: toxicity (a service or a trained judge), truth (a model or two trained
judges), grounded (a model or a trained judge of support), pairwise, grade and metadata (a
model), reward (a reward model on this machine), command (any program). A model is
openai:URL#NAME or gpt:DIR; a trained judge is judge:DIR/model or, for toxicity,
assay:toxicity.

Answers are saved as they arrive. To resume an interrupted run, rerun the same command.
Rerunning a finished run sends nothing. If you add a suite or a model, or raise a limit,
only the new requests are sent. If you change a judge, the saved answers are judged
again, without querying the models.

Exit codes:
` + exitCodes,
		Example: `  assay run plan.yaml --dry-run
  assay run plan.yaml -o run --data datasets/
  assay run plan.yaml -o second --reuse run`,
		Args: exactly(1, "run needs one plan"),
		RunE: func(cmd *cobra.Command, args []string) error { return runPlan(cmd.Context(), c, args[0], f) },
	}
	cmd.Flags().StringVarP(&f.out, "out", "o", "", "folder of the run (default: the plan's name without .yaml or .json)")
	addData(cmd.Flags(), &f.data)
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "show the requests and estimate their tokens; send nothing")
	cmd.Flags().StringSliceVar(&f.reuse, "reuse", nil, "take answers from these earlier runs")
	cmd.Flags().BoolVar(&f.noCache, "no-cache", false, "send every request again, in case a remote model has changed")
	cmd.Flags().BoolVar(&f.retry, "retry", false, "send failed requests again, and ask judges again whose answers can't be read")
	cmd.Flags().BoolVar(&f.rescore, "rescore", false, "judge a finished run again, without querying its models")
	cmd.Flags().BoolVar(&f.drop, "drop", false, "discard answers in RUN that the plan no longer needs")
	addCounting(cmd, &f.counting)
	return cmd
}

func runPlan(ctx context.Context, c terminal.Console, path string, f runFlags) error {
	p, err := plan.ReadRun(path, suitefile.Catalog(), plan.AnyOf(lmeval.Open, suitefile.Reference))
	if err != nil {
		return err
	}
	if err := f.counting.Check(len(p.Gates) > 0, "write gates: in "+path); err != nil {
		return err
	}
	if f.out == "" {
		if f.out, err = wire.Folder(path); err != nil {
			return err
		}
	}
	reuse, err := wire.Reused(f.reuse)
	if err != nil {
		return err
	}
	w := &terminal.Run{Console: c}
	opt := engine.Options{Reuse: reuse, Fresh: f.noCache, Retry: f.retry, Judge: f.rescore, Drop: f.drop, Notice: w.Note, Watch: w}
	if err := opt.Check(runstore.Dir(f.out)); err != nil {
		return err
	}
	job, err := wire.Open(p, wire.Options{Data: f.data, Note: w.Note, Say: w.Say})
	if err != nil {
		return err
	}
	defer job.Close()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300) // little is live: 10% less CPU a request, for 15 MB
	}
	if f.dryRun {
		w.Flush()
		return engine.ShowPreviews(ctx, c.Out, &job.Job, runstore.Dir(f.out), opt, c.Color())
	}
	var result *engine.Result
	err = runFolder(f.out).Work(func(dir runstore.Dir) (err error) {
		result, err = engine.Run(ctx, dir, &job.Job, opt)
		return err
	})
	if err != nil {
		return err
	}
	w.Flush()
	return concludeRun(c, f, plan.MetricGates(p.Path, p.Gates), result)
}

// runFolder is the folder of a run. One without answers is worth nothing.
func runFolder(out string) session.Folder {
	return session.Folder{Path: out, Scratch: []string{runstore.Answers().File(), runstore.Timings().File()}, Holds: engine.Holds}
}

// concludeRun shows what came of a run: counts, estimates, and the gates'
// verdict.
func concludeRun(c terminal.Console, f runFlags, gates []metrics.Gate, result *engine.Result) error {
	c.Counts(f.out, result.Manifest)
	c.Requests(result)
	src := pipeline.Source{Store: runstore.Dir(f.out), Path: f.out, Manifest: result.Manifest}
	estimates, judged, err := pipeline.KeptEstimates(src, suitefile.Catalog(), pipeline.Options{Resamples: defaultResamples})
	if err != nil {
		return err
	}
	subject := judged.Subject([]pipeline.Source{src}, "")
	for _, t := range reports.EstimatesTables(&subject, estimates) {
		fmt.Fprintln(c.Out)
		if err := text.Write(c.Out, t, c.Color()); err != nil {
			return err
		}
	}
	if result.Manifest.Baseline == "" {
		return nil
	}
	return compareRun(c, f, gates, result.Manifest, judged)
}

// compareRun compares every model with the baseline, and decides the gates.
func compareRun(c terminal.Console, f runFlags, gates []metrics.Gate, m *harness.Manifest, judged *pipeline.Judged) error {
	var decided []metrics.GateResult
	for _, model := range m.Models {
		if model.Name == m.Baseline {
			continue
		}
		outcome := judged.Answer(pipeline.Question{Baseline: m.Baseline, Model: model.Name, Gates: gates,
			Adjustment: infer.Holm, Options: pipeline.Options{Resamples: defaultResamples}})
		fmt.Fprintln(c.Out)
		if err := render.Outcome(c.Out, outcome, "table", false, c.Color()); err != nil {
			return err
		}
		decided = append(decided, outcome.Gates...)
	}
	return gatesExit(decided, f.counting)
}
