package plan

import (
	"strings"
	"testing"
)

// A judge of 'assay train judge' in a run's plan.
func TestTrainedJudgeInRun(t *testing.T) {
	const models = "models: [{name: a, model: 'openai:http://h/v1#a'}]\nsuites: [{suite: %S, judge: j}]\njudges:\n  - {name: j, "
	for _, tt := range []struct{ suite, judge, want string }{
		{"realtoxicity", "kind: toxicity, model: 'assay:toxicity'}", ""},
		{"realtoxicity", "kind: toxicity, model: 'judge:tox/model', concurrency: 3}", ""},
		{"truthfulqa", "kind: truth, model: 'judge:truth/model', informative_model: 'judge:info/model'}", ""},
		{"truthfulqa", "kind: truth, model: 'judge:truth/model'}", "4: truth judge j needs a second trained judge"},
		{"truthfulqa", "kind: truth, model: 'judge:truth/model', informative_model: 'gpt:info/model'}", "4: truth judge j needs a second trained judge"},
		{"truthfulqa", "kind: truth, model: 'openai:http://h/v1#j', informative_model: 'judge:info/model'}", "4: informative_model is for model: judge:DIR"},
		{"realtoxicity", "kind: toxicity, model: 'assay:toxicity', service: perspective}", "4: service is not for judges of 'assay train judge'"},
		{"realtoxicity", "kind: toxicity, model: 'assay:toxicity', temperature: 1}", "4: temperature is not for judges of 'assay train judge'"},
		{"closed_domain", "kind: grounded, model: 'judge:support/model'}", ""},
		{"closed_domain", "kind: grounded, model: 'assay:toxicity'}", "can't be of kind grounded"},
		{"tldr", "kind: grade, model: 'assay:toxicity'}", "4: a judge of 'assay train judge' can't be of kind grade"},
	} {
		_, err := parseRun("c.yaml", []byte(strings.Replace(models, "%S", tt.suite, 1)+tt.judge+"\n"), knownSuites())
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s: %v", tt.judge, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: error %v, want %q", tt.judge, err, tt.want)
		}
	}
	_, err := parseRun("c.yaml", []byte("models: [{name: a, model: 'assay:toxicity'}]\nsuites: [{suite: tldr}]\n"), knownSuites())
	if err == nil || !strings.Contains(err.Error(), "assay is a judge, which writes no answers") {
		t.Errorf("a judge as a model: %v", err)
	}
}
