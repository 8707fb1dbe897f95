package lmeval

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/models/jinja"
	"assay/suites"
)

// Open opens a reference of a plan, "lm-eval:PATH": the path of a task file or of a group, or FOLDER#NAME for a task,
// a group or a tag by its name. dir is the plan's folder. ok is false if the reference is none to a task. Errors name
// the task file and line.
func Open(reference, dir string) (all []suites.Suite, ok bool, err error) {
	path, ok := strings.CutPrefix(reference, Prefix)
	if !ok {
		return nil, false, nil
	}
	path, name, byName := strings.Cut(path, "#")
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, true, place.Errorf(path, 0, "no such file or folder; write %s and the path of a task file", Prefix)
	case info.IsDir() && !byName:
		return nil, true, place.Errorf(path, 0, "a folder; write %s%s#NAME, with the name of a task, a group or a tag", Prefix, path)
	case byName && !info.IsDir():
		return nil, true, place.Errorf(path, 0, "a file; a name after # is for a folder of task files")
	}
	o := &opener{}
	if byName {
		all, err = o.named(path, name)
		return all, true, err
	}
	c, err := readConfig(path)
	if err != nil {
		return nil, true, err
	}
	all, err = o.open(c, nil)
	return all, true, err
}

// opener finds task files by name.
type opener struct {
	indexed map[string][]entry // by folder
	merged  int                // keys given to the tasks of groups so far
	found   int                // files read for groups so far
	around  []string           // files of the groups around the current one
}

// maxFound bounds the files read for the tasks of a group. A file counts as often as groups name it.
const maxFound = 20_000

// maxMerged bounds the keys that groups give to their tasks: a group of groups may have more tasks than memory holds.
const maxMerged = 2_000_000

// entry is a name that a file defines.
type entry struct {
	key, name, path string // key is task, group or tag
}

// maxFiles bounds the files of a folder that are searched for names.
const maxFiles = 50_000

