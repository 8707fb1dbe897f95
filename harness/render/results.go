package render

import (
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/pipeline"
	"assay/reports"
	"assay/reports/csv"
	"assay/reports/text"
)

// Results are the forms that one result can be printed in.
type Results struct {
	Tables []reports.Table // for people
	Long   reports.Table   // for machines
	Record any             // as JSON
}

// Print writes results in one of [Formats].
func (r Results) Print(w io.Writer, format string, color bool) error {
	switch format {
	case "csv":
		return csv.Write(w, r.Long)
	case "json":
		if err := json.MarshalWrite(w, r.Record, jsontext.WithIndent("  "), json.Deterministic(true)); err != nil {
			return err
		}
		_, err := fmt.Fprintln(w)
		return err
	}
	f, ok := Find(format)
	if !ok {
		return fmt.Errorf("no table in the format %s", format)
	}
	for i, t := range r.Tables {
		if i > 0 && f.Spaced {
			fmt.Fprintln(w)
		}
		if err := f.Write(w, t, color); err != nil {
			return err
		}
	}
	return nil
}

// Outcome writes a comparison's tables in one of [Formats] and, for people, its flips and its
// headline. With short, comparisons are those of [pipeline.Outcome.Brief].
func Outcome(w io.Writer, r *pipeline.Outcome, format string, short, color bool) error {
	out := Results{Tables: r.Tables(short), Long: r.Long(short), Record: r.Record(short)}
	if format != "table" {
		out.Tables = append(out.Tables, r.FlipsTables()...)
	}
	if err := out.Print(w, format, color); err != nil || format != "table" {
		return err
	}
	for _, f := range r.Flips {
		if len(f.Items) == 0 {
			continue
		}
		fmt.Fprintln(w)
		if err := text.Flips(w, &r.Subject, f, r.Baseline, r.Model, color); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "\n%s\n", r.Headline().Text)
	return nil
}
