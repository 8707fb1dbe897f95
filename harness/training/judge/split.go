package judge

import (
	"fmt"

	"assay/harness/leaf/plural"
	"assay/harness/training/data"
)

// parts are rows by what they are for.
type parts struct{ learn, calibrate, test []Row }

// divide divides a file's rows by unit. Which units are tested depends only on their names, so other
// trainings on the file test the same.
func divide(rows []Row, validation, test float64) parts {
	group := func(r Row) string { return r.unit() }
	var p parts
	rest, tested := data.Split(rows, test, group)
	p.test = tested
	// The share is one of all groups, and rest has those that are not tested.
	p.learn, p.calibrate = data.Split(rest, validation/(1-test), group)
	return p
}

// unlearned drops the rows that a training learned or was calibrated on, by what the judge sees of
// them.
func unlearned(rows []Row, known map[string]bool) (kept []Row, dropped int) {
	for _, r := range rows {
		if known[r.input()] {
			dropped++
			continue
		}
		kept = append(kept, r)
	}
	return kept, dropped
}

// addInputs adds what a judge sees of rows.
func addInputs(known map[string]bool, rows []Row) {
	for i := range rows {
		known[rows[i].input()] = true
	}
}

// droppedNote says how many rows of a file were dropped.
func droppedNote(name string, n int) string {
	return fmt.Sprintf("%s: %s left out of the test, because training has the same text", name, plural.Of(n, "row"))
}
