package pipeline

import (
	"cmp"
	"errors"
	"io/fs"
	"iter"
	"regexp"
	"slices"
	"strings"

	"assay/harness/runstore"
	"assay/metrics/infer"
	"assay/suites"
)

// examples are the source's examples; a store without any has none. Those of a run that
// an earlier version made are described as they are now.
func (s *Source) examples(known []suites.Suite) iter.Seq2[*suites.Example, error] {
	describe := map[string]func(*suites.Example){}
	for _, suite := range known {
		describe[suite.Name] = suite.Describe
	}
	return func(yield func(*suites.Example, error) bool) {
		if s.isTraining() {
			return
		}
		for ex, err := range runstore.Examples().Read(s.Store) {
			if errors.Is(err, fs.ErrNotExist) {
				return
			}
			if err == nil && ex.Cluster == "" && ex.Fields == nil && describe[ex.Suite] != nil {
				describe[ex.Suite](ex)
			}
			if !yield(ex, err) || err != nil {
				return
			}
		}
	}
}

// shared has the cluster of each example that has one, by suite and id.
type shared map[string]map[string]string

// read takes the clusters of a source's examples.
func (c shared) read(s *Source, known []suites.Suite) error {
	for ex, err := range s.examples(known) {
		if err != nil {
			return err
		}
		if ex.Cluster == "" {
			continue
		}
		if c[ex.Suite] == nil {
			c[ex.Suite] = map[string]string{}
		}
		c[ex.Suite][ex.ID] = ex.Cluster
	}
	return nil
}

// groups numbers the clusters of a suite's examples: to[n] is that of the example with
// number n, one of its own where it shares none. The numbers are ranks by name, so that
// their order in a cell depends on its examples alone. It is nil where the suite has no
// clusters.
func (c shared) groups(suite string, numbers []uint32, ids map[string]uint32) []uint32 {
	of := c[suite]
	if of == nil {
		return nil
	}
	type keyed struct {
		key    string
		number uint32
	}
	all := make([]keyed, 0, len(ids))
	for id, n := range ids {
		key := "\x00" + id // no cluster's name
		if cluster, ok := of[id]; ok {
			key = cluster
		}
		all = append(all, keyed{key, numbers[n]})
	}
	slices.SortFunc(all, func(a, b keyed) int { return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.number, b.number)) })
	to, rank := make([]uint32, len(numbers)), uint32(0)
	for i, k := range all {
		if i > 0 && k.key != all[i-1].key {
			rank++
		}
		to[k.number] = rank
	}
	return to
}

// clustersOf names what a suite's clusters are of, where its column has any.
func (j *Judged) clustersOf(suite string) string {
	i := indexOf(j.suites, suite)
	if i < 0 || j.suites[i].Clusters == "" {
		return "cluster"
	}
	return j.suites[i].Clusters
}

// unit is the word for a cluster in what package infer says.
var unit = regexp.MustCompile(`\b` + infer.ClusterUnit + `(s?)\b`)

// named puts the name of what clusters are of into the words that package infer has for
// them: its method and its warnings.
func named(method string, warnings []string, of string) (string, []string) {
	out := slices.Clone(warnings)
	for i, w := range out {
		out[i] = unit.ReplaceAllString(w, of+"${1}")
	}
	return strings.ReplaceAll(method, infer.ClusterKey, of), out
}
