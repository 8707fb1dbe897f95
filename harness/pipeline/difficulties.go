package pipeline

import (
	"fmt"
	"io"
	"math"
	"strconv"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
	"assay/suites"
)

// difficulties are those of a file: by instruction, or by position as in AlpacaEval's own.
type difficulties struct {
	file          string
	byInstruction map[string]float64
	byPosition    []float64
}

// Columns of files of difficulties. AlpacaEval's instruction_difficulty.csv has only toolDifficulty,
// after the number of each row.
const instructionColumn, difficultyColumn, toolDifficulty = "instruction", "difficulty", "instruction_difficulty"

// readDifficulties reads a CSV file with the columns instruction and difficulty, or AlpacaEval's
// instruction_difficulty.csv.
func readDifficulties(path string) (*difficulties, error) {
	f, err := rows.OpenFile(path)
	if err != nil {
		return nil, fmt.Errorf("--difficulties: %w", err)
	}
	defer f.Close()
	t, err := rows.NewTable(path, f, ',')
	if err != nil {
		return nil, err
	}
	d := &difficulties{file: path, byInstruction: map[string]float64{}}
	column, named := difficultyColumn, t.Use(instructionColumn)
	if !named || !t.Use(difficultyColumn) {
		if column, named = toolDifficulty, false; !t.Use(toolDifficulty) || len(t.Header()) != 2 {
			return nil, place.Errorf(path, 1, "the columns must be %s and %s, or those of AlpacaEval's instruction_difficulty.csv", instructionColumn, difficultyColumn)
		}
	}
	for {
		if err := t.Next(); err == io.EOF {
			return d, nil
		} else if err != nil {
			return nil, err
		}
		x, err := strconv.ParseFloat(t.Get(column), 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, place.Errorf(path, t.Line(), "%s %q is not a finite number; correct it", column, t.Get(column))
		}
		if !named {
			if number := t.Get(t.Header()[0]); number != strconv.Itoa(len(d.byPosition)) {
				return nil, place.Errorf(path, t.Line(), "row %d has the number %q; the rows must be in order, from 0", len(d.byPosition), number)
			}
			d.byPosition = append(d.byPosition, x)
			continue
		}
		instruction := t.Get(instructionColumn)
		if first, twice := d.byInstruction[instruction]; twice && first != x {
			return nil, place.Errorf(path, t.Line(), "the instruction has another difficulty earlier, %v; keep one of the two", first)
		}
		d.byInstruction[instruction] = x
	}
}

// of is the difficulty of an example at a position in its suite.
func (d *difficulties) of(ex *suites.Example, at int) (float64, bool) {
	if d.byPosition == nil {
		x, ok := d.byInstruction[ex.Input]
		return x, ok
	}
	if at >= len(d.byPosition) {
		return 0, false
	}
	return d.byPosition[at], true
}

// checkCount refuses difficulties by position for another number of examples: they would be of
// other instructions.
func (d *difficulties) checkCount(suite string, n int) error {
	if d.byPosition != nil && len(d.byPosition) != n {
		return place.Errorf(d.file, 1, "%s by position, but suite %s has %s; write a file with the columns %s and %s", plural.Of(len(d.byPosition), "difficulty"), suite, plural.Of(n, "example"), instructionColumn, difficultyColumn)
	}
	return nil
}
