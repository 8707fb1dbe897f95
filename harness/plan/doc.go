// Package plan reads the YAML files that users write: run plans, gates files, and the
// configurations of trainings. Each is a struct, whose tags and comments say what a file may
// have ([assay/harness/yamlstruct]); checks across fields are methods beside it. Reading is
// strict: an unknown field, a wrong type or a wrong name is an error with file, line and
// remedy.
//
// A run's plan needs only models and suites:
//
//	title: PPO beside SFT            # of reports
//	baseline: sft                    # a model's name below
//	models:
//	  - {name: sft, model: "openai:http://127.0.0.1:8080/v1#NAME", temperature: 0.7}
//	  - name: ppo
//	    model: gpt:ppo/model
//	    suites: [truthfulqa]         # only these of the suites below
//	suites:
//	  - {suite: truthfulqa, conditions: [QA prompt], limit: 200, judge: truth}
//	judges:
//	  - {name: truth, kind: truth, model: "openai:http://127.0.0.1:8082/v1#NAME", api: chat}
//	gates:
//	  - {suite: truthfulqa, metric: true_informative, condition: QA prompt, margin: 0.05}
//
// [Run] has every field; 'assay schema run --list' prints them.
package plan
