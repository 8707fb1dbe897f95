package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"assay/harness/label"
	"assay/harness/label/page"
	"assay/harness/label/work"
	"assay/harness/leaf/outfile"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
	"assay/harness/plan"
	"assay/harness/terminal"
	"assay/models/serve"
)

func newLabel(c terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "label",
		Short: "Let people label outputs in the browser",
		Long: `Let people grade, flag, rank and compare the outputs of runs on a page in their browser,
blind and in a random order. The labels are then rows that 'assay import labels' reads.`,
		Example: `  assay label serve run -o work
  assay label export work -o labels.jsonl`,
		Args: group,
		RunE: help,
	}
	cmd.AddCommand(newLabelServe(c), newLabelExport(c))
	return cmd
}

type labelServeFlags struct {
	out         string
	address     string
	allowRemote bool
	newLinks    bool
}

func newLabelServe(c terminal.Console) *cobra.Command {
	var f labelServeFlags
	cmd := &cobra.Command{
		Use:   "serve PLAN|RUN... -o WORK",
		Short: "Serve the labelling page",
		Long: `Serve the labelling page for the outputs of runs. A plan in YAML says which outputs are
labelled, with which form and by whom. With runs instead of a plan, one labeler gets a
grade, flags and a ranking for every prompt.

The first start draws the items, writes them into the folder WORK, and prints a link for
each labeler and one for the lead, who sees progress, agreement and disagreements. Each
answer is on disk in WORK before the page says that it is saved. To continue after a
stop, repeat the command, or name WORK alone; the links stay valid.

By default, the server listens on this machine only. --allow-remote lets it listen
elsewhere: links, prompts and labels then travel over the network without encryption, so
put a proxy with TLS in front of it.`,
		Example: `  assay label serve run -o work
  assay label serve plan.yaml -o work
  assay label serve -o work --address 127.0.0.1:9000`,
		RunE: func(cmd *cobra.Command, args []string) error { return labelServe(cmd.Context(), c, args, f) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.out, "out", "o", "", "folder of the work (required)")
	flags.StringVar(&f.address, "address", "127.0.0.1:8085", "address to listen on; port 0 picks a free port")
	flags.BoolVar(&f.allowRemote, "allow-remote", false, "listen on an address that other machines can reach, without encryption")
	flags.BoolVar(&f.newLinks, "new-links", false, "replace all links, and sign everyone out")
	listFields(cmd, plan.LabelFile)
	return cmd
}

func (f *labelServeFlags) check() (loopback bool, err error) {
	if f.out == "" {
		return false, errors.New("label serve needs -o WORK, the folder of the work; see 'assay label serve --help'")
	}
	host, _, err := net.SplitHostPort(f.address)
	if err != nil {
		return false, fmt.Errorf("--address %s: write HOST:PORT, such as 127.0.0.1:8085", f.address)
	}
	ip := net.ParseIP(host)
	loopback = host == "localhost" || ip != nil && ip.IsLoopback()
	if !loopback && !f.allowRemote {
		return false, fmt.Errorf("--address %s is open to other machines; listen on 127.0.0.1, or add --allow-remote if a proxy with TLS is in front of it", f.address)
	}
	return loopback, nil
}

func labelServe(ctx context.Context, c terminal.Console, args []string, f labelServeFlags) error {
	loopback, err := f.check()
	if err != nil {
		return err
	}
	listener, err := listen(f.address)
	if err != nil {
		return err
	}
	defer listener.Close()
	w, links, err := openWork(c, args, f)
	if err != nil {
		return err
	}
	defer w.Close()
	handler, err := page.New(w, loopback)
	if err != nil {
		return err
	}
	base := "http://" + listener.Addr().String()
	if links == nil {
		fmt.Fprintln(c.Err, "the links of the first start are still valid; --new-links makes new ones")
	}
	for _, p := range w.People {
		if link, there := links[p.Name]; there {
			fmt.Fprintf(c.Out, "%s\t%s/start/%s\n", p.Name, base, link)
		}
	}
	fmt.Fprintf(c.Err, "labelling at %s; Ctrl-C stops it, and nothing that was saved is lost\n", base)
	return serve.Until(ctx, listener, handler, 5*time.Second, func(line string) { fmt.Fprintln(c.Err, line) })
}

// openWork continues the work in a folder, or begins it. links are nil if the old ones stay.
func openWork(c terminal.Console, args []string, f labelServeFlags) (*work.Work, map[string]string, error) {
	var p *plan.Label
	var err error
	if len(args) > 0 {
		if p, err = labelPlan(args); err != nil {
			return nil, nil, err
		}
	}
	if !work.Exists(f.out) {
		if p == nil {
			return nil, nil, fmt.Errorf("%s holds no labels yet; name a plan or runs: assay label serve RUN -o %s", f.out, f.out)
		}
		return beginWork(c, p, f.out)
	}
	w, err := work.Open(f.out)
	if err != nil {
		return nil, nil, err
	}
	if p != nil {
		if now, err := planText(p); err != nil || now != w.Plan {
			return nil, nil, errors.Join(fmt.Errorf("%s was begun with another plan or other runs; choose another -o, or name no plan to continue it", f.out), err, w.Close())
		}
	}
	if !f.newLinks {
		return w, nil, nil
	}
	links, err := w.NewLinks()
	if err != nil {
		return nil, nil, errors.Join(err, w.Close())
	}
	return w, links, nil
}

// labelPlan reads the one plan that is named, or makes one for the runs that are.
func labelPlan(args []string) (*plan.Label, error) {
	info, err := os.Stat(args[0])
	if err == nil && info.IsDir() {
		return plan.LabelRuns(args), nil
	}
	if len(args) > 1 {
		return nil, fmt.Errorf("%s is not the folder of a run; name one plan, or only runs", args[0])
	}
	return plan.ReadLabel(args[0])
}

// planText is a plan as text, by which a changed plan is seen.
func planText(p *plan.Label) (string, error) {
	text, err := json.Marshal(p, json.Deterministic(true), json.FormatNilSliceAsNull(false))
	return fmt.Sprintf("%s too_fast %v", text, p.TooFast), err
}

// beginWork draws the items of a plan.
func beginWork(c terminal.Console, p *plan.Label, out string) (*work.Work, map[string]string, error) {
	drawn, err := label.Draw(p)
	if err != nil {
		return nil, nil, err
	}
	settings := work.Settings{Seed: p.Seed, Form: p.Form, TooFast: p.TooFast.Seconds(), ScreeningPass: p.ScreeningPass, Instructions: label.Instructions(p.Form), From: drawn.From, Left: drawn.Left}
	if settings.Plan, err = planText(p); err != nil {
		return nil, nil, err
	}
	if p.Instructions != "" {
		text, err := rows.ReadFile(p.Instructions)
		if err != nil {
			return nil, nil, err
		}
		settings.Instructions = string(text)
	}
	var checks []*label.Item
	if p.Checks != "" {
		if checks, err = label.ReadChecks(p.Checks, label.FormOf(p.Form)); err != nil {
			return nil, nil, err
		}
	}
	fmt.Fprintf(c.Err, "%s to label, of %d that could be drawn", plural.Of(len(drawn.Items), "item"), drawn.From)
	if drawn.Left > 0 {
		fmt.Fprintf(c.Err, "; %s %s left out, because too few models have a text for %s", plural.Of(drawn.Left, "prompt"), plural.Word(drawn.Left, "was", "were"), plural.Word(drawn.Left, "it", "them"))
	}
	fmt.Fprintln(c.Err)
	return work.Create(out, settings, append(drawn.Items, checks...), label.Assign(p, drawn.Items, checks))
}

func newLabelExport(c terminal.Console) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "export WORK -o FILE",
		Short: "Write the labels as rows",
		Long: `Write the answers that count as rows of labels, one per output, with prompts, outputs and
the probability with which each was drawn: JSON lines, which 'assay import labels' reads.
The lead's own answers have the group adjudicated. The server may not be running.`,
		Example: `  assay label export work -o labels.jsonl`,
		Args:    exactly(1, "label export needs the folder of the work"),
		RunE: func(_ *cobra.Command, args []string) error {
			if out == "" {
				return errors.New("label export needs -o FILE; see 'assay label export --help'")
			}
			return labelExport(c, args[0], out)
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "file to write (required)")
	return cmd
}

func labelExport(c terminal.Console, dir, out string) (err error) {
	w, err := work.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	all, err := w.Rows()
	if err != nil {
		return err
	}
	err = outfile.Write(out, func(to io.Writer) error {
		for _, row := range all {
			line, err := json.Marshal(row, json.Deterministic(true))
			if err != nil {
				return err
			}
			if _, err := to.Write(append(line, '\n')); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		fmt.Fprintf(c.Err, "%s written to %s\n", plural.Of(len(all), "row"), strings.TrimSpace(out))
	}
	return err
}
