package checkpoint

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"assay/harness/leaf/plural"
)

// openIndex opens the shards of an index. Each tensor must be in the shard that the index names, and a shard
// may have no others.
func openIndex(path string) (*File, error) {
	shardOf, err := readIndex(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	all := &File{path: path, metadata: map[string]string{}, tensors: make(map[string]Tensor, len(shardOf))}
	shards := slices.Compact(slices.Sorted(maps.Values(shardOf)))
	for _, name := range shards {
		shard := filepath.Join(filepath.Dir(path), name)
		f, err := openPart(shard)
		if err != nil {
			all.Close()
			return nil, unreadable(shard, err)
		}
		all.parts = append(all.parts, f.parts...)
		maps.Copy(all.metadata, f.metadata)
		for _, t := range f.tensors {
			if shardOf[t.Name] != name {
				all.Close()
				return nil, inFile(shard, inTensor(t.Name, fmt.Errorf("%s doesn't list it for this shard; download the checkpoint again", filepath.Base(path))))
			}
			all.tensors[t.Name] = t
		}
	}
	for _, tensor := range slices.Sorted(maps.Keys(shardOf)) {
		if _, ok := all.tensors[tensor]; !ok {
			all.Close()
			return nil, inFile(path, inTensor(tensor, fmt.Errorf("%s doesn't have it; download the checkpoint again", shardOf[tensor])))
		}
	}
	return all, nil
}

// readIndex reads an index's weight_map: the shard's file name by the tensor's name.
func readIndex(path string) (map[string]string, error) {
	text, err := readSmall(path, headerLimit)
	if err != nil {
		return nil, err
	}
	var index struct {
		WeightMap map[string]string `json:"weight_map"`
	}
	if err := json.Unmarshal(text, &index); err != nil {
		return nil, plainJSON(err)
	}
	if len(index.WeightMap) == 0 {
		return nil, errors.New("weight_map names no tensor")
	}
	for _, tensor := range slices.Sorted(maps.Keys(index.WeightMap)) {
		shard := index.WeightMap[tensor]
		if shard != filepath.Base(shard) || !filepath.IsLocal(shard) || strings.ContainsAny(shard, `/\`) {
			return nil, tensorError(tensor, "weight_map names the file %s; shards must be in the folder of their index", quote(shard))
		}
	}
	return index.WeightMap, nil
}

// readSmall reads a file of at most limit bytes.
func readSmall(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case info.Size() > limit:
		return nil, fmt.Errorf("it has %s, but the limit is %d", plural.Of(info.Size(), "byte"), limit)
	}
	return os.ReadFile(path)
}
