// Package render writes results with the renderers of reports: tables in the formats that
// commands offer, and a report's folder.
package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"assay/reports"
	"assay/reports/csv"
	"assay/reports/tex"
	"assay/reports/text"
)

// Table writes tables for people in one format.
type Table struct {
	Format string // as in --format
	Ext    string // of its files in a report
	Spaced bool   // needs a blank line between two tables
	Write  func(w io.Writer, t reports.Table, color bool) error
}

// tables are all formats for people; csv and json are for programs.
func tables() []Table {
	plain := func(write func(io.Writer, reports.Table) error) func(io.Writer, reports.Table, bool) error {
		return func(w io.Writer, t reports.Table, _ bool) error { return write(w, t) }
	}
	return []Table{
		{Format: "table", Ext: ".txt", Spaced: true, Write: text.Write},
		{Format: "md", Ext: ".md", Write: plain(text.Markdown)},
		{Format: "tex", Ext: ".tex", Write: plain(tex.Write)},
	}
}

// Summary writes a report's verdicts, a line each, and the audit of its judges.
func Summary(w io.Writer, r reports.Report, color bool) error {
	for _, v := range r.Verdicts {
		if _, err := fmt.Fprintln(w, text.Clean(v.Text)); err != nil {
			return err
		}
	}
	for _, s := range r.Sections {
		if s.ID != reports.AuditID {
			continue
		}
		for _, t := range s.Tables {
			if err := text.Write(w, t, color); err != nil {
				return err
			}
		}
	}
	return nil
}

// Consensus are the results of Dawid and Skene's model.
func Consensus(s *reports.Subject, all reports.Consensuses) Results {
	return Results{Tables: []reports.Table{reports.ConsensusTable(s, all)}, Long: reports.ConsensusLong(all), Record: all}
}

// Find finds a format for people.
func Find(format string) (Table, bool) {
	all := tables()
	if i := slices.IndexFunc(all, func(t Table) bool { return t.Format == format }); i >= 0 {
		return all[i], true
	}
	return Table{}, false
}

// Formats are the values of --format.
func Formats() []string {
	var all []string
	for _, t := range tables() {
		all = append(all, t.Format)
	}
	return append(all, "csv", "json")
}

// Extensions lists those of the files of a report's tables: "txt, md, tex and csv".
func Extensions() string {
	var all []string
	for _, t := range reportTables() {
		all = append(all, strings.TrimPrefix(t.Ext, "."))
	}
	last := len(all) - 1
	return strings.Join(all[:last], ", ") + " and " + all[last]
}

// reportTables are the formats of a report's tables.
func reportTables() []Table {
	return append(tables(), Table{Format: "csv", Ext: ".csv", Write: func(w io.Writer, t reports.Table, _ bool) error { return csv.Write(w, t) }})
}
