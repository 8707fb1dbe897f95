package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"assay/fixtures/world"
	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
	"assay/metrics/names"
	"assay/models"
	"assay/suites"
	"assay/suites/judge"
)

// worldManifest is the part of the manifest.json that 'assay world' writes which the
// gold answers depend on.
type worldManifest struct {
	Kind   string      `json:"kind"`
	Seed   uint64      `json:"seed"`
	Null   bool        `json:"null"`
	People int         `json:"people"`
	Things int         `json:"things"`
	Sizes  world.Sizes `json:"sizes"`
}

const worldManifestName = "manifest.json"

func (m *worldManifest) String() string {
	return fmt.Sprintf("seed %d, %d people, %s, null %v", m.Seed, m.People, plural.Of(m.Things, "thing"), m.Null)
}

// WorldPrompts is a file of a world's prompts, read and checked.
type WorldPrompts struct {
	World    *world.World
	Prompts  []world.Prompt // in the file's order, with distinct texts
	Repeated int            // rows skipped because their text came before
	Manifest string         // the manifest's path
}

// ReadWorldPrompts reads prompts that 'assay world' wrote: a file's, or some of them.
// The world's manifest must be in the file's folder or the one above. Each prompt
// must be exactly the world's own, with its gold answer.
func ReadWorldPrompts(path string) (*WorldPrompts, error) {
	f, err := rows.OpenFile(path) // a missing file is in no world's folder either
	if err != nil {
		return nil, err
	}
	f.Close()
	m, at, err := findWorld(path)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, place.Errorf(path, 0, "not in a world's folder: neither its folder nor the one above has a world's %s; use a file that 'assay world' wrote, and keep the world's files together", worldManifestName)
	}
	w, err := m.world(at)
	if err != nil {
		return nil, err
	}
	own := ownPrompts(w, m.Sizes)
	out := &WorldPrompts{World: w, Manifest: at}
	seen := map[string]bool{}
	err = eachJSONLine(path, func(_ int, p *world.Prompt) error {
		if known := own(p.ID); known == nil || !samePrompt(known, p) {
			return fmt.Errorf("prompt %q is not from the world that %s describes (%v); keep a world's files together, or write them again with 'assay world'", p.ID, at, m)
		}
		if seen[p.Text] {
			out.Repeated++
			return nil
		}
		seen[p.Text] = true
		out.Prompts = append(out.Prompts, *p)
		return nil
	})
	return out, err
}

