package agreement

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
)

// column is a file's rows by column name.
func column(t *testing.T, parts ...string) []map[string]string {
	t.Helper()
	data := os.Getenv("ASSAY_DATA")
	if data == "" {
		t.Skip("needs ASSAY_DATA")
	}
	f, err := os.Open(filepath.Join(append([]string{data}, parts...)...))
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, fields := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = fields[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// HateCheck's paper has a Fleiss' kappa of 0.93 over the five annotators of each case; ten people
// annotated. statsmodels 0.15.0: fleiss_kappa of the counts in label_1 to label_10 is 0.928512263417924.
func TestHateCheck(t *testing.T) {
	var all []Rating
	for _, row := range column(t, "hatecheck", "all_annotations.csv") {
		for _, rater := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"} {
			if given := row["label_"+rater]; given != "" {
				all = append(all, Rating{Item: row["case_id"], Rater: rater, Value: map[string]float64{"hateful": 1}[given]})
			}
		}
	}
	table, err := New(all, []float64{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	r := table.Fleiss(Unweighted)
	near(t, "Fleiss", r.Point, 0.928512263417924)
	if r.Items != 3901 || r.Raters != 10 || r.Ratings != 19505 {
		t.Errorf("%d items, %d raters, %d ratings", r.Items, r.Raters, r.Ratings)
	}
}

// krippendorff 0.9.0 over the three workers' is_factual: 0.773606288480454. Some have not answered.
func TestXSumFactuality(t *testing.T) {
	var all []Rating
	for _, row := range column(t, "xsum-hallucination", "factuality_annotations_xsum_summaries.csv") {
		if given := row["is_factual"]; given == "yes" || given == "no" {
			all = append(all, Rating{Item: row["bbcid"] + " " + row["system"], Cluster: row["bbcid"], Rater: row["worker_id"], Value: map[string]float64{"yes": 1}[given]})
		}
	}
	table, err := New(all, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := table.Alpha(Nominal)
	near(t, "alpha", r.Point, 0.773606288480454)
	if r.Items != 1858 || r.Clusters != 495 {
		t.Errorf("%d items in %d clusters", r.Items, r.Clusters)
	}
}
