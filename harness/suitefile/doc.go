// Package suitefile reads suites that users write as YAML files: which data, how a row becomes
// a prompt, and how an answer is scored. A file is read into a [File], checked, and built into
// an ordinary [suites.Suite]: engine, judging, estimates and reports see no difference.
//
//	data: tickets.csv                        # beside the file
//	prompt: "{{ question }}\nAnswer:"        # Jinja over the row's columns
//	references: answer                       # a column, or a template
//	metrics: [exact_match, f1]
//
// A plan names the file under suite:. [File] has every field.
package suitefile
