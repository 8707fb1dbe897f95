// Package lmeval runs task files of lm-evaluation-harness as they are: "suite: lm-eval:PATH" in a plan.
//
// A task becomes an ordinary [suites.Suite]. [Open] reads the YAML with its includes (yaml.go, config.go), finds and
// reads the data (dataset.go, columns.go), renders prompts with few-shot examples (prompt.go, random.go),
// and its judge filters and scores answers (filter.go, scores.go, metrics.go). A group with aggregates is one suite
// whose categories are its tasks; a group without, and a tag, are several suites (group.go).
//
// Prompts and metrics are those of lm-evaluation-harness 0.4.13. What needs Python (!function) or can't be done here
// is refused by name, with file and line, before anything is run.
package lmeval
