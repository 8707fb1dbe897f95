package interop

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"assay/harness/leaf/plural"
)

// shots finds the tasks that were run with several numbers of examples in the prompt.
func (im *lmImport) shots() {
	first := map[string]string{}
	for _, r := range im.runs {
		for task, n := range r.Shots {
			if before, ok := first[task]; ok && before != string(n) {
				im.several[task] = true
			}
			first[task] = string(n)
		}
	}
}

// condition is the number of examples in the prompt, if a task was run with several.
func (im *lmImport) condition(r *lmResults, task string) string {
	shots := string(r.Shots[task])
	for i, leaf := range r.leaves(task, 0) { // of a group
		if n := string(r.Shots[leaf]); i == 0 || n == shots {
			shots = n
		} else {
			shots = "mixed"
		}
	}
	if !im.several[task] && !slices.ContainsFunc(r.leaves(task, 0), func(leaf string) bool { return im.several[leaf] }) {
		return ""
	}
	return shots + "-shot"
}

// groupsOf lists the groups with results of their own that a task is in, at any depth.
func (r *lmResults) groupsOf(task string) (groups []string) {
	for _, group := range slices.Sorted(maps.Keys(r.Groups)) {
		if r.within(task, group, 0) {
			groups = append(groups, group)
		}
	}
	return groups
}

const deepestGroup = 32

func (r *lmResults) within(task, group string, depth int) bool {
	return depth < deepestGroup && slices.ContainsFunc(r.Subtasks[group], func(sub string) bool {
		return sub == task || sub != group && r.within(task, sub, depth+1)
	})
}

// lmKey is a metric's key in results.
func lmKey(name string) string {
	if strings.Contains(name, ",") {
		return name
	}
	return name + ",none"
}

// complete refuses a group of which some tasks have no samples file: its number would be over the
// others alone. With --keep-going, it says so and leaves the group out. Other tasks without a
// samples file are named.
func (im *lmImport) complete(samples []string) error {
	have := map[*lmResults]map[string]bool{}
	for _, path := range samples {
		r, task, err := im.of(path)
		if err != nil {
			continue // reported when the file is read
		}
		if have[r] == nil {
			have[r] = map[string]bool{}
		}
		have[r][sanitized(task)] = true
	}
	for _, r := range im.runs {
		absent := func(task string) bool { return !have[r][sanitized(task)] }
		for _, group := range slices.Sorted(maps.Keys(r.Groups)) {
			leaves := r.leaves(group, 0)
			missing := slices.DeleteFunc(slices.Clone(leaves), func(task string) bool { return !absent(task) })
			if len(missing) == 0 {
				continue
			}
			if len(missing) < len(leaves) {
				what := fmt.Sprintf("group %s: no samples file of %d of its %s (%s)", group, len(missing), plural.Of(len(leaves), "task"), r.samplesNames(missing))
				if !im.opt.KeepGoing {
					return placed(r.path, 1, "%s; copy the missing ones beside this file, or add --keep-going to import the other tasks without the group", what)
				}
				im.out.Notice("%s: %s, so the group is left out", r.path, what)
			}
			delete(r.Groups, group)
		}
		var tasks []string
		for task := range r.Results {
			if _, group := r.Groups[task]; !group && len(r.Subtasks[task]) == 0 && absent(task) {
				tasks = append(tasks, task)
			}
		}
		if slices.Sort(tasks); len(tasks) > 0 {
			im.out.Notice("%s: %s without a samples file, not imported: %s", r.path, plural.Of(len(tasks), "task"), r.samplesNames(tasks))
		}
	}
	return nil
}

// samplesNames lists the samples files that tasks would have.
func (r *lmResults) samplesNames(tasks []string) string {
	var names []string
	for i, task := range tasks {
		if i == mostDiffer {
			names = append(names, fmt.Sprintf("and %d more", len(tasks)-i))
			break
		}
		names = append(names, fmt.Sprintf("samples_%s_%s.jsonl", task, r.time()))
	}
	return strings.Join(names, ", ")
}

// grouped adds an answer to a group that prints some of its metrics.
func (im *lmImport) grouped(r *lmResults, a answer, group string) error {
	task, scores := a.suite, a.scores
	a.suite, a.example, a.category, a.scores, a.condition = group, task+" "+a.example, task, nil, im.condition(r, group)
	for _, s := range scores {
		if _, ok := r.Groups[group][lmKey(s.metric.name)]; !ok {
			continue
		}
		m := im.metric(group, s.metric.name, s.metric.form())
		a.scores = append(a.scores, score{metric: m, value: s.value, missing: s.missing})
	}
	if len(a.scores) == 0 {
		return nil
	}
	return im.add(&a)
}

// aggregates notes what the results files print.
func (im *lmImport) aggregates() {
	for _, r := range im.runs {
		for _, task := range slices.Sorted(maps.Keys(r.samples)) {
			im.printOf(r, task, im.condition(r, task), r.Results[task])
		}
		for _, group := range slices.Sorted(maps.Keys(r.Groups)) {
			im.printOf(r, group, im.condition(r, group), r.Groups[group])
		}
	}
}

// leaves lists the tasks of a group at any depth.
func (r *lmResults) leaves(group string, depth int) (tasks []string) {
	if depth >= deepestGroup {
		return nil
	}
	for _, sub := range r.Subtasks[group] {
		if len(r.Subtasks[sub]) > 0 && sub != group {
			tasks = append(tasks, r.leaves(sub, depth+1)...)
		} else {
			tasks = append(tasks, sub)
		}
	}
	return tasks
}

func (im *lmImport) printOf(r *lmResults, suite, condition string, values map[string]jsontext.Value) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		metric, filter, ok := strings.Cut(key, ",")
		name := lmName(metric, filter)
		if !ok || strings.HasSuffix(metric, "_stderr") || im.isLeftOut(suite, name) || im.named[suite] == nil {
			continue
		}
		im.print(cellKey{suite: suite, model: r.ModelName, condition: condition, metric: name}, values[key], r.path)
	}
}
