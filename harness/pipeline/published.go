package pipeline

import (
	"assay/fixtures"
	"assay/reports"
)

// Table14 is the InstructGPT paper's Table 14, for reports to show beside a run's numbers.
func Table14() ([]reports.Published, error) {
	cells, err := fixtures.Table14()
	if err != nil {
		return nil, err
	}
	out := make([]reports.Published, len(cells))
	for i, p := range cells {
		out[i] = reports.Published(p)
	}
	return out, nil
}
