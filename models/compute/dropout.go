package compute

// dropout numbers a place with dropout, if this graph applies it.
func (b *Builder) dropout(rate float32) (site uint64, dropping bool) {
	check(rate >= 0 && rate < 1, "dropout", "the rate %g must be at least 0 and below 1", rate)
	b.sites++
	dropping = b.Training && rate > 0
	b.dropping = b.dropping || dropping
	return b.sites, dropping
}
