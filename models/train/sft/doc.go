// Package sft has the data of supervised fine-tuning: demonstrations, each a prompt and its
// desired completion (Ouyang et al. 2022, section 3.5). The loss counts the completion,
// including its end, and not the prompt.
package sft
