package reports_test

import (
	"slices"
	"testing"

	"assay/reports"
)

// A table of a plan without a pilot has no columns and no notes about one.
func TestPowerTableWithoutPilot(t *testing.T) {
	n := 40
	within := 0.2
	p := reports.PowerPlan{Suite: "qa", Metric: "f1", Margin: 0.1, Power: 0.8, Between: 0.3, Within: &within, Needed: []*int{&n, &n, &n, &n}}
	piloted := p
	piloted.Pilot, piloted.Draws, piloted.Now = 20, 1, &within
	for _, tt := range []struct {
		plans []reports.PowerPlan
		pilot bool
	}{{[]reports.PowerPlan{p, p}, false}, {[]reports.PowerPlan{p, piloted}, true}} {
		table := reports.PowerTable(subject("a", "b"), slices.Clone(tt.plans))
		has := slices.ContainsFunc(table.Columns, func(c reports.Column) bool { return c.Name == "pilot" || c.Name == "its power" })
		if has != tt.pilot || len(table.Rows) != 2 || len(table.Rows[0]) != len(table.Columns) || len(table.Rows[1]) != len(table.Columns) {
			t.Errorf("pilot %v: columns %+v, rows %v", tt.pilot, table.Columns, table.Rows)
		}
	}
}
