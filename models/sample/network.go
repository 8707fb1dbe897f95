package sample

import (
	"fmt"
	"slices"

	"assay/models/checkpoint"
	"assay/models/compute/kernels"
)

// Config is the architecture, as stored in a checkpoint's config.json.
type Config = checkpoint.Config

// Tensors returns a model's tensors by name, in the shapes of checkpoint.Names.
type Tensors func(name string) ([]float32, error)

// Network holds a GPT's weights, laid out for decoding, and the memory of its forward pass. Only one
// goroutine may use it at a time.
type Network struct {
	cpu    *kernels.CPU
	config Config
	*weights

	work work
}

// weights may be shared by several networks.
type weights struct {
	// tokens is the token embedding [vocab, width]; nil if it is read from the head's columns.
	tokens     []float32
	positions  []float32 // [context, width]
	layers     []layer
	gain, bias []float32       // of the last norm, [width]
	head       *kernels.Packed // [width, vocab], or [width, 1] for a scalar head
	outputs    int             // columns of the head
	loads      int             // how often they were replaced
}

// layer is a transformer block's weights. Biases are nil in a model without them.
type layer struct {
	norm1Gain, norm1Bias []float32 // [width]
	norm2Gain, norm2Bias []float32 // [width]
	qkv, out, up, down   linear
}

// linear is a matrix [in, out] and its bias [out].
type linear struct {
	weight *kernels.Packed
	bias   []float32
}

// work is the memory of a pass, for as many rows as the largest pass so far.
type work struct {
	x, norm, branch []float32 // [rows, width]
	mean, rstd      []float32 // [rows]
	qkv             []float32 // [rows, 3*width]
	before, up      []float32 // [rows, inner]
	logits          []float32 // [wanted rows, outputs]
	cached          []kernels.Cached
}

// NewNetwork lays out a model's weights, which it copies.
func NewNetwork(cpu *kernels.CPU, c Config, from Tensors) (*Network, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Activation != checkpoint.GELUTanh {
		return nil, fmt.Errorf("activation_function is %s; only %s is supported", c.Activation, checkpoint.GELUTanh)
	}
	n := &Network{cpu: cpu, config: c, weights: new(weights)}
	return n, n.Load(from)
}

// On returns a network on another CPU that shares the weights, also after a later [Network.Load].
func (n *Network) On(cpu *kernels.CPU) *Network {
	return &Network{cpu: cpu, config: n.config, weights: n.weights}
}

// Load replaces the weights by others of the same architecture. Nothing may decode meanwhile.
func (n *Network) Load(from Tensors) error {
	n.loads++
	l := loader{network: n, tensors: from}
	c := n.config
	n.positions = l.vector(checkpoint.PositionEmbedding)
	n.layers = make([]layer, c.NumHiddenLayers)
	for i := range n.layers {
		name := func(tensor string) string { return checkpoint.LayerName(i, tensor) }
		n.layers[i] = layer{
			norm1Gain: l.vector(name("ln_1.weight")), norm1Bias: l.bias(name("ln_1.bias")),
			norm2Gain: l.vector(name("ln_2.weight")), norm2Bias: l.bias(name("ln_2.bias")),
			qkv:  l.linear(name("attn.c_attn"), c.HiddenSize, 3*c.HiddenSize),
			out:  l.linear(name("attn.c_proj"), c.HiddenSize, c.HiddenSize),
			up:   l.linear(name("mlp.c_fc"), c.HiddenSize, c.IntermediateSize),
			down: l.linear(name("mlp.c_proj"), c.IntermediateSize, c.HiddenSize),
		}
	}
	n.gain, n.bias = l.vector(checkpoint.FinalNormWeight), l.bias(checkpoint.FinalNormBias)
	n.tokens, n.outputs = nil, c.VocabSize
	head := checkpoint.TokenEmbedding
	switch {
	case c.ScalarHead:
		head, n.outputs = checkpoint.ScoreWeight, 1
		n.tokens = l.vector(checkpoint.TokenEmbedding)
	case !c.TieWordEmbeddings:
		head = checkpoint.OutputWeight
		n.tokens = l.vector(checkpoint.TokenEmbedding)
	}
	n.head = l.packed(head, n.outputs, c.HiddenSize, kernels.NT)
	return l.err
}

// loader fetches tensors until one is missing.
type loader struct {
	network *Network
	tensors Tensors
	err     error
}

func (l *loader) get(name string) []float32 {
	if l.err != nil {
		return nil
	}
	values, err := l.tensors(name)
	if err != nil {
		l.err = err
	}
	return values
}

func (l *loader) vector(name string) []float32 { return slices.Clone(l.get(name)) }

func (l *loader) bias(name string) []float32 {
	if !l.network.config.Bias {
		return nil
	}
	return l.vector(name)
}

func (l *loader) linear(name string, in, out int) linear {
	return linear{l.packed(name+".weight", out, in, kernels.NN), l.bias(name + ".bias")}
}

func (l *loader) packed(name string, n, k int, form kernels.Form) *kernels.Packed {
	values := l.get(name)
	if l.err != nil {
		return nil
	}
	return l.network.cpu.Pack(values, n, k, form)
}

// Config returns the architecture.
func (n *Network) Config() Config { return n.config }

// run is a stretch of a sequence's tokens in a pass: consecutive rows of its batch.
type run struct {
	table  *pageTable
	tokens []int32
	// wanted lists the row offsets within the run whose outputs are needed, ascending.
	wanted []int
}

