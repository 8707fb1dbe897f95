package local

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"assay/fixtures"
	"assay/harness"
	"assay/harness/leaf/place"
	"assay/harness/plan"
	"assay/models/compute/kernels"
	"assay/models/sample"
)

// Concurrency is how many requests a checkpoint gets at a time. They are decoded together.
const Concurrency = 64

// Checkpoints opens each checkpoint once. They share one CPU and take turns on it.
type Checkpoints struct {
	cpu    *kernels.CPU
	turn   sync.Mutex
	notice func(string)      // receives notices about a checkpoint
	open   map[string]*Model // by folder and by how prompts are read
}

// Model is an open checkpoint.
type Model struct {
	*sample.Model
	Fingerprint string           // what its answers depend on: its files, the CPU path, how it reads prompts
	Sources     []harness.Source // its files
}

// New uses the CPU path that ASSAY_CPU names, or the best one. The caller closes the result.
func New(notice func(string)) (*Checkpoints, error) {
	path, err := kernels.Choose(os.Getenv("ASSAY_CPU"))
	if err != nil {
		return nil, err
	}
	return &Checkpoints{cpu: kernels.New(path, 0), notice: notice, open: map[string]*Model{}}, nil
}

// Folder opens the checkpoint in a folder, once for each way of reading prompts.
func (c *Checkpoints) Folder(dir string, o sample.Options) (*Model, error) {
	if m, ok := c.open[readKey(dir, o)]; ok {
		return m, nil
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file; name a checkpoint's folder, such as the DIR/model of 'assay train'", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: no such folder; name a checkpoint's folder, such as the DIR/model of 'assay train'", dir)
	}
	if model := filepath.Join(dir, "model"); !has(dir, "config.json") && has(model, "config.json") {
		return nil, fmt.Errorf("%s is a training's folder; its checkpoint is %s", dir, model)
	}
	sources, err := Files(dir)
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
	// The last bits of a checkpoint's answers depend on the CPU path.
	local := &Model{m, readKey(fmt.Sprintf("gpt:%s %s", hex.EncodeToString(h.Sum(nil)), c.cpu.Path()), o), sources}
	c.open[readKey(dir, o)] = local
	return local, nil
}

// Carried opens a checkpoint that is built into assay, by its name without world:.
func (c *Checkpoints) Carried(name string, o sample.Options) (m *Model, err error) {
	o.Name = "world:" + name
	if m, ok := c.open[readKey(o.Name, o)]; ok {
		return m, nil
	}
	files, ok := fixtures.Checkpoint(name)
	if !ok {
		return nil, fmt.Errorf("world:%s: no such checkpoint; %s", name, place.Choose(name, fixtures.Checkpoints()))
	}
	err = withinTemporary(func(dir string) (err error) {
		if err := os.CopyFS(dir, files); err != nil {
			return err
		}
		if m, err = c.Folder(dir, o); err != nil {
			return err
		}
		delete(c.open, readKey(dir, o))
		c.open[readKey(o.Name, o)] = m
		return nil
	})
	return m, err
}

// Named opens the checkpoint that a command's argument names: world:NAME, gpt:DIR, or a
// folder. name is its short name.
func (c *Checkpoints) Named(model string, o sample.Options) (m *Model, name string, err error) {
	if _, err := os.Stat(model); err != nil {
		if world, ok := strings.CutPrefix(model, string(plan.World)+":"); ok {
			m, err := c.Carried(world, o)
			return m, world, err
		}
	}
	dir, err := Dir(model)
	if err != nil {
		return nil, "", err
	}
	m, err = c.Folder(dir, o)
	return m, Name(dir), err
}

// Generator opens the checkpoint that a command's argument names, and refuses a reward model.
func (c *Checkpoints) Generator(model string, o sample.Options) (m *Model, name string, err error) {
	if m, name, err = c.Named(model, o); err == nil && m.Config().ScalarHead {
		err = fmt.Errorf("%s is a reward model: it scores text and can't generate any", model)
	}
	return m, name, err
}

// Close closes every checkpoint and the CPU.
func (c *Checkpoints) Close() {
	for _, m := range c.open {
		m.Close()
	}
	c.cpu.Close()
}

// SizeName formats a number of parameters: 834K, 124M, 1.5B.
func SizeName(parameters int) string {
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

// Dir is the folder of a checkpoint that a command's argument names as DIR or gpt:DIR.
func Dir(model string) (string, error) {
	if _, err := os.Stat(model); err == nil {
		return model, nil
	}
	switch kind, _, found := strings.Cut(model, ":"); {
	case found && kind == string(plan.GPT):
		spec, err := plan.ParseSpec(model)
		return spec.Target, err
	case found && (kind == string(plan.OpenAI) || kind == string(plan.Replay)):
		return "", fmt.Errorf("%s is not a local checkpoint; name a checkpoint's folder", kind)
	}
	return model, nil
}

// Name is the short name of a checkpoint's folder: its own name, or its parent's for DIR/model.
func Name(dir string) string {
	if absolute, err := filepath.Abs(dir); err == nil {
		dir = absolute
	}
	if name := filepath.Base(dir); name != "model" {
		return name
	}
	return filepath.Base(filepath.Dir(dir))
}
