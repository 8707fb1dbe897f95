// Package ppo trains a policy by proximal policy optimisation against a reward model, as in
// Ouyang et al. 2022 (section 3.5 and appendix C.4). An episode is a prompt and one response.
// Its reward comes at its end, less a penalty at each token for diverging from the supervised
// model. The value function begins as the reward model. A coefficient gamma mixes in the
// gradient of pretraining (equation 2, PPO-ptx).
//
//	Trainer    the parts, and Fit, which runs the iterations
//	Options    the settings
//	Episode    a prompt, a response, and what is learnt from it
//
// The trainer doesn't know networks: a [Learner] gives a number for each token of a batch and
// takes the gradient of a loss over these. The mathematics is in package rl.
//
// The old log-probabilities of the policy come from the sampler. A row has the same bits in
// any batch, in decoding and in training, so they equal those of training's own forward pass,
// and the first minibatch's ratios are exactly 1. Every iteration checks this. Temperature is
// 1 throughout, without dropout. Everything random depends only on the seed, the iteration and
// the position in it, so weights, optimisers and the coefficient of the penalty are all the
// state that an iteration starts from.
package ppo
