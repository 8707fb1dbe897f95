package agreement

import (
	"fmt"
	"testing"

	"assay/harness/leaf/approx"
)

// ratings are rows of digits, one for each rater; "." is a missing rating. Each value is an
// index in values; nil takes the digit itself. per items in a row share a cluster.
func ratings(rows []string, values []float64, per int) (all []Rating) {
	for i, row := range rows {
		for r, digit := range row {
			if digit == '.' {
				continue
			}
			v := float64(digit - '0')
			if values != nil {
				v = values[int(v)]
			}
			all = append(all, Rating{Item: fmt.Sprint("item ", i), Cluster: fmt.Sprint(i / per), Rater: fmt.Sprint("rater ", r), Value: v})
		}
	}
	return all
}

func table(t *testing.T, rows []string, values []float64, per int) *Table {
	t.Helper()
	out, err := New(ratings(rows, values, per), nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !approx.Equal(got, want, 1e-9) {
		t.Errorf("%s is %.16g, want %.16g", what, got, want)
	}
}

// incomplete and complete are generated: 40 items, 5 raters, 5 categories; items 3, 17 and others with
// one rating, item 22 with none. uneven are values in place of 0 to 4.
var (
	incomplete = []string{"2244.", "344.3", "...1.", ".2...", "00000", "1333.", "..01.", "3.432", ".33..", "13022", "00001", ".0.20", "00.0.", "10110", "33142", "4421.", "43.4.", "....0", "4.220", ".443.", "0..2.", "00000", ".....", "00020", "02000", "10223", ".2022", "4444.", "23244", "12420", "13232", ".101.", "20100", "120.0", "11.14", "0.0.0", "12213", "0.002", "2.242", "..021"}
	complete   = []string{"22441", "34433", "13312", "00000", "00000", "13333", "00010", "33432", "33333", "13022", "00001", "00220", "00000", "10110", "33142", "44211", "43443", "21234", "42220", "34433", "00220", "00000", "23002", "00020", "02000", "10223", "22022", "44444", "23244", "12420", "13232", "01011", "20100", "12000", "11114", "00000", "12213", "00002", "23242", "02021"}
	uneven     = []float64{0, 1, 2, 3.5, 7}
	// judged are generated: 60 items, 4 people and a judge, 3 categories.
	judged = []string{"00.00", "00.00", "21011", "00010", "01.0.", "20222", "00000", "00020", "22.02", "11.0.", "000.0", "111.0", "1.111", "01000", "00.00", "11101", "111.1", "..111", "22.22", "11211", "22.02", "02000", "11111", "00000", "0.000", "11121", "00010", "22222", "22..2", "10020", "02000", "00021", "000.0", "20200", ".2..0", "00000", "101.1", "00000", "...22", "00000", "000.0", ".0.00", "0.000", ".1200", "22222", "11..1", "00.00", "02020", "2...0", "22222", "..000", "0..11", "000.0", "00020", "22222", "11111", "0.000", "000.0", "01120", "00.00"}
)
