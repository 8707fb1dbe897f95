package pipeline

import (
	"cmp"
	"errors"
	"io/fs"
	"iter"
	"regexp"
	"slices"
	"strings"

	"assay/harness"
	"assay/harness/leaf/place"
	"assay/harness/runstore"
	"assay/metrics/infer"
	"assay/suites"
)

// examples yields the source's examples under their own names, none if the store has no
// such stream. Examples of a run by an earlier version get today's description.
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

// read takes the clusters of a source's examples. Without one of them, the errors would not be
// clustered as they should be.
func (c shared) read(s *Source, known []suites.Suite) error {
	held := map[string]int{}
	for ex, err := range s.examples(known) {
		if err != nil {
			return err
		}
		held[ex.Suite]++
		s.joined.example(ex)
		if ex.Cluster == "" {
			continue
		}
		if c[ex.Suite] == nil {
			c[ex.Suite] = map[string]string{}
		}
		c[ex.Suite][ex.ID] = ex.Cluster
	}
	err := s.complete("example", held, func(c harness.Count) int { return c.Examples })
	return place.Within(s.Store.Path(runstore.Examples().File()), 0, err)
}

// groups numbers the clusters of a suite's examples: to[n] is the cluster of the example
// with number n. An example that shares nothing is a cluster of its own. The numbers are
// ranks by name, so their order in a cell depends only on its examples. It is nil if the
// suite has no clusters.
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
		key := "\x00" + id // can't be a cluster's name
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

// clustersOf names what a suite's clusters share, if its column has any.
func (j *Judged) clustersOf(suite string) string {
	i := indexOf(j.suites, suite)
	if i < 0 || j.suites[i].Clusters == "" {
		return "cluster"
	}
	return j.suites[i].Clusters
}

// unit is package infer's word for a cluster.
var unit = regexp.MustCompile(`\b` + infer.ClusterUnit + `(s?)\b`)

// named replaces package infer's words in its method and its warnings: for clusters, by the
// name of what they share, and for two models.
func named(method string, warnings []string, of, first, second string) (string, []string) {
	models := strings.NewReplacer(infer.FirstKey, first, infer.SecondKey, second)
	out := slices.Clone(warnings)
	for i, w := range out {
		out[i] = models.Replace(unit.ReplaceAllString(w, of+"${1}"))
	}
	return strings.ReplaceAll(method, infer.ClusterKey, of), out
}
