// Package sft is the data of supervised fine-tuning: demonstrations, each a prompt
// and what a model should have said (Ouyang et al. 2022, section 3.5). The loss
// counts what should have been said, its end included, and not the prompt.
package sft