// open makes the suites of a task or a group. overrides replace keys of its tasks.
func (o *opener) open(c *config, overrides *jinja.Dict) ([]suites.Suite, error) {
	if c.get("group") == nil || c.get("class") != nil {
		t, err := newTask(override(c, overrides))
		if err != nil {
			return nil, err
		}
		s, err := suiteOf(t.name, []*task{t}, false)
		return []suites.Suite{s}, err
	}
	name, err := c.optionalText("group")
	if err != nil {
		return nil, err
	}
	aggregated, err := checkAggregates(c)
	if err != nil {
		return nil, err
	}
	tasks, err := o.members(c, overrides, 0)
	if err != nil {
		return nil, err
	}
	if len(tasks) == 0 {
		return nil, c.fail("group", "the group %s has no tasks", name)
	}
	if aggregated {
		s, err := suiteOf(name, tasks, true)
		return []suites.Suite{s}, err
	}
	var all []suites.Suite
	for _, t := range tasks {
		s, err := suiteOf(t.name, []*task{t}, false)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// groupKeys are the keys of a group that its tasks don't inherit.
var groupKeys = []string{"group", "group_alias", "task", "aggregate_metric_list", "metadata", "tag", "include"}

// checkAggregates tells whether a group has aggregates, and refuses those that aren't a mean weighted by size.
func checkAggregates(c *config) (bool, error) {
	const key = "aggregate_metric_list"
	v := c.get(key)
	if v == nil {
		return false, nil
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, item := range list {
		d, ok := item.(*jinja.Dict)
		if !ok {
			return false, c.fail(key, "an entry must be a mapping with metric:")
		}
		if by, ok := d.Get("weight_by_size"); ok && by != true {
			return false, c.fail(key, "weight_by_size: %v is not supported: a group's metrics are over all of its documents; run its tasks one by one", by)
		}
		if a, ok := d.Get("aggregation"); ok && a != "mean" {
			return false, c.fail(key, "the aggregation %v is not supported; mean is", a)
		}
	}
	return len(list) > 0, nil
}

// maxGroups is how deep groups may be nested.
const maxGroups = 10

// members are the tasks of a group, those of groups and tags within it included.
func (o *opener) members(c *config, overrides *jinja.Dict, depth int) ([]*task, error) {
	switch {
	case slices.Contains(o.around, c.path) && c.get("group") != nil:
		return nil, c.fail("group", "the group %v is in itself, by way of %s; remove it there", c.get("group"), o.around[len(o.around)-1])
	case depth > maxGroups:
		return nil, c.fail("task", "groups are nested more than %d deep", maxGroups)
	}
	o.around = append(o.around, c.path)
	defer func() { o.around = o.around[:len(o.around)-1] }()
	inherited := jinja.NewDict()
	for _, key := range c.order {
		if !slices.Contains(groupKeys, key) {
			inherited.Set(key, c.get(key))
		}
	}
	merge(inherited, overrides)
	list, ok := c.get("task").([]any)
	if !ok {
		list = []any{c.get("task")}
	}
	var all []*task
	for _, item := range list {
		if o.merged += 1 + inherited.Len(); o.merged > maxMerged {
			return nil, c.fail("task", "the group has too many tasks with too many keys; run its groups one by one")
		}
		own := jinja.NewDict()
		merge(own, inherited)
		name, ok := item.(string)
		if d, isDict := item.(*jinja.Dict); isDict {
			of, isGroup := d.Get("group")
			if !isGroup {
				of, _ = d.Get("task")
			}
			if name, ok = of.(string); ok {
				for k, v := range d.All() {
					if k != "group" && !(isGroup && slices.Contains(groupKeys, fmt.Sprint(k))) {
						own.Set(k, v)
					}
				}
			}
			if sub, has := d.Get("task"); isGroup && has {
				inner := &config{path: c.path, members: map[string]member{}}
				inner.set("task", member{sub, c.path, c.members["task"].line})
				more, err := o.members(inner, own, depth+1)
				if err != nil {
					return nil, err
				}
				all = append(all, more...)
				continue
			}
		}
		if !ok {
			return nil, c.fail("task", "a group's task: must be names, or mappings with task:")
		}
		found, err := o.find(c, name)
		if err != nil {
			return nil, err
		}
		if o.found += len(found); o.found > maxFound {
			return nil, c.fail("task", "the group has more than %d tasks; run its groups one by one", maxFound)
		}
		own = withoutTask(own, len(found) == 1 && found[0].get("group") == nil)
		if found == nil { // a task that the group defines itself
			inline := &config{path: c.path, members: map[string]member{}}
			for k, v := range own.All() {
				inline.set(fmt.Sprint(k), member{v, c.path, c.members["task"].line})
			}
			inline.set("task", member{name, c.path, c.members["task"].line})
			found, own = []*config{inline}, nil
			if inline.get("dataset_path") == nil {
				return nil, c.fail("task", "no task, group or tag %q in %s, or in a folder tasks around it", name, filepath.Dir(c.path))
			}
		}
		for _, f := range found {
			if f.get("group") != nil {
				more, err := o.members(f, own, depth+1)
				if err != nil {
					return nil, err
				}
				all = append(all, more...)
				continue
			}
			t, err := newTask(override(f, own))
			if err != nil {
				return nil, err
			}
			all = append(all, t)
		}
	}
	return all, nil
}

// withoutTask removes the name from overrides unless they are for one task.
func withoutTask(d *jinja.Dict, one bool) *jinja.Dict {
	out := jinja.NewDict()
	for k, v := range d.All() {
		if k != "task" || one {
			out.Set(k, v)
		}
	}
	return out
}

func merge(into, from *jinja.Dict) {
	if from != nil {
		for k, v := range from.All() {
			into.Set(k, v)
		}
	}
}

// override replaces keys of a task.
func override(c *config, d *jinja.Dict) *config {
	if d == nil || d.Len() == 0 {
		return c
	}
	out := &config{path: c.path, members: map[string]member{}}
	out.update(c)
	for k, v := range d.All() {
		line := 1
		if m, ok := c.members[fmt.Sprint(k)]; ok {
			line = m.line
		}
		out.set(fmt.Sprint(k), member{v, c.path, line})
	}
	return out
}

// find reads the files of a name that a group uses: it looks in the group's folder, and then in the folder "tasks"
// around it, which lm-evaluation-harness has. It returns nil if there is none.
func (o *opener) find(c *config, name string) ([]*config, error) {
	folder, err := filepath.Abs(filepath.Dir(c.path))
	if err != nil {
		return nil, err
	}
	found, err := o.lookup(folder, name)
	if err != nil || found != nil {
		return found, err
	}
	for up := filepath.Dir(folder); up != filepath.Dir(up); up = filepath.Dir(up) {
		if filepath.Base(up) == "tasks" {
			return o.lookup(up, name)
		}
	}
	return nil, nil
}

// lookup reads the files in a folder that define a name: one task or group, or all tasks with a tag.
func (o *opener) lookup(folder, name string) ([]*config, error) {
	entries, err := o.index(folder)
	if err != nil {
		return nil, err
	}
	var tagged []*config
	for _, key := range []string{"group", "task", "tag"} {
		for _, e := range entries {
			if e.key != key || e.name != name {
				continue
			}
			c, err := readConfig(e.path)
			if err != nil {
				return nil, err
			}
			if key != "tag" {
				return []*config{c}, nil
			}
			tagged = append(tagged, c)
		}
	}
	slices.SortFunc(tagged, func(a, b *config) int {
		x, _ := a.get("task").(string)
		y, _ := b.get("task").(string)
		return strings.Compare(x, y)
	})
	return tagged, nil
}

// definition lines of files: a name after task:, group: or tag:, or an item of a list below tag:.
var (
	nameLine = regexp.MustCompile(`^(task|group|tag):\s*["']?([^"'\s#\[\]]+)`)
	tagLine  = regexp.MustCompile(`^tag:\s*(\[.*\])?\s*$`)
	itemLine = regexp.MustCompile(`^\s*-\s*["']?([^"'\s#]+)`)
)

// index lists the names that the files of a folder define. It reads lines, not YAML: there may be thousands of files.
func (o *opener) index(folder string) ([]entry, error) {
	if all, ok := o.indexed[folder]; ok {
		return all, nil
	}
	var all []entry
	files := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if files++; files > maxFiles {
			return place.Errorf(folder, 0, "more than %d files; name the folder of the tasks", maxFiles)
		}
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" {
			return nil // a folder that can't be read has no tasks
		}
		data, err := content(path)
		if err != nil {
			return nil // it is no task file
		}
		inTags := false
		for line := range strings.Lines(string(data)) {
			line = strings.TrimRight(line, "\r\n")
			if m := tagLine.FindStringSubmatch(line); m != nil {
				inTags = m[1] == ""
				for _, t := range strings.FieldsFunc(m[1], func(r rune) bool { return strings.ContainsRune("[], \"'", r) }) {
					all = append(all, entry{"tag", t, path})
				}
				continue
			}
			if m := nameLine.FindStringSubmatch(line); m != nil {
				all = append(all, entry{m[1], m[2], path})
				inTags = false
			} else if m := itemLine.FindStringSubmatch(line); m != nil && inTags {
				all = append(all, entry{"tag", m[1], path})
			} else if inTags && strings.TrimSpace(line) != "" {
				inTags = false
			}
		}
		return nil
	})
	if o.indexed == nil {
		o.indexed = map[string][]entry{}
	}
	o.indexed[folder] = all
	return all, err
}

// named opens a task, a group or a tag of a folder by name.
func (o *opener) named(folder, name string) ([]suites.Suite, error) {
	found, err := o.lookup(folder, name)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, place.Errorf(folder, 0, "no file in this folder has a task, a group or a tag %q", name)
	}
	var all []suites.Suite
	for _, c := range found {
		more, err := o.open(c, nil)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}
