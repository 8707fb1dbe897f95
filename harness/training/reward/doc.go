// Package reward makes trainings of reward models from plans (Ouyang et al. 2022, section
// 3.5 and appendix C.2), with a cross-validation over groups of labelers (section 5.2 of the
// paper), and evaluates what was trained.
//
//	Open              finds the files that a plan names
//	New               reads and checks them
//	Training.Run      trains, cross-validates and evaluates
//	Training.Job      the training alone, to measure what it takes
package reward
