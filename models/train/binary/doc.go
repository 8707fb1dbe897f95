// Package binary trains a network with a scalar head on texts with labels: the scalar at the token
// that ends a text is the logit of the label, and the loss is the cross-entropy. A label is 0, 1, or a
// share of labelers between them.
package binary
