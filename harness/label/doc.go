// Package label is the labelling of outputs by people: which items are drawn from runs, who
// labels which of them, what a form asks, what an answer must have, and the rows of labels that
// come of it. It has no state: package work keeps answers on disk, and package page shows items
// to labelers.
package label
