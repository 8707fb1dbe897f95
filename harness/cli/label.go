package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assay/harness/label/folder"
	"assay/harness/label/page"
	"assay/harness/label/work"
	"assay/harness/leaf/plural"
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
	host, err := serve.SplitAddress(f.address, "127.0.0.1:8085")
	if err != nil {
		return false, fmt.Errorf("--address %w", err)
	}
	loopback = serve.IsLoopback(host)
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
	listener, err := serve.Listen(f.address)
	if err != nil {
		return fmt.Errorf("--address %w", err)
	}
	defer listener.Close()
	var p *plan.Label
	if len(args) > 0 {
		if p, err = plan.LabelOf(args); err != nil {
			return err
		}
	}
	w, links, err := folder.Open(f.out, p, f.newLinks, func(line string) { fmt.Fprintln(c.Err, line) })
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
	n, err := folder.Export(w, out)
	if err == nil {
		fmt.Fprintf(c.Err, "%s written to %s\n", plural.Of(n, "row"), strings.TrimSpace(out))
	}
	return err
}
