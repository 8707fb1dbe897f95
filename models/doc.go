// Package models is the vocabulary of language models: a model's name and size ([Info]), a request to it
// ([Request]), what it can do ([Generator], [Scorer], [Rewarder]), and its output ([Answer], and [Completion]
// as a record of a run).
package models
