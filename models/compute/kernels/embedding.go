package kernels

// Embed sets each row of out [rows, width] to the sum of its token's row of wte [vocab, width] and its
// position's row of wpe [context, width]. tokens [rows] must be in [0, vocab), positions [rows] in [0,
// context).
func (c *CPU) Embed(out []float32, tokens, positions []int32, wte, wpe []float32, width int) {
	checkEmbed("Embed", len(out), tokens, positions, len(wte), len(wpe), width)
	c.parallel(len(tokens), rowGrain(width), func(lo, hi int) {
		for r := lo; r < hi; r++ {
			token, at := int(tokens[r])*width, int(positions[r])*width
			addOn(c.path, out[r*width:(r+1)*width], wte[token:token+width], wpe[at:at+width])
		}
	})
}

// embedColumns is how many columns of the embeddings' gradients one chunk owns.
const embedColumns = 128

// EmbedBackward adds dout [rows, width] to the rows of dwte and dwpe that Embed read. A row that several
// tokens share gets their gradients in the order of the batch: the work is split by columns, never by tokens.
func (c *CPU) EmbedBackward(dwte, dwpe []float32, tokens, positions []int32, dout []float32, width int) {
	checkEmbed("EmbedBackward", len(dout), tokens, positions, len(dwte), len(dwpe), width)
	c.parallel((width+embedColumns-1)/embedColumns, 1, func(lo, hi int) {
		from, to := lo*embedColumns, min(hi*embedColumns, width)
		for r, token := range tokens {
			d := dout[r*width+from : r*width+to]
			row := dwte[int(token)*width+from : int(token)*width+to]
			addOn(c.path, row, row, d)
			row = dwpe[int(positions[r])*width+from : int(positions[r])*width+to]
			addOn(c.path, row, row, d)
		}
	})
}

func checkEmbed(name string, out int, tokens, positions []int32, wte, wpe, width int) {
	mustLen(name+": activations", out, len(tokens)*width)
	mustLen(name+": positions", len(positions), len(tokens))
	for i, token := range tokens {
		if token < 0 || (int(token)+1)*width > wte {
			panic("kernels: " + name + ": a token outside the vocabulary")
		}
		if positions[i] < 0 || (int(positions[i])+1)*width > wpe {
			panic("kernels: " + name + ": a position outside the context")
		}
	}
}
