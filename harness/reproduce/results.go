package reproduce

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"assay/harness"
	"assay/harness/leaf/outfile"
	"assay/harness/runstore"
	"assay/reports/study"
)

// Results is the folder in a reproduction's folder that keeps what each seed found. It is all
// that findings and pages need: a seed's models and runs may be removed.
const Results = "results"

// seedRecord is what results/seed-N.json has about a seed, besides its cells.
type seedRecord struct {
	Budget  string       `json:"budget"`
	Seed    uint64       `json:"seed"`
	Null    bool         `json:"null"`
	Sweeps  bool         `json:"sweeps"`
	Steps   string       `json:"steps"` // digest of the seed's commands
	Version string       `json:"version"`
	CPU     string       `json:"cpu"`
	Costs   []study.Cost `json:"costs"`
}

func (r *Runner) resultFile(seed uint64, ext string) string {
	return filepath.Join(r.Folder, Results, fmt.Sprintf("seed-%d%s", seed, ext))
}

// digestOf is a digest of a seed's commands and of its trainings' plans, which don't depend on
// earlier steps.
func digestOf(steps []Step) (string, error) {
	h := sha256.New()
	for i := range steps {
		fmt.Fprintln(h, steps[i].line())
		if steps[i].Args[0] != "train" {
			continue
		}
		plan, err := steps[i].File.Write("")
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, plan)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// kept reads a finished seed's record, or nil if there is none. Results of other commands
// are refused.
func (r *Runner) kept(seed uint64, steps []Step) (*seedRecord, error) {
	path := r.resultFile(seed, ".json")
	record, err := readRecord(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	digest, err := digestOf(steps)
	if err == nil && record.Steps != digest {
		err = fmt.Errorf("%s: results of other commands: the folder has another budget, null or not, or version; choose another -o", path)
	}
	return record, err
}

func readRecord(path string) (*seedRecord, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var record seedRecord
	if err := json.Unmarshal(data, &record, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("%s: %w; remove it, and the same command writes it again", path, err)
	}
	return &record, nil
}

// keep measures a finished seed and writes its results: the cells, digests of its files, and
// last the record.
func (r *Runner) keep(seed uint64, steps []Step) error {
	cells, err := r.Measure(seed)
	if err != nil {
		return err
	}
	if _, err := outfile.MkdirAll(filepath.Join(r.Folder, Results)); err != nil {
		return err
	}
	folder := r.SeedFolder(seed)
	if err := writeCells(r.resultFile(seed, ".csv"), []uint64{seed}, []Cells{cells}); err != nil {
		return err
	}
	if err := outfile.Write(r.resultFile(seed, ".sha256"), func(w io.Writer) error { return digests(w, folder) }); err != nil {
		return err
	}
	m, err := runstore.ReadManifest(runstore.Dir(filepath.Join(folder, named(gpt, r.smallest())))) // a training, whose bits depend on the path
	if err != nil {
		return err
	}
	digest, err := digestOf(steps)
	if err != nil {
		return err
	}
	record := seedRecord{r.Budget.Name, seed, r.Null, r.Sweeps, digest, harness.CurrentVersions().String(), m.Versions.CPU, nil}
	for _, z := range r.Budget.Sizes {
		costs, err := r.costs(folder, z)
		if err != nil {
			return err
		}
		for _, c := range costs {
			record.Costs = append(record.Costs, c.Cost)
		}
	}
	return outfile.Write(r.resultFile(seed, ".json"), func(w io.Writer) error {
		return json.MarshalWrite(w, &record, jsontext.WithIndent("  "), json.Deterministic(true))
	})
}

// digests writes the SHA-256 of a folder's files, except timings, as sha256sum does.
func digests(w io.Writer, folder string) error {
	var paths []string
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && d.Name() != "timings.jsonl" {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		return err
	}
	slices.Sort(paths)
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		h := sha256.New()
		_, err = io.Copy(h, f)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%x  %s\n", h.Sum(nil), filepath.ToSlash(name)); err != nil {
			return err
		}
	}
	return nil
}

// group is what seeds of one budget found.
type group struct {
	Options
	records []*seedRecord
	seeds   []uint64
	cells   []Cells
}

// collect reads the results of some reproductions' folders, grouped by budget and null or not, in the order of
// budgets. A seed that occurs twice is refused.
func collect(folders []string) ([]*group, error) {
	groups := map[string]*group{}
	for _, folder := range folders {
		paths, err := filepath.Glob(filepath.Join(folder, Results, "seed-*.json"))
		if err != nil {
			return nil, err
		}
		if len(paths) == 0 {
			return nil, fmt.Errorf("%s has no finished seed; name folders of 'assay reproduce -o'", folder)
		}
		for _, path := range paths {
			record, err := readRecord(path)
			if err != nil {
				return nil, err
			}
			budget, err := FindBudget(record.Budget)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			read, err := LoadCells(strings.TrimSuffix(path, ".json") + ".csv")
			if err != nil {
				return nil, err
			}
			name := fmt.Sprintf("%s %v", record.Budget, record.Null)
			g := groups[name]
			if g == nil {
				g = &group{Options: Options{Budget: budget, Null: record.Null, Sweeps: record.Sweeps}}
				groups[name] = g
			}
			if slices.Contains(g.seeds, record.Seed) {
				return nil, fmt.Errorf("%s: seed %d has results twice; name each seed's folder once", path, record.Seed)
			}
			g.records, g.seeds, g.cells = append(g.records, record), append(g.seeds, record.Seed), append(g.cells, read[record.Seed])
		}
	}
	var out []*group
	for _, b := range Budgets() {
		for _, null := range []bool{false, true} {
			if g := groups[fmt.Sprintf("%s %v", b.Name, null)]; g != nil {
				g.sort()
				out = append(out, g)
			}
		}
	}
	return out, nil
}

// sort puts the seeds in order.
func (g *group) sort() {
	order := make([]int, len(g.seeds))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(g.seeds[a]) - int(g.seeds[b]) })
	sorted := &group{Options: g.Options}
	for _, i := range order {
		sorted.records, sorted.seeds, sorted.cells = append(sorted.records, g.records[i]), append(sorted.seeds, g.seeds[i]), append(sorted.cells, g.cells[i])
	}
	g.records, g.seeds, g.cells = sorted.records, sorted.seeds, sorted.cells
	g.Seeds = len(g.seeds)
	if g.Seeds > 0 {
		g.First = g.seeds[0]
	}
}