// forward runs the batch through all layers. It stores keys and values of the tokens in their sequences,
// which must have pages for them, and extends the sequences. The outputs of the wanted rows can then be read:
// the last layer computes no others.
func (n *Network) forward(runs []run) {
	rows := n.embed(runs)
	for i := range n.layers {
		n.attend(i, rows, runs)
		if i == len(n.layers)-1 {
			rows = n.work.keep(n.config, runs)
		}
		n.complete(i, rows)
	}
	for _, r := range runs {
		r.table.length += len(r.tokens)
	}
	w := &n.work
	n.cpu.LayerNorm(w.x, w.mean, w.rstd, w.x, n.gain, n.bias, rows, n.config.HiddenSize, n.epsilon())
}

// embed fills in the first activations and the places of keys and values, and counts the rows.
func (n *Network) embed(runs []run) int {
	rows := 0
	for _, r := range runs {
		rows += len(r.tokens)
	}
	w, width := &n.work, n.config.HiddenSize
	w.grow(n.config, rows)
	w.cached = w.cached[:0]
	row := 0
	for _, r := range runs {
		w.cached = append(w.cached, kernels.Cached{Row: row, Rows: len(r.tokens), Past: r.table.length, Blocks: make([][]float32, len(r.table.pages))})
		for i, token := range r.tokens {
			x := w.x[row*width : (row+1)*width]
			if n.tokens == nil {
				n.head.Column(x, int(token))
			} else {
				copy(x, n.tokens[int(token)*width:])
			}
			for j, v := range n.positions[(r.table.length+i)*width:][:width] {
				x[j] += v
			}
			row++
		}
	}
	return rows
}

func (w *work) grow(c Config, rows int) {
	for _, buffer := range []struct {
		floats *[]float32
		width  int
	}{
		{&w.x, c.HiddenSize}, {&w.norm, c.HiddenSize}, {&w.branch, c.HiddenSize}, {&w.qkv, 3 * c.HiddenSize},
		{&w.before, c.IntermediateSize}, {&w.up, c.IntermediateSize}, {&w.mean, 1}, {&w.rstd, 1},
	} {
		if size := rows * buffer.width; cap(*buffer.floats) < size {
			*buffer.floats = make([]float32, size)
		} else {
			*buffer.floats = (*buffer.floats)[:size]
		}
	}
}

// keep keeps only the wanted rows, after the last attention.
func (w *work) keep(c Config, runs []run) (wanted int) {
	row := 0
	for _, r := range runs {
		for _, at := range r.wanted {
			for _, x := range [][]float32{w.x, w.norm} {
				copy(x[wanted*c.HiddenSize:(wanted+1)*c.HiddenSize], x[(row+at)*c.HiddenSize:])
			}
			wanted++
		}
		row += len(r.tokens)
	}
	w.grow(c, wanted)
	return wanted
}

// attend is a layer's attention over the batch's rows, before its projection. The last layer computes no
// query before a run's first wanted row.
func (n *Network) attend(i, rows int, runs []run) {
	c, w, l, cpu := &n.config, &n.work, &n.layers[i], n.cpu
	at := n.layout()
	each := kernels.CacheFloats(at.heads, at.size)
	for s, r := range runs {
		for p, page := range r.table.pages {
			w.cached[s].Blocks[p] = page.data[i*each : (i+1)*each]
		}
		if i == len(n.layers)-1 {
			w.cached[s].From = len(r.tokens)
			if len(r.wanted) > 0 {
				w.cached[s].From = r.wanted[0]
			}
		}
	}
	cpu.LayerNorm(w.norm, w.mean, w.rstd, w.x, l.norm1Gain, l.norm1Bias, rows, c.HiddenSize, n.epsilon())
	cpu.Multiply(w.qkv, w.norm, l.qkv.weight, l.qkv.bias, rows)
	cpu.AttentionCached(w.norm, w.qkv, w.cached, at.heads, at.size)
}

// complete is the rest of a layer: the projection and everything after it.
func (n *Network) complete(i, rows int) {
	c, w, l, cpu := &n.config, &n.work, &n.layers[i], n.cpu
	cpu.Multiply(w.branch, w.norm, l.out.weight, l.out.bias, rows)
	cpu.Add(w.x, w.x, w.branch)
	cpu.LayerNorm(w.norm, w.mean, w.rstd, w.x, l.norm2Gain, l.norm2Bias, rows, c.HiddenSize, n.epsilon())
	cpu.MultiplyGELU(w.up, w.before, w.norm, l.up.weight, l.up.bias, rows)
	cpu.Multiply(w.branch, w.up, l.down.weight, l.down.bias, rows)
	cpu.Add(w.x, w.x, w.branch)
}

func (n *Network) epsilon() float32 { return float32(n.config.LayerNormEpsilon) }

// outputsOf returns the outputs of some of the last pass's wanted rows, [hi-lo, outputs]: logits, or the
// scalar. They are valid until the next call.
func (n *Network) outputsOf(lo, hi int) []float32 {
	w, width := &n.work, n.config.HiddenSize
	size := (hi - lo) * n.outputs
	if cap(w.logits) < size {
		w.logits = kernels.Memory(size)
	}
	w.logits = w.logits[:size]
	n.cpu.Multiply(w.logits, w.x[lo*width:hi*width], n.head, nil, hi-lo)
	return w.logits
}