// ownPrompts returns what finds the prompts of a world by their id, or nil. The
// prompts of a set are drawn when the first of them is looked for.
func ownPrompts(w *world.World, sizes world.Sizes) func(id string) *world.Prompt {
	sets := map[world.Set][]world.Prompt{}
	return func(id string) *world.Prompt {
		set, number, ok := cutLast(id, "-")
		if !ok || !slices.Contains(world.Sets(), world.Set(set)) {
			return nil
		}
		of := world.Set(set)
		if sets[of] == nil {
			sets[of] = w.Prompts(of, *sizes.Of(of))
		}
		if i, err := strconv.Atoi(number); err == nil && i >= 1 && i <= len(sets[of]) && sets[of][i-1].ID == id {
			return &sets[of][i-1]
		}
		return nil
	}
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// samePrompt compares everything that a file has about a prompt.
func samePrompt(a, b *world.Prompt) bool {
	x, y := reflect.ValueOf(*a), reflect.ValueOf(*b)
	for i := range x.NumField() {
		if !x.Type().Field(i).IsExported() {
			continue
		}
		if p, q := x.Field(i), y.Field(i); p.Kind() == reflect.Slice && p.Len() == 0 && q.Len() == 0 {
			continue
		} else if !reflect.DeepEqual(p.Interface(), q.Interface()) {
			return false
		}
	}
	return true
}

// world makes the world that a manifest describes; at is the manifest's path.
func (m *worldManifest) world(at string) (*world.World, error) {
	w, err := world.New(world.Options{Seed: m.Seed, Null: m.Null, People: m.People, Things: m.Things})
	if err == nil {
		err = m.Sizes.Check()
	}
	if err != nil {
		return nil, place.Errorf(at, 0, "%w; write the world again with 'assay world'", err)
	}
	return w, nil
}

// findWorld finds the manifest of a file's world, or nil if there is none in the
// file's folder or the folder above.
func findWorld(path string) (*worldManifest, string, error) {
	const kind = "assay world"
	dir := filepath.Dir(path)
	for _, in := range []string{dir, filepath.Join(dir, "..")} {
		at := filepath.Join(in, worldManifestName)
		if _, err := os.Stat(at); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		m := &worldManifest{}
		if _, err := readJSONFile(at, m); err != nil {
			return nil, "", err
		}
		if m.Kind == kind {
			return m, at, nil
		}
	}
	return nil, "", nil
}

// loadWorld reads instructions and makes the judges that know their answers;
// loadWorldGPT reads texts to continue.
func loadWorld(files suites.Files) (*suites.Set, error) { return loadPrompts(files, names.World) }

func loadWorldGPT(files suites.Files) (*suites.Set, error) {
	return loadPrompts(files, names.WorldGPT)
}

func loadPrompts(files suites.Files, suite string) (*suites.Set, error) {
	read, err := ReadWorldPrompts(files.Data)
	if err != nil {
		return nil, err
	}
	for i := range read.Prompts {
		if p := &read.Prompts[i]; (p.Form != "") != (suite == names.WorldGPT) {
			return nil, place.Errorf(files.Data, 0, "prompt %s is for another suite; the suite %s has the prompts for models that follow instructions, and %s those of prompts/test-gpt.jsonl", p.ID, names.World, names.WorldGPT)
		}
	}
	training, err := judge.Training()
	if err != nil {
		return nil, err
	}
	set := &suites.Set{Ask: askWorld(read), Files: []string{read.Manifest}}
	for i := range read.Prompts {
		p := &read.Prompts[i]
		set.Examples = append(set.Examples, suites.NewExample(suite, p.Text, nil, p.UseCase))
	}
	town := judge.NewTown(read.World, read.Prompts)
	set.Judges = []suites.Judge{
		judge.Gold{Town: town},
		judge.Panel{Town: town, Group: training, Flags: true},
		judge.Panel{Town: town, Group: judge.HeldOut(), Prefix: names.HeldOutPrefix},
	}
	if read.Repeated > 0 {
		set.Notices = append(set.Notices, fmt.Sprintf("%s: %s skipped, each with the text of an earlier one", files.Data, plural.Of(read.Repeated, "row")))
	}
	return set, nil
}

// fewShotWords is how long a prompt after shots may be: what a context of 80 leaves
// besides a response of 20 words.
const fewShotWords = 60

// askWorld requests an answer to the prompt alone or, for a few-shot condition, after
// five questions with answers that the world draws for that condition. An answer after
// shots ends with its line, an answer to a text to continue with the stop sequence
// that its user sends.
func askWorld(read *WorldPrompts) func(*suites.Example, string) models.Request {
	shots := map[string][]world.Demonstration{}
	for i, condition := range fewShotConditions() {
		shots[condition] = read.World.Shots(i, 5)
	}
	byText := make(map[string]*world.Prompt, len(read.Prompts))
	for i := range read.Prompts {
		byText[read.Prompts[i].Text] = &read.Prompts[i]
	}
	return func(ex *suites.Example, condition string) models.Request {
		p := byText[ex.Input]
		if shots[condition] == nil || p == nil {
			r := askInput(ex, condition)
			if p != nil && p.Stop != "" {
				r.Stop = []string{p.Stop}
			}
			return r
		}
		r := models.Request{Prompt: world.FewShot(p, shots[condition], fewShotWords)}
		r.Stop = []string{"\n"}
		return r
	}
}
