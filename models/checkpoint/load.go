package checkpoint

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"assay/harness/leaf/plural"
)

const (
	modelName = "model.safetensors"
	indexName = "model.safetensors.index.json"

	// remarkKey is the entry in a file's metadata for what config.json can't express.
	remarkKey = "assay"
	noBiases  = "no biases: they are zeros that the model doesn't have"
)

// Checkpoint is a folder with a GPT-2: its configuration, and its tensors by canonical name, as in [Names],
// whatever their names in the file.
type Checkpoint struct {
	Config Config
	file   *File
	specs  map[string]Spec
	stored map[string]string // from canonical names to the file's

	wrapped string // prefix of the file's names
	notices []string
}

// Notices lists what was left out of the files, a line each.
func (c *Checkpoint) Notices() []string { return c.notices }

func (c *Checkpoint) note(format string, args ...any) {
	if line := fmt.Sprintf(format, args...); !slices.Contains(c.notices, line) {
		c.notices = append(c.notices, line)
	}
}

// Load opens a folder's config.json and model.safetensors (or its shards). It requires every tensor of
// [Names], with its shape and a floating-point type. It allows no others except buffers that GPT-2 doesn't
// train and heads that it doesn't use. Names may lack "transformer.", and may have the prefixes of
// torch.compile, DataParallel and TRL. It doesn't read the data yet. In a model without biases, those in the
// file must be zeros.
func Load(dir string) (*Checkpoint, error) {
	if err := refuseAdapter(dir); err != nil {
		return nil, err
	}
	config, err := ReadConfig(dir)
	if err != nil {
		return nil, err
	}
	file, err := openModel(dir)
	if err != nil {
		return nil, err
	}
	config.Bias = file.metadata[remarkKey] != noBiases
	c := &Checkpoint{Config: config, file: file, specs: map[string]Spec{}, stored: map[string]string{}}
	if err := c.match(); err != nil {
		file.Close() // opened for reading: nothing is lost
		return nil, err
	}
	return c, nil
}

func openModel(dir string) (*File, error) {
	for _, name := range []string{modelName, indexName} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return Open(path)
		}
	}
	return nil, inFile(filepath.Join(dir, modelName), absent(dir, "nor is there a "+indexName))
}

// match finds the configuration's tensors in the file.
func (c *Checkpoint) match() error {
	if held := len(c.file.tensors); c.Config.NumHiddenLayers > held {
		return inFile(c.file.path, fmt.Errorf("the file has %s, too few for the %s in config.json (n_layer)", plural.Of(held, "tensor"), plural.Of(c.Config.NumHiddenLayers, "layer")))
	}
	for _, s := range Names(c.Config) {
		c.specs[s.Name] = s
	}
	names := c.file.Names()
	c.wrapped = wrapped(names)
	for _, name := range names {
		canonical := canonicalName(strings.TrimPrefix(name, c.wrapped))
		if what, beside := besideHead(name); beside {
			c.note("%s has %s, which is left out", c.file.path, what)
			continue
		}
		_, known := c.specs[canonical]
		switch other, twice := c.stored[canonical]; {
		case twice:
			return c.fault(name, fmt.Errorf("the file also has it as %s", quote(other)))
		case known:
			c.stored[canonical] = name
		case isBuffer(canonical):
		case canonical == OutputWeight && c.Config.TieWordEmbeddings:
		default:
			return c.fault(name, unknownTensor(name))
		}
	}
	for _, s := range Names(c.Config) {
		name, ok := c.stored[s.Name]
		if !ok {
			return c.fault(s.Name, errors.New("the file lacks it, but by config.json the model has it"))
		}
		if err := c.file.tensors[name].check(s.Shape); err != nil {
			return c.fault(name, fmt.Errorf("%w by config.json%s", err, remedy(c.file.tensors[name])))
		}
		if s.Bias && !c.Config.Bias {
			if err := c.checkZeros(s); err != nil {
				return err
			}
		}
	}
	return c.checkTied()
}

func (c *Checkpoint) fault(tensor string, err error) error {
	return inFile(c.file.path, inTensor(tensor, err))
}

// canonicalName adds the prefix that files of transformers' bare GPT2Model lack.
func canonicalName(name string) string {
	if name == OutputWeight || name == ScoreWeight || strings.HasPrefix(name, "transformer.") {
		return name
	}
	return "transformer." + name
}

// isBuffer reports whether a canonical name is one of attention's masks, which old versions of transformers
// saved: transformer.h.0.attn.bias, transformer.h.0.attn.masked_bias.
func isBuffer(name string) bool {
	return strings.HasPrefix(name, "transformer.h.") && (strings.HasSuffix(name, ".attn.bias") || strings.HasSuffix(name, ".attn.masked_bias"))
}

func (c *Checkpoint) checkZeros(s Spec) error {
	values, err := c.Float32s(s.Name)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(values, func(v float32) bool { return v != 0 }); i >= 0 {
		return c.fault(s.Name, fmt.Errorf("element %d is %g, but by the file's metadata the model has no biases", i, values[i]))
	}
	return nil
}

// checkTied refuses a separate output matrix if config.json ties it.
func (c *Checkpoint) checkTied() error {
	head := c.wrapped + OutputWeight
	if _, ok := c.file.tensors[head]; !ok || !c.Config.TieWordEmbeddings || c.Config.ScalarHead {
		return nil
	}
	output, err := c.file.Bytes(head)
	if err != nil {
		return err
	}
	embedding, err := c.file.Bytes(c.stored[TokenEmbedding])
	if err != nil {
		return err
	}
	if !bytes.Equal(output, embedding) {
		return c.fault(OutputWeight, fmt.Errorf("it differs from %s, but config.json ties them (tie_word_embeddings)", TokenEmbedding))
	}
	return nil
}

// Float32s returns the values of a tensor by its canonical name, row-major, in its shape in [Names]. A NaN or
// an infinity is an error. As in [File.Float32s], the values may be a view of the file: read them only, and
// only until Close.
func (c *Checkpoint) Float32s(name string) ([]float32, error) {
	stored, ok := c.stored[name]
	if !ok {
		return nil, c.fault(name, errors.New("the model doesn't have it"))
	}
	shape := c.specs[name].Shape
	values, err := c.file.Float32s(stored, shape...)
	if err != nil {
		return nil, err
	}
	if err := CheckFinite(stored, values, shape...); err != nil {
		return nil, inFile(c.file.tensors[stored].part.path, err)
	}
	return values, nil
}

// Close unmaps the files. Views of them are invalid from then on.
func (c *Checkpoint) Close() error { return c.file.Close() }
