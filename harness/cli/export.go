package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"assay/harness"
	"assay/harness/export"
	"assay/harness/leaf/shell"
	"assay/harness/suitefile"
	"assay/harness/terminal"
)

func newExport(c terminal.Console) *cobra.Command {
	var out, format string
	var list []string
	for _, f := range export.Formats() {
		list = append(list, fmt.Sprintf("  %-20s %s", f.Name, f.Short))
	}
	cmd := &cobra.Command{
		Use:   "export RUN --format FORMAT -o FOLDER",
		Short: "Write a run in a format that other tools read",
		Long:  "Write a run's scores, with their examples and answers, into a new folder. Formats:\n\n" + strings.Join(list, "\n"),
		Example: `  assay export run --format every-eval-ever -o eee
  assay export run --format csv -o table`,
		Args: exactly(1, "export needs one run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" || format == "" {
				return errors.New("export needs --format FORMAT and -o FOLDER; see 'assay export --help'")
			}
			f, err := export.Find(format)
			if err != nil {
				return err
			}
			return export.Folder(out, args[0], f, export.Options{Catalog: suitefile.Catalog(), Version: harness.CurrentVersions().Assay, Time: time.Now().Unix(), Notice: c.Notice,
				Reads: func(args []string) { c.Notice("to read it into a new run: assay %s", shell.Quote(args...)) }})
		},
	}
	cmd.Flags().StringVarP(&out, "out", "o", "", "folder to write, new or empty (required)")
	cmd.Flags().StringVar(&format, "format", "", "format: see above (required)")
	return cmd
}
