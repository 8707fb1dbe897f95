package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/pflag"

	"assay/harness/render"
	"assay/harness/terminal"
	"assay/reports"
	"assay/reports/csv"
)

// addFormat adds the flag --format.
func addFormat(flags *pflag.FlagSet, format *string) {
	all := render.Formats()
	last := len(all) - 1
	flags.StringVar(format, "format", all[0], strings.Join(all[:last], ", ")+" or "+all[last])
}

// results are the forms that one result can be printed in.
type results struct {
	tables []reports.Table // for people
	long   reports.Table   // for machines
	record any             // as JSON
}

// print writes results in a format.
func (r results) print(c terminal.Console, format string) error {
	switch format {
	case "csv":
		return csv.Write(c.Out, r.long)
	case "json":
		return writeJSON(c.Out, r.record)
	}
	for i, t := range r.tables {
		if err := writeTable(c, t, format, i > 0); err != nil {
			return err
		}
	}
	return nil
}

// writeTable writes a table for people; apart puts a blank line before it, where the format
// needs one.
func writeTable(c terminal.Console, t reports.Table, format string, apart bool) error {
	f, ok := render.Find(format)
	if !ok {
		return fmt.Errorf("no table in the format %s", format)
	}
	if apart && f.Spaced {
		fmt.Fprintln(c.Out)
	}
	return f.Write(c.Out, t, c.Color())
}

func writeJSON(w io.Writer, v any) error {
	if err := json.MarshalWrite(w, v, jsontext.WithIndent("  "), json.Deterministic(true)); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w)
	return err
}
