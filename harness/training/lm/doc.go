// Package lm makes trainings of language models from plans: pretraining on text, and
// supervised fine-tuning on demonstrations (Ouyang et al. 2022, section 3.5 and appendix
// C.1), in which pretraining text may be mixed and a reward model may choose the checkpoint.
//
//	Open    finds the files that a plan names
//	New     reads them, opens or creates the model, and returns the training
package lm
