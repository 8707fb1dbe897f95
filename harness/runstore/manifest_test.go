package runstore

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// A manifest whose definitions no estimate could be made by is refused with file and name.
func TestManifestDefinitions(t *testing.T) {
	const metric = `{"name":"right","title":"Right","kind":"proportion","range":{"lo":0,"hi":1},"direction":"higher","statistic":"share_at_least","threshold":0.5}`
	for _, c := range []struct{ from, to, want string }{
		{"", "", ""},
		{`"share_at_least"`, `"median"`, `memory:manifest.json: suite own: metric right: unknown statistic "median"; this assay has mean, `},
		{`"hi":1`, `"hi":0`, "suite own: metric right: the range runs from 0 to 0"},
		{`"proportion"`, `"share"`, `unknown kind "share"; use one of proportion, mean, function_of_sums`},
		{`"higher"`, `"up"`, `unknown direction "up"; use one of higher, lower, neither`},
		{`"title"`, `"titel"`, `titel`},
		{`"statistic":"share_at_least","threshold":0.5`, `"statistic":""`, "suite own: metric right has no statistic; write one of mean"},
		{`"threshold":0.5}`, `"threshold":0.5}],"plot":{"mark":"bars"}},{"name":"own","title":"Own","metrics":[`, "memory:manifest.json: suite own is defined twice"},
	} {
		store := &Memory{}
		p, err := store.Create(ManifestFile)
		if err != nil {
			t.Fatal(err)
		}
		text := `{"schema":1,"plan":{"sources":[]},"seed":1,"versions":{"assay":"1","go":"1","cpu":"c"},"models":[],"counts":[],"suites":[{"name":"own","title":"Own","metrics":[` +
			strings.Replace(metric, c.from, c.to, 1) + `],"plot":{"mark":"bars"}}]}`
		if _, err := p.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := p.Commit(); err != nil {
			t.Fatal(err)
		}
		m, err := ReadManifest(store)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.to, err, c.want)
		}
		if err == nil && (len(m.Suites) != 1 || m.Suites[0].Metrics[0].Threshold != 0.5) {
			t.Errorf("read %+v", m.Suites)
		}
	}
}

// A file is read back as it was written; none is nil; a damaged one is named, with the remedy.
func TestReadJSON(t *testing.T) {
	type record struct {
		Names []string `json:"names"`
		N     int      `json:"n"`
	}
	dir := Dir(t.TempDir())
	if got, err := ReadJSON[record](dir, "r.json"); got != nil || err != nil {
		t.Errorf("without a file: %v, %v", got, err)
	}
	if err := WriteJSON(dir, "r.json", record{[]string{"a", "b"}, 3}); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadJSON[record](dir, "r.json"); err != nil || !slices.Equal(got.Names, []string{"a", "b"}) || got.N != 3 {
		t.Errorf("read back %+v, %v", got, err)
	}
	for _, damaged := range []string{"", `{"n": 3`, `{"n": 3, "other": 1}`, `{"n": "3"}`} {
		if err := os.WriteFile(dir.Path("r.json"), []byte(damaged), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := ReadJSON[record](dir, "r.json")
		if got != nil || err == nil || !strings.HasPrefix(err.Error(), dir.Path("r.json")+": ") || !strings.HasSuffix(err.Error(), "; remove it, and the same command writes it again") {
			t.Errorf("%q: %v, %v", damaged, got, err)
		}
	}
}
