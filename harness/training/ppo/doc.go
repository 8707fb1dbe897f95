// Package ppo makes trainings by proximal policy optimisation from plans (Ouyang et al. 2022,
// section 3.5 and appendix C.4). The training's loop is package assay/models/train/ppo.
//
//	Open    finds the files that a plan names
//	New     reads them, opens the networks, and returns the training
package ppo
