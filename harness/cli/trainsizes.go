package cli

// trainSizes are what a training's cost hangs on.
type trainSizes struct {
	data       string // what there is to learn from, for people
	rows, time int    // the batch of the most tokens
	evaluated  int    // tokens, rows or comparisons that are held out
}
