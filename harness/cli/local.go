package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"assay/fixtures"
	"assay/harness"
	"assay/harness/plan"
	"assay/models/bpe"
	"assay/models/compute/kernels"
	"assay/models/sample"
)

// checkpoints are local models that were opened. They share one CPU, and take turns
// with it.
type checkpoints struct {
	cpu    *kernels.CPU
	turn   sync.Mutex
	notice func(string)           // what about a model may surprise
	open   map[string]*localModel // by folder, and how it reads prompts
}

// localModel is a checkpoint and what its answers are addressed by.
type localModel struct {
	*sample.Model
	fingerprint string
	sources     []harness.Source
}

// newCheckpoints chooses the CPU's path as ASSAY_CPU says.
func newCheckpoints(notice func(string)) (*checkpoints, error) {
	path, err := kernels.Choose(os.Getenv("ASSAY_CPU"))
	if err != nil {
		return nil, err
	}
	return &checkpoints{cpu: kernels.New(path, 0), notice: notice, open: map[string]*localModel{}}, nil
}

// get opens the checkpoint in a folder, once.
func (c *checkpoints) get(dir string, o sample.Options) (*localModel, error) {
	if m, ok := c.open[readKey(dir, o)]; ok {
		return m, nil
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s: there is no such folder; a checkpoint is a folder with config.json, model.safetensors and a tokenizer, as 'assay train' writes it to DIR/model", dir)
	}
	if _, err := os.Stat(filepath.Join(dir, "config.json")); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(dir, "model", "config.json")); err == nil {
			return nil, fmt.Errorf("%s is a training's folder; its checkpoint is %s", dir, filepath.Join(dir, "model"))
		}
	}
	sources, err := checkpointFiles(dir)
	if err != nil {
		return nil, err
	}
	o.Turn = &c.turn
	if o.Name == "" {
		o.Name = dir
	}
	m, err := sample.Open(c.cpu, dir, o)
	if err != nil {
		return nil, err
	}
	for _, line := range m.Notices() {
		c.notice(o.Name + ": " + line)
	}
	h := sha256.New()
	for _, s := range sources {
		fmt.Fprintf(h, "%s %s\n", s.Name, s.SHA256)
	}
	// A checkpoint's answers hang on the CPU's path in their last bits.
	local := &localModel{m, readKey(fmt.Sprintf("gpt:%s %s", hex.EncodeToString(h.Sum(nil)), c.cpu.Path()), o), sources}
	c.open[readKey(dir, o)] = local
	return local, nil
}

// readKey is a name of a model and of how it reads prompts.
func readKey(name string, o sample.Options) string {
	if o.Literal {
		return name + " split_special_tokens"
	}
	return name
}

// carried opens a checkpoint that assay carries.
func (c *checkpoints) carried(name string, o sample.Options) (m *localModel, err error) {
	o.Name = "world:" + name
	if m, ok := c.open[readKey(o.Name, o)]; ok {
		return m, nil
	}
	files, ok := fixtures.Checkpoint(name)
	if !ok {
		return nil, fmt.Errorf("world:%s: there is no such checkpoint; there are %s", name, strings.Join(fixtures.Checkpoints(), ", "))
	}
	dir, err := os.MkdirTemp("", "assay-world-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }() // what is loaded is a copy
	if err := os.CopyFS(dir, files); err != nil {
		return nil, err
	}
	if m, err = c.get(dir, o); err != nil {
		return nil, err
	}
	delete(c.open, readKey(dir, o))
	c.open[readKey(o.Name, o)] = m
	return m, nil
}

// named opens the checkpoint of a command's argument: world:NAME, gpt:DIR, or a folder.
// name is what clients may call it by.
func (c *checkpoints) named(model string, o sample.Options) (m *localModel, name string, err error) {
	if _, err := os.Stat(model); err != nil {
		if world, ok := strings.CutPrefix(model, string(plan.World)+":"); ok {
			m, err := c.carried(world, o)
			return m, world, err
		}
	}
	dir, err := modelFolder(model)
	if err != nil {
		return nil, "", err
	}
	m, err = c.get(dir, o)
	return m, checkpointName(dir), err
}

func (c *checkpoints) close() {
	for _, m := range c.open {
		m.Close()
	}
	c.cpu.Close()
}

// checkpointFiles are the files that a checkpoint's answers hang on.
func checkpointFiles(dir string) ([]harness.Source, error) {
	names := append(bpe.Files(), "config.json")
	weights, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*.safetensors*"))
	if err != nil {
		return nil, err
	}
	for _, path := range weights {
		names = append(names, filepath.Base(path))
	}
	slices.Sort(names)
	var files []harness.Source
	for _, name := range names {
		src, err := hashFile(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		files = append(files, src)
	}
	return files, nil
}

// escapeGlob lets a folder's name stand for itself in a pattern.
func escapeGlob(dir string) string {
	var out []rune
	for _, r := range dir {
		if r == '*' || r == '?' || r == '[' || r == '\\' && filepath.Separator == '/' {
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}

// sizeName is a number of parameters as people write it: 834K, 124M, 1.5B.
func sizeName(parameters int) string {
	value, unit := float64(parameters), ""
	for _, u := range []string{"K", "M", "B"} {
		if value < 1000 {
			break
		}
		value, unit = value/1000, u
	}
	if value < 10 {
		return strconv.FormatFloat(value, 'f', 1, 64) + unit
	}
	return strconv.FormatFloat(value, 'f', 0, 64) + unit
}
