package cli

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"assay/harness/filekinds"
	"assay/harness/plan"
	"assay/harness/terminal"
)

func newSchema(c terminal.Console) *cobra.Command {
	var list bool
	kinds := filekinds.Names()
	cmd := &cobra.Command{
		Use:   "schema " + strings.Join(kinds, "|"),
		Short: "Print the JSON Schema of a kind of YAML file, for editors",
		Long: `Print the JSON Schema (draft 2020-12) of one kind of YAML file: run plans, gates files,
training configurations, plans of labelling, findings of a reproduction, or suite files.
With the schema, an editor that has a YAML language server completes and checks fields.
Save the schema beside your file, and put this line at the top of the file:

  # yaml-language-server: $schema=ppo.schema.json

With --list, print a list of all fields instead.`,
		Example: `  assay schema ppo > ppo.schema.json
  assay schema run --list`,
		ValidArgs: kinds,
		Args:      exactly(1, "schema needs one kind of file: "+strings.Join(kinds, ", ")),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := filekinds.Check(args[0]); err != nil {
				return err
			}
			if list {
				return filekinds.WriteFields(c.Out, args[0])
			}
			schema, err := filekinds.Schema(args[0])
			if err != nil {
				return err
			}
			data, err := json.Marshal(schema, jsontext.Multiline(true), jsontext.WithIndent("  "), json.Deterministic(true))
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.Out, "%s\n", data)
			return err
		},
	}
	cmd.Flags().BoolVar(&list, "list", false, "print a list of the fields instead of the schema")
	return cmd
}

// listFields adds the fields of a kind of file to a command's help.
func listFields(cmd *cobra.Command, kind plan.FileKind) {
	help, long := cmd.HelpFunc(), cmd.Long
	cmd.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		var b strings.Builder
		if err := filekinds.WriteFields(&b, string(kind)); err != nil {
			fmt.Fprintln(&b, err)
		}
		cmd.Long = long + "\n\nFields:\n\n" + strings.TrimRight(b.String(), "\n")
		help(cmd, args)
	})
}
