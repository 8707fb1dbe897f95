package checkpoint

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shardFolder writes two shards, one with a and b and one with c, and an index.
func shardFolder(t *testing.T, index string) (path string) {
	t.Helper()
	dir := t.TempDir()
	for name, arrays := range map[string][]Array{
		"one.safetensors": {Floats("a", []float32{1}, 1), Floats("b", []float32{2, 3}, 2)},
		"two.safetensors": {Floats("c", []float32{4}, 1)},
		"rep.safetensors": {Floats("a", []float32{9}, 1)},
	} {
		if err := Write(filepath.Join(dir, name), map[string]string{"format": "pt"}, arrays); err != nil {
			t.Fatal(err)
		}
	}
	path = filepath.Join(dir, indexName)
	if err := os.WriteFile(path, []byte(index), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenShards(t *testing.T) {
	f := open(t, shardFolder(t, `{"metadata":{"total_size":16},"weight_map":{"a":"one.safetensors","b":"one.safetensors","c":"two.safetensors"}}`))
	if diff := cmp.Diff([]string{"a", "b", "c"}, f.Names()); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		name string
		want []float32
	}{{"a", []float32{1}}, {"b", []float32{2, 3}}, {"c", []float32{4}}} {
		if got, err := f.Float32s(c.name, len(c.want)); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
	}
	if got := f.Metadata()["format"]; got != "pt" {
		t.Errorf("format %q, want pt", got)
	}
}

func TestOpenShardsHostile(t *testing.T) {
	for _, c := range []struct{ name, index, at, want string }{
		{"no JSON", `{`, indexName, "the JSON ends too early"},
		{"no map", `{}`, indexName, "weight_map names no tensor"},
		{"array", `{"weight_map":[]}`, indexName, `member "weight_map" can't be a [`},
		{"number", `{"weight_map":{"a":1}}`, indexName, `member "weight_map/a" can't be a number`},
		{"twice", `{"weight_map":{"a":"one.safetensors","a":"two.safetensors"}}`, indexName, `member "weight_map/a" occurs twice`},
		{"elsewhere", `{"weight_map":{"a":"../one.safetensors"}}`, indexName, `tensor "a": weight_map names the file "../one.safetensors"; shards must be in the folder of their index`},
		{"absolute", `{"weight_map":{"a":"/etc/passwd"}}`, indexName, `tensor "a": weight_map names the file "/etc/passwd"; shards must be in the folder of their index`},
		{"parent", `{"weight_map":{"a":".."}}`, indexName, `tensor "a": weight_map names the file ".."; shards must be in the folder of their index`},
		{"empty", `{"weight_map":{"a":""}}`, indexName, `tensor "a": weight_map names the file ""; shards must be in the folder of their index`},
		{"itself", `{"weight_map":{"a":"model.safetensors.index.json"}}`, indexName, `its header claims 8388068008349082235 bytes, but the limit is 100000000; it is not a safetensors file`},
		{"missing shard", `{"weight_map":{"a":"three.safetensors"}}`, "three.safetensors", "no such file or directory; check the path"},
		{"missing tensor", `{"weight_map":{"c":"two.safetensors","d":"two.safetensors"}}`, indexName, `tensor "d": two.safetensors doesn't have it; download the checkpoint again`},
		{"more tensors", `{"weight_map":{"a":"one.safetensors"}}`, "one.safetensors", `tensor "b": model.safetensors.index.json doesn't list it for this shard; download the checkpoint again`},
		{"in two shards", `{"weight_map":{"a":"rep.safetensors","b":"one.safetensors"}}`, "one.safetensors", `tensor "a": model.safetensors.index.json doesn't list it for this shard; download the checkpoint again`},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := shardFolder(t, c.index)
			_, err := Open(path)
			says(t, filepath.Join(filepath.Dir(path), c.at), err, c.want)
		})
	}
}
