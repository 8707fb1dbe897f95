package interop_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay/harness/interop"
)

// A folder with a run's merged log and the logs of its workers is one run: the merged log counts. In
// place of a worker's log stands the same log, whose samples would come twice.
func TestInspectShards(t *testing.T) {
	log := func(name string) string {
		content, err := os.ReadFile(filepath.Join("testdata", "inspect", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	alpha, beta := log("town-alpha.eval"), log("town-beta.eval")
	plain := importAll(t, interop.Inspect(), folder(t, map[string]string{"a.eval": alpha}))
	both := importAll(t, interop.Inspect(), folder(t, map[string]string{"a.eval": alpha, "b.eval": beta}))
	if len(plain.judgements) == 0 || len(both.judgements) <= len(plain.judgements) {
		t.Fatalf("%d and %d judgements", len(plain.judgements), len(both.judgements))
	}
	for name, tt := range map[string]struct {
		files map[string]string
		want  *recorder
		said  string
	}{
		"merged":    {map[string]string{"a.eval": alpha, "a.shards/0/x.eval": alpha, "a.shards/1/y.eval": alpha}, plain, "a.eval was merged from the logs of workers: 2 logs in its folder .shards left out"},
		"recovered": {map[string]string{"d/a-recovered.eval": alpha, "d/a.shards/w1/x.eval": alpha}, plain, "a-recovered.eval was merged from the logs of workers: 1 log in its folder .shards left out"},
		"not yet":   {map[string]string{"a.shards/0/x.eval": alpha, "a.shards/1/y.eval": beta}, both, ""},
		"another":   {map[string]string{"b.eval": beta, "a.shards/0/x.eval": alpha}, both, ""},
		"elsewhere": {map[string]string{"b.eval": beta, "d/b.shards/0/x.eval": alpha}, both, ""},
		"no name":   {map[string]string{".eval": beta, ".shards/0/x.eval": alpha}, both, ""},
	} {
		r := importAll(t, interop.Inspect(), folder(t, tt.files))
		said := ""
		for _, n := range r.notices {
			if strings.Contains(n, "shards") {
				said += n
			}
		}
		if len(r.judgements) != len(tt.want.judgements) || len(r.examples) != len(tt.want.examples) || len(r.sources) != len(tt.want.sources) || (said == "") != (tt.said == "") || !strings.HasSuffix(said, tt.said) {
			t.Errorf("%s: %d judgements of %d logs, want %d of %d; said %q", name, len(r.judgements), len(r.sources), len(tt.want.judgements), len(tt.want.sources), said)
		}
	}
	// A merged log that was named alone, or a worker's, is read.
	dir := folder(t, map[string]string{"a.eval": alpha, "a.shards/0/x.eval": alpha})
	r := new(recorder)
	if err := interop.Inspect().Import(context.Background(), []string{filepath.Join(dir, "a.shards")}, interop.Options{}, r); err != nil || len(r.judgements) != len(plain.judgements) {
		t.Errorf("%d judgements, error %v", len(r.judgements), err)
	}
}
