package kernels

// Embed sets row (b, t) of out [batch, time, width] to the sum of the token's row of wte [vocab, width] and
// the position's row of wpe [context, width]. tokens [batch*time] must be in [0, vocab); time is at most
// context.
func (c *CPU) Embed(out []float32, tokens []int32, wte, wpe []float32, batch, time, width int) {
	checkEmbed("Embed", len(out), tokens, len(wte), len(wpe), batch, time, width)
	c.parallel(batch*time, rowGrain(width), func(lo, hi int) {
		for r := lo; r < hi; r++ {
			token, at := int(tokens[r])*width, r%time*width
			addOn(c.path, out[r*width:(r+1)*width], wte[token:token+width], wpe[at:at+width])
		}
	})
}

// embedColumns is how many columns of the embeddings' gradients one chunk owns.
const embedColumns = 128

// EmbedBackward adds dout [batch, time, width] to the rows of dwte and dwpe that Embed read. A row that
// several tokens share gets their gradients in the order of their positions: the work is split by columns,
// never by tokens.
func (c *CPU) EmbedBackward(dwte, dwpe []float32, tokens []int32, dout []float32, batch, time, width int) {
	checkEmbed("EmbedBackward", len(dout), tokens, len(dwte), len(dwpe), batch, time, width)
	c.parallel((width+embedColumns-1)/embedColumns, 1, func(lo, hi int) {
		from, to := lo*embedColumns, min(hi*embedColumns, width)
		for r, token := range tokens {
			d := dout[r*width+from : r*width+to]
			row := dwte[int(token)*width+from : int(token)*width+to]
			addOn(c.path, row, row, d)
			row = dwpe[r%time*width+from : r%time*width+to]
			addOn(c.path, row, row, d)
		}
	})
}

func checkEmbed(name string, out int, tokens []int32, wte, wpe, batch, time, width int) {
	mustLen(name+": activations", out, batch*time*width)
	mustLen(name+": tokens", len(tokens), batch*time)
	if wpe < time*width {
		panic("kernels: " + name + ": more positions than the context has")
	}
	for _, token := range tokens {
		if token < 0 || (int(token)+1)*width > wte {
			panic("kernels: " + name + ": a token outside the vocabulary")
		}
	}
}
