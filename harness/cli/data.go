package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"assay/harness/datasets"
	"assay/harness/terminal"
	"assay/reports/text"
)

func newData(c terminal.Console) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "data",
		Short: "List, download and check public data sets; prepare prompts",
		Long: `Suites read public data sets from a folder: --data or $ASSAY_DATA. assay comes with
none of them. 'ls' lists them. 'pull' downloads those that have a recorded checksum; for
the others, 'ls' shows where to download them and where to put them. 'prepare' splits a
log of user prompts into training, validation and test prompts.`,
		Example: `  assay data ls
  assay data pull truthfulqa rtp-quark --data datasets/
  assay data verify --data datasets/`,
		Args: group,
		RunE: help,
	}
	addData(cmd.PersistentFlags(), &dir)
	cmd.AddCommand(newDataList(c, &dir), newDataPull(c, &dir), newDataVerify(c, &dir), newDataPrepare(c))
	return cmd
}

func newDataList(c terminal.Console, dir *string) *cobra.Command {
	return &cobra.Command{
		Use:   "ls",
		Short: "List the data sets and show which are present",
		Long: `List the data sets with their size, licence and state in the folder: present,
incomplete, damaged or absent. Only sizes are compared; 'assay data verify' compares
checksums.`,
		Example: `  assay data ls --data datasets/`,
		Args:    exactly(0, "data ls takes no arguments"),
		RunE:    func(*cobra.Command, []string) error { return listData(c, *dir) },
	}
}

func newDataPull(c terminal.Console, dir *string) *cobra.Command {
	p := datasets.Puller{Client: datasets.Client(), Stall: time.Minute}
	cmd := &cobra.Command{
		Use:   "pull NAME...",
		Short: "Download data sets and check their checksums",
		Long: `Download data sets from their recorded sources. A file appears only if its size and
SHA-256 match the record. Files that are already present are not downloaded again. A
file that differs from the record is replaced only with --force.`,
		Example: `  assay data pull truthfulqa --data datasets/
  assay data pull truthfulqa --data datasets/ --from https://mirror.example.org/data`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("from") {
				if err := datasets.CheckMirror(p.From); err != nil {
					return err
				}
			}
			return pullData(cmd.Context(), c, p, *dir, args)
		},
	}
	cmd.Flags().StringVar(&p.From, "from", "", "address of a mirror with the same layout as the data folder (default: each file's source)")
	cmd.Flags().BoolVar(&p.Force, "force", false, "replace files that differ from the record")
	return cmd
}

func newDataVerify(c terminal.Console, dir *string) *cobra.Command {
	return &cobra.Command{
		Use:   "verify [NAME...]",
		Short: "Check the files that are present",
		Long: `Check that the files that are present have the recorded size and SHA-256. The exit
code is 2 if a file differs, or if you name a data set and one of its files is absent.`,
		Example: `  assay data verify --data datasets/
  assay data verify truthfulqa`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return verifyData(cmd.Context(), c, *dir, args)
		},
	}
}

// listData prints the registry.
func listData(c terminal.Console, dir string) error {
	t, err := datasets.Table(dir)
	if err != nil {
		return err
	}
	return text.Write(c.Out, t, c.Color())
}

func pullData(ctx context.Context, c terminal.Console, p datasets.Puller, dir string, names []string) error {
	if len(names) == 0 {
		return errors.New("data pull needs the name of a data set; 'assay data ls' lists them")
	}
	sets, err := datasets.Checkable(names, dir)
	if err != nil {
		return err
	}
	for _, s := range sets {
		for _, f := range s.Files {
			bar := terminal.NewBar(c.Err, f.Path, f.Bytes, true)
			fetched, err := p.Pull(ctx, dir, &f, bar)
			bar.Finish()
			if err != nil {
				return err
			}
			what := "already present"
			if fetched {
				what = "downloaded, " + datasets.Size(f.Bytes)
			}
			fmt.Fprintf(c.Out, "%s: %s\n", f.At(dir), what)
		}
	}
	return nil
}

func verifyData(ctx context.Context, c terminal.Console, dir string, names []string) error {
	sets, err := datasets.Checkable(names, dir)
	if err = cmp.Or(err, datasets.CheckFolder(dir)); err != nil {
		return err
	}
	if len(names) == 0 {
		sets = datasets.All()
	}
	var tally datasets.Tally
	for _, s := range sets {
		for _, f := range s.Files {
			bar := terminal.NewBar(c.Err, f.Path, f.Bytes, true)
			state, what, err := f.Verify(ctx, dir, bar)
			bar.Finish()
			if err != nil {
				return err
			}
			if what != "" {
				what = ": " + what
			}
			fmt.Fprintf(c.Out, "%-8s %s%s\n", state, f.Path, what)
			tally.Add(&f, state, len(names) > 0)
		}
	}
	if err := tally.Err(dir); err != nil {
		return err
	}
	fmt.Fprintf(c.Out, "files that match the record: %d; absent: %d\n", tally.Right, tally.Absent)
	return nil
}
