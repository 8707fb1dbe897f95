package reports_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/models"
	"assay/reports"
)

func TestModelsTable(t *testing.T) {
	s := reports.Subject{Models: []models.Info{{Name: "sft"}, {Name: "ppo", Size: "6B"}}}
	if _, ok := reports.ModelsTable(&s); ok {
		t.Error("a table of names alone")
	}
	s.Models[0].About = "tuned on demonstrations"
	table, ok := reports.ModelsTable(&s)
	if d := cmp.Diff([][]string{{"sft", "tuned on demonstrations", ""}, {"ppo", "", "6B"}}, shown(table)); !ok || d != "" {
		t.Errorf("%v, -want +got\n%s", ok, d)
	}
	s.Models[1].Size = ""
	if table, _ = reports.ModelsTable(&s); len(table.Columns) != 2 {
		t.Errorf("columns %q where no size is known", names(table))
	}
}
