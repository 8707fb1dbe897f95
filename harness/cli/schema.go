package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"assay/harness/leaf/place"
	"assay/harness/plan"
	"assay/harness/reproduce"
	"assay/harness/suitefile"
	"assay/harness/terminal"
	"assay/harness/yamlstruct"
)

// Kinds of files that package plan doesn't read: those of reproductions, and suite files.
const findingsFile, suiteFile = "findings", "suite"

func schemaOf(kind string) (*yamlstruct.Schema, error) {
	if kind == suiteFile {
		return suitefile.Schema()
	}
	if kind == findingsFile {
		return reproduce.Schema()
	}
	return plan.Schema(plan.FileKind(kind), suitefile.Catalog())
}

func fieldsOf(kind string) ([]yamlstruct.Entry, error) {
	if kind == suiteFile {
		return suitefile.Fields()
	}
	if kind == findingsFile {
		return reproduce.Fields()
	}
	return plan.Fields(plan.FileKind(kind))
}

func newSchema(c terminal.Console) *cobra.Command {
	var list bool
	var kinds []string
	for _, k := range plan.FileKinds() {
		kinds = append(kinds, string(k))
	}
	kinds = append(kinds, findingsFile, suiteFile)
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
			if !slices.Contains(kinds, args[0]) {
				return fmt.Errorf("unknown kind of file %q; %s", args[0], place.Choose(args[0], kinds))
			}
			if list {
				return writeFields(c.Out, args[0])
			}
			schema, err := schemaOf(args[0])
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
		if err := writeFields(&b, string(kind)); err != nil {
			fmt.Fprintln(&b, err)
		}
		cmd.Long = long + "\n\nFields:\n\n" + strings.TrimRight(b.String(), "\n")
		help(cmd, args)
	})
}

func writeFields(to io.Writer, kind string) error {
	fields, err := fieldsOf(kind)
	if err != nil {
		return err
	}
	return yamlstruct.WriteList(to, fields)
}
