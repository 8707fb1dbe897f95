// Package reward trains reward models on rankings of responses to one prompt (Ouyang et
// al. 2022, section 3.5 and appendix C.2). All pairs of a prompt are one element of a
// batch, ties are dropped, and the loss is [rl.Ranking]. A response's reward is the
// model's scalar at the token that ends it.
package reward
