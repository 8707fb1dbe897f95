package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"assay/harness/suitefile"
	"assay/harness/terminal"
)

func newSuite(c terminal.Console) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "suite",
		Short:   "Write a suite of your own as a YAML file, and check it",
		Long:    "Write a suite of your own as a YAML file, and check it. A plan names the file under suite:.\n\nMetrics and their settings:\n\n" + suitefile.Help(),
		Example: "  assay suite new tickets.yaml\n  assay suite check tickets.yaml",
		Args:    group,
		RunE:    help,
	}
	o := suitefile.CheckOptions{}
	check := &cobra.Command{
		Use:     "check FILE",
		Short:   "Read a suite file and its data, and show the prompts",
		Example: "  assay suite check tickets.yaml\n  assay suite check tickets.yaml --model gpt:ppo/model",
		Args:    exactly(1, "suite check needs one suite file"),
		RunE:    func(_ *cobra.Command, args []string) error { return suitefile.Check(args[0], o, c.Out) },
	}
	addData(check.Flags(), &o.Folder)
	check.Flags().StringVar(&o.Tokenize, "model", "", "count tokens with the tokenizer of this checkpoint's folder")
	check.Flags().IntVar(&o.Shown, "show", 3, "number of examples to show")
	inRange(check.Flags(), "[0,]", "show")
	cmd.AddCommand(check, &cobra.Command{
		Use:     "new FILE",
		Short:   "Write a commented suite file with a small data file",
		Example: "  assay suite new tickets.yaml",
		Args:    exactly(1, "suite new needs the path of the file to write"),
		RunE: func(_ *cobra.Command, args []string) error {
			files, err := suitefile.New(args[0])
			for _, file := range files {
				fmt.Fprintf(c.Out, "wrote %s\n", file)
			}
			return err
		},
	})
	return cmd
}
