// Package ppo trains a policy by proximal policy optimisation against a reward model, as
// Ouyang et al. 2022 do (section 3.5 and appendix C.4): an episode is a prompt and one
// response; the reward comes at its end, less a penalty for each token by which the
// policy left the supervised model; the value function begins as the reward model; and
// with a coefficient gamma the gradient of pretraining is mixed in (equation 2, PPO-ptx).
//
//	Trainer    the parts, and Fit, which goes through the iterations
//	Options    the settings
//	Episode    a prompt, a response, and what is learnt from it
//
// The trainer knows nothing of networks: a [Learner] gives numbers for the tokens of a
// batch and takes gradients of a loss over them. The mathematics is that of package rl.
//
// Log-probabilities of the policy that sampled are those that the sampler drew by: a row
// has the same bits in any batch, decoded or trained, so that they are those of training's
// own forward pass, and the first minibatch's ratios are exactly 1. Every iteration checks
// it. Temperature is 1 throughout, and nothing is dropped out. Everything random hangs on
// the seed, the iteration and the place in it: weights, optimisers and the coefficient of
// the penalty are all that an iteration goes on from.
package ppo
