package interop_test

import (
	"fmt"
	"strings"
	"testing"

	"assay/harness/interop"
)

func TestLookalikes(t *testing.T) {
	const composed, decomposed = "caf\u00e9", "cafe\u0301"
	for _, tt := range []struct {
		capitals bool
		names    []string
		want     string // how the notice starts; "" for none
	}{
		{false, []string{"a", "b", "a", "ab", "", "b", ""}, ""},
		{false, []string{"beta", "alpha", "beta "}, `1 example differs from another only in white space, invisible characters or Unicode's form, such as "beta " and "beta": they count as different`},
		{false, []string{"beta ", "alpha", "beta", "alpha", "beta", "beta "}, `1 example differs from another only in white space, invisible characters or Unicode's form, such as "beta" and "beta "`},
		{false, []string{"a b", "x", "a  b", "y", "a\tb", "a b"}, `2 examples differ from another`},
		{false, []string{composed, "x", "y", decomposed}, `1 example differs from another only in white space, invisible characters or Unicode's form, such as "cafe\u0301" and "caf\u00e9"`},
		{false, []string{decomposed, composed}, `1 example`},
		{false, []string{"name", "x", "\ufeffname", "na\u200bme"}, `2 examples differ from another only in white space, invisible characters or Unicode's form, such as "\ufeffname" and "name"`},
		{false, []string{"Ａ", "A"}, `1 example`}, // full width
		{false, []string{"Acc", "acc"}, ""},
		{true, []string{"Acc", "f1", "acc", "ACC", "f1"}, `2 examples differ from another only in capital letters, white space, invisible characters or Unicode's form, such as "acc" and "Acc"`},
		{true, []string{"acc", "acc2", "bcc"}, ""},
		{true, []string{"Ünal", "x", "y", "ünal"}, `1 example`},
		{false, []string{strings.Repeat("a", 200), "x", "y", strings.Repeat("a", 200) + " "}, `1 example differs from another only in white space, invisible characters or Unicode's form, such as "` + strings.Repeat("a", 80) + `": they count`},
	} {
		l := interop.Lookalikes{What: "example", Case: tt.capitals}
		for _, name := range tt.names {
			l.Saw(name)
		}
		if got := l.Notice(); !strings.HasPrefix(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%q:\ngot  %s\nwant %s", tt.names, got, tt.want)
		}
	}
	many := interop.Lookalikes{What: "cluster"} // more than are kept
	for i := range 10_000 {
		many.Saw(fmt.Sprint("d", i))
	}
	for i := range 10_000 {
		many.Saw(fmt.Sprint("d", i, strings.Repeat(" ", i%2)))
	}
	if got := many.Notice(); !strings.HasPrefix(got, "5000 clusters differ from another only in") || !strings.Contains(got, `such as "d1 " and "d1":`) {
		t.Error(got)
	}
}

// The import names the columns that it didn't read, and examples that look alike.
func TestScoresNotices(t *testing.T) {
	noticed := func(table interop.Table, files map[string]string) string {
		t.Helper()
		r, err := scores(t, table, files)
		if err != nil {
			t.Fatal(err)
		}
		var other []string
		for _, n := range r.notices {
			if !strings.Contains(n, "higher is better") {
				other = append(other, n)
			}
		}
		return strings.Join(other, "|")
	}
	const plain = "example,model,metric,value\na,m,f1,0.5\nb,m,f1,1\n"
	if got := noticed(interop.Table{}, map[string]string{"t.csv": plain}); got != "" {
		t.Errorf("of a plain table: %s", got)
	}
	const unread = "columns that are not read: Category, note; --column FIELD=NAME reads one as a field, such as category"
	for name, content := range map[string]string{
		"t.csv":   "example,note,model,metric,value,Category\na,x,m,f1,0.5,k\nb,,m,f1,1,l\n",
		"t.tsv":   "example\tmodel\tmetric\tvalue\tnote\tCategory\t\na\tm\tf1\t0.5\tx\tk\t\n", // the last column has no name
		"t.jsonl": `{"example": "a", "model": "m", "metric": "f1", "value": 0.5, "note": "x"}` + "\n" + `{"example": "b", "model": "m", "metric": "f1", "value": 1, "Category": "l"}`,
	} {
		if got := noticed(interop.Table{}, map[string]string{name: content}); got != unread {
			t.Errorf("of %s: %s", name, got)
		}
	}
	renamed := interop.Table{Columns: []string{"category=Category"}}
	if got := noticed(renamed, map[string]string{"t.csv": "example,model,metric,value,Category,category\na,m,f1,0.5,k,z\n"}); !strings.HasPrefix(got, "columns that are not read: category;") {
		t.Errorf("of a renamed column: %s", got)
	}
	many := "example,model,metric,value"
	for i := range 11 {
		many += fmt.Sprintf(",c%02d", i)
	}
	if got := noticed(interop.Table{}, map[string]string{"t.csv": many + "\na,m,f1,1" + strings.Repeat(",", 11) + "\n"}); !strings.HasPrefix(got, "columns that are not read: c00, c01, c02, c03, c04, c05, c06, c07 and 3 more;") {
		t.Errorf("of many columns: %s", got)
	}
	if got := noticed(interop.Table{}, map[string]string{"a.csv": "example,model,metric,value\ncaf\u00e9,m,f1,0.5\nb,m,f1,1\n", "b.csv": "example,model,metric,value\ncafe\u0301,n,f1,0.5\nb,n,f1,1\n"}); !strings.HasPrefix(got, "1 example differs from another only in") {
		t.Errorf("of two forms of an id: %s", got)
	}
}
