package suites

import "assay/models"

// Live says how a suite is run on a model: where its public data are, and which requests it
// makes.
type Live struct {
	// Data is the data set's usual place below the folder of data sets, if the plan names no
	// file.
	Data string
	// BuiltIn says that Load brings data of its own if the plan names no file.
	BuiltIn bool
	// Shards says that the data may be a folder of files, or a pattern that several match.
	Shards bool
	// Shots is the same for the file of few-shot examples; "" where there is no
	// usual one.
	Shots string
	// Sampling is the suite's own way of decoding.
	Sampling models.Sampling
	// Samples is the number of answers per example unless a plan says another; 0 is 1.
	Samples int
	// Conditions that are run unless a plan chooses others. Nil is the suite's complete list.
	Conditions []string
	// ShotConditions are the conditions that need a Shots file.
	ShotConditions []string
	// Strata are fields of examples over whose values a plan may draw its examples evenly.
	Strata []string
	// TurnConditions are the conditions whose requests have earlier turns of a chat, which only
	// models with messages take.
	TurnConditions []string
	// OwnShots says that the suite has few-shot examples of its own, which a Shots file replaces.
	OwnShots bool
	// Scored says that the suite needs log-probabilities of choices, not text.
	Scored bool
	// ByLetter says that a model without log-probabilities can choose by letter instead:
	// requests have Letters. If it can't, a plan with such a model is refused.
	ByLetter bool
	// Brings are metrics that judges made with the data may produce: see [Set.Judges]. Whether
	// they do depends on the data.
	Brings []string
	// Load reads the files. Its errors name file, line and remedy.
	Load func(files Files) (*Set, error)
}

// Files are the existing files that a suite reads. Shots is "" if the plan names none and
// there is no usual one. So is Data of a suite with [Live.BuiltIn].
type Files struct {
	Data, Shots string
	Folder      string // the folder of data sets, or ""
}

// Set is a suite's data, read.
type Set struct {
	Examples []Example // in file order, ids distinct
	// Ask makes the request for an example under one condition: prompt, system and choices,
	// and stops if a condition has its own. The caller fills in the rest of Sampling, the
	// seed, the sample and About.
	Ask func(ex *Example, condition string) models.Request
	// Judges are made with the data, if judging needs more than an example holds.
	Judges []Judge
	// Files are paths that Load read besides those it was given.
	Files []string
	// Notices are for the user: rows that were skipped, and why.
	Notices []string
}
