package lmeval

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"assay/harness/leaf/ordered"
	"assay/models/jinja"
	"assay/suites/table"
)

// split is a part of a data set: training, test and so on.
type split struct {
	columns []string
	docs    []document
	files   []string
}

// maxDocuments bounds a split, which is kept in memory.
const maxDocuments = 5_000_000

// builtIn are the values of dataset_path that name a format of local files.
var builtIn = map[string]table.Format{"json": table.JSON, "csv": table.CSV, "parquet": table.Parquet}

// dataset finds the splits of a task's data.
type dataset struct {
	*task
	folder string // of data sets, or ""
	read   map[string]*split
}

// split reads a split by name, once.
func (d *dataset) split(name string) (*split, error) {
	if s, ok := d.read[name]; ok {
		return s, nil
	}
	files, format, under, err := d.find(name)
	if err != nil {
		return nil, err
	}
	s := &split{}
	var rows []*ordered.Dict
	for _, file := range files {
		o := table.Options{Format: format, Under: under}
		if format == table.CSV {
			o.Separator = ','
			if strings.HasSuffix(strings.TrimSuffix(file, ".gz"), ".tsv") {
				o.Separator = '\t'
			}
		}
		if format == table.JSON && under == "" {
			o.Format = ""
			if e := strings.ToLower(filepath.Ext(file)); e != ".json" && e != ".jsonl" && e != ".ndjson" && e != ".gz" && e != ".zst" {
				o.Format = table.Lines
			}
		}
		paths, err := table.Files(file, o)
		if err != nil {
			return nil, err
		}
		s.files = append(s.files, paths...)
		err = table.Each(file, o, func(r table.Row) error {
			if len(rows) == maxDocuments {
				return fmt.Errorf("more than %d documents", maxDocuments)
			}
			rows = append(rows, r.Dict)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if len(rows) == 0 {
		return nil, d.fail("dataset_path", "split %q: %s has no rows", name, strings.Join(files, ", "))
	}
	if s.columns, s.docs, err = documents(rows, format == table.CSV); err != nil {
		return nil, d.fail("dataset_path", "split %q: %w", name, err)
	}
	d.read[name] = s
	return s, nil
}

// find returns the files of a split.
func (d *dataset) find(name string) (files []string, format table.Format, under string, err error) {
	path, err := d.optionalText("dataset_path")
	if err != nil {
		return nil, "", "", err
	}
	if path == "" {
		return nil, "", "", d.fail("dataset_path", "the task has no dataset_path")
	}
	kwargs, _ := d.get("dataset_kwargs").(*jinja.Dict)
	if kwargs == nil {
		kwargs = jinja.NewDict()
	}
	var data any
	for k, v := range kwargs.All() {
		switch k {
		case "data_files":
			data = v
		case "field":
			under, _ = v.(string)
		case "trust_remote_code", "revision", "streaming", "name":
		default:
			return nil, "", "", d.fail("dataset_kwargs", "dataset_kwargs has %q, which is not supported; data_files and field are", k)
		}
	}
	format, local := builtIn[path]
	if !local && data == nil {
		files, format, err = d.hub(path, name)
		return files, format, "", err
	}
	if !local {
		return nil, "", "", d.fail("dataset_kwargs", "data_files of a data set on the hub are not supported; name local files with dataset_path: json, csv or parquet")
	}
	if m, ok := data.(*jinja.Dict); ok {
		of, ok := m.Get(name)
		if !ok {
			return nil, "", "", d.fail("dataset_kwargs", "data_files has no split %q", name)
		}
		data = of
	} else if name != "train" {
		return nil, "", "", d.fail("dataset_kwargs", "data_files without names of splits are the split train, and the task has the split %q", name)
	}
	list, ok := data.([]any)
	if !ok {
		list = []any{data}
	}
	for _, item := range list {
		file, ok := item.(string)
		if !ok {
			return nil, "", "", d.fail("dataset_kwargs", "data_files must be paths of files")
		}
		found, ok := d.local(file)
		if !ok {
			return nil, "", "", d.fail("dataset_kwargs", "%s: no such file; assay looked beside the task, in the current folder and in the folder of data sets", file)
		}
		files = append(files, found)
	}
	return files, format, under, nil
}

// local finds a file that data_files names.
func (d *dataset) local(file string) (string, bool) {
	places := []string{file}
	if !filepath.IsAbs(file) {
		places = []string{filepath.Join(filepath.Dir(d.path), file), file}
		if d.folder != "" {
			places = append(places, filepath.Join(d.folder, file))
		}
	}
	for _, p := range places {
		if exists(p) {
			return p, true
		}
	}
	return "", false
}

// exists tells whether a path or a pattern names a file.
func exists(path string) bool {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return true
	}
	found, err := filepath.Glob(path)
	return err == nil && len(found) > 0 && strings.ContainsAny(path, "*?[")
}

// hub finds a split of a data set of the hub in the folder of data sets: below a folder named like the data set,
// perhaps without its owner, and perhaps one named like the configuration (dataset_name), as the hub has it.
func (d *dataset) hub(path, name string) ([]string, table.Format, error) {
	config, err := d.optionalText("dataset_name")
	if err != nil {
		return nil, "", err
	}
	if d.folder == "" {
		return nil, "", d.fail("dataset_path", "%s is a data set of the hub; get its files and name the folder of data sets with --data", path)
	}
	var folders []string
	for _, base := range []string{path, filepath.Base(path)} {
		base = filepath.Join(d.folder, filepath.FromSlash(base))
		if config != "" {
			folders = append(folders, filepath.Join(base, config), filepath.Join(base, "data", config), filepath.Join(base, config, "data"))
		}
		folders = append(folders, base, filepath.Join(base, "data"))
	}
	for _, folder := range folders {
		for _, ending := range []string{"parquet", "jsonl", "json", "csv"} {
			for _, packed := range []string{"", ".gz", ".zst"} {
				for _, pattern := range []string{name, name + "-*", filepath.Join(name, "*")} {
					pattern = filepath.Join(folder, pattern) + "." + ending + packed
					if exists(pattern) {
						format := table.Format(ending)
						if format == table.Lines {
							format = table.JSON
						}
						return []string{pattern}, format, nil
					}
				}
			}
		}
	}
	what := path
	if config != "" {
		what += " (" + config + ")"
	}
	return nil, "", d.fail("dataset_path", "no file of the split %q of %s; put it at %s.parquet, .jsonl or .csv", name, what, filepath.Join(folders[0], name))
}
