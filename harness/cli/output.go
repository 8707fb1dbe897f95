package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/pflag"

	"assay/harness/terminal"
	"assay/reports"
	"assay/reports/csv"
	"assay/reports/tex"
	"assay/reports/text"
)

// renderer writes tables for people in one format.
type renderer struct {
	format string // as in --format
	ext    string // of its files in a report
	spaced bool   // needs a blank line between two tables
	write  func(w io.Writer, t reports.Table, color bool) error
}

// renderers are all formats for people; csv and json are for programs.
func renderers() []renderer {
	plain := func(write func(io.Writer, reports.Table) error) func(io.Writer, reports.Table, bool) error {
		return func(w io.Writer, t reports.Table, _ bool) error { return write(w, t) }
	}
	return []renderer{
		{format: "table", ext: ".txt", spaced: true, write: text.Write},
		{format: "md", ext: ".md", write: plain(text.Markdown)},
		{format: "tex", ext: ".tex", write: plain(tex.Write)},
	}
}

// formats are what --format may be.
func formats() []string {
	var all []string
	for _, r := range renderers() {
		all = append(all, r.format)
	}
	return append(all, "csv", "json")
}

// addFormat adds the flag --format.
func addFormat(flags *pflag.FlagSet, format *string) {
	all := formats()
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
	for _, r := range renderers() {
		if r.format != format {
			continue
		}
		if apart && r.spaced {
			fmt.Fprintln(c.Out)
		}
		return r.write(c.Out, t, c.Color())
	}
	return fmt.Errorf("no table in the format %s", format)
}

func writeJSON(w io.Writer, v any) error {
	if err := json.MarshalWrite(w, v, jsontext.WithIndent("  "), json.Deterministic(true)); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w)
	return err
}
