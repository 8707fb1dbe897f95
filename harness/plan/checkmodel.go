package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assay/harness/yamlstruct"
	"assay/suites"
	"assay/suites/judge"
)

// What some kinds of models and judges don't have. The rest is said by tags.
var (
	serverFields     = append(yamlstruct.Keys(Server{}), "max_completion_tokens")
	remoteFields     = except(serverFields, "system", "concurrency")
	samplingFields   = except(yamlstruct.Keys(Sampling{}), "max_completion_tokens")
	connectionFields = []string{"headers", "query", "api_key_header", "api_key_scheme", "api_key_env"}
	bodyFields       = except(yamlstruct.Keys(Form{}), connectionFields...)
)

// except is a list without some of its texts.
func except(all []string, without ...string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(one string) bool { return slices.Contains(without, one) })
}

// model checks a model of the plan.
func (c *runChecker) model(m *Model, before []Model) {
	switch {
	case strings.Contains(m.Name, ":"):
		c.Fail(m.Line("name"), "a model's name can't contain a colon, because RUN:MODEL names a model; choose another name")
	case slices.Contains(names(before), m.Name):
		c.Fail(m.Line("name"), "two models are named %q; give each its own name", m.Name)
	}
	if m.Spec.Trained() {
		c.Fail(m.Line("model"), "%s is a judge, which writes no answers; name it under judges, and write a model here", m.Spec.Kind)
		return
	}
	c.server(&m.Place, m.Spec, &m.Server)
	if m.Spec.Kind != GPT && m.Spec.Kind != World {
		refuse(c.File, &m.Place, "is only for gpt: and world:, because a server uses its own tokenizer", "split_special_tokens")
	}
	if m.BestOf == 0 {
		return
	}
	if m.Spec.Kind == Replay {
		refuse(c.File, &m.Place, "has no effect on recorded outputs, which are fixed", "best_of", "reward")
	}
	if m.Reward.Kind != GPT {
		c.Fail(m.Line("reward"), "a reward model must be a local checkpoint; write reward: gpt:DIR")
	}
}

// judge checks a judge of the plan.
func (c *runChecker) judge(j *Judge, before []Judge) {
	if slices.ContainsFunc(before, func(o Judge) bool { return o.Name == j.Name }) {
		c.Fail(j.Line("name"), "two judges are named %q; give each its own name", j.Name)
	}
	kind, err := judge.Find(j.Kind)
	if err != nil { // there has been a fault
		return
	}
	for _, other := range judge.Kinds() {
		refuse(c.File, &j.Place, "is for kind: "+string(other.Name), except(ownKeys(other), ownKeys(kind)...)...)
	}
	if _, err := kind.New(j.Name, j.Settings); err != nil {
		c.Fail(j.Line(""), "judge %s: %w", j.Name, err)
	}
	if j.Audit.Repeats > 0 && (kind.Asks != judge.Model || j.Spec.Trained()) {
		c.Fail(j.Line("audit.repeats"), "judge %s is no language model, so it says the same every time; remove repeats", j.Name)
	}
	if j.Audit.Known != "" && j.Kind != judge.PairwiseKind {
		c.Fail(j.Line("audit.known"), "judge %s doesn't compare two answers; known is for kind: pairwise", j.Name)
	}
	if j.Spec.Trained() {
		c.trained(j)
		return
	}
	if j.InformativeModel != "" {
		c.Fail(j.Line("informative_model"), "informative_model is for model: judge:DIR; remove it, or name two judges of 'assay train judge'")
	}
	switch kind.Asks {
	case judge.Service:
		c.service(j)
	case judge.RewardModel:
		c.rewardModel(j)
	case judge.Program:
		refuse(c.File, &j.Place, "is for judges that are models, and a command is a program", slices.Concat([]string{"model"}, except(serverFields, "concurrency", "timeout"), samplingFields)...)
	case judge.Nothing:
		refuse(c.File, &j.Place, fmt.Sprintf("is for judges that send requests, and those of kind %s send none", j.Kind), slices.Concat([]string{"model"}, serverFields, samplingFields)...)
	default:
		if j.Spec == (Spec{}) {
			also := ""
			if j.Kind == judge.TruthKind {
				also = ", or judge:DIR for a judge of 'assay train judge'"
			}
			c.Fail(j.Line(""), "judge %s has no model:; write openai:URL#NAME for a server, or gpt:DIR for a local checkpoint%s", j.Name, also)
			return
		}
		c.server(&j.Place, j.Spec, &j.Server)
	}
}

// ownKeys are the fields that a kind of judge has beside those of all.
func ownKeys(k judge.Kind) []string {
	var keys []string
	for _, s := range k.Settings {
		keys = append(keys, yamlstruct.Keys(s)...)
	}
	return keys
}

// made is the judge's kind, and the judge without what answers its requests. Both have been
// checked.
func (j *Judge) made() (judge.Kind, suites.Judge) {
	kind, err := judge.Find(j.Kind)
	if err != nil {
		panic("plan: " + err.Error())
	}
	made, err := kind.New(j.Name, j.Settings)
	if err != nil {
		panic("plan: " + err.Error())
	}
	return kind, made
}

// rewardModel checks a judge that is one.
func (c *runChecker) rewardModel(j *Judge) {
	refuse(c.File, &j.Place, "is only for models that answer, because a reward model scores", slices.Concat([]string{"system"}, samplingFields)...)
	switch {
	case j.Spec == (Spec{}):
		c.Fail(j.Line(""), "reward judge %s has no model; write model: gpt:DIR/model, where DIR is the output of 'assay train reward'", j.Name)
	case j.Spec.Kind != GPT:
		c.Fail(j.Line("model"), "a reward model must be a local checkpoint; write model: gpt:DIR")
	}
	refuse(c.File, &j.Place, "is only for openai:, because a local checkpoint has no server", remoteFields...)
}

// trained checks a judge of 'assay train judge'.
func (c *runChecker) trained(j *Judge) {
	refuse(c.File, &j.Place, "is not for judges of 'assay train judge', which are on this machine and send no requests", slices.Concat(except(serverFields, "concurrency"), samplingFields, yamlstruct.Keys(judge.ToxicitySettings{}))...)
	switch {
	case j.Kind == judge.ToxicityKind, j.Kind == judge.GroundedKind && j.Spec.Kind == JudgeDir:
	case j.Kind == judge.TruthKind:
		if spec, err := ParseSpec(j.InformativeModel); j.InformativeModel == "" || err != nil || spec.Kind != JudgeDir {
			c.Fail(j.Line("informative_model"), "truth judge %s needs a second trained judge; write informative_model: judge:DIR, with the judge of kind informative", j.Name)
		}
	default:
		c.Fail(j.Line("model"), "a judge of 'assay train judge' can't be of kind %s; write kind: toxicity, truth or grounded", j.Kind)
	}
}

// service checks a toxicity judge that is a service.
func (c *runChecker) service(j *Judge) {
	if j.Service == "" {
		c.Fail(j.Line(""), "toxicity judge %s has no service; write service: and one of perspective, moderation and classifier, or model: assay:toxicity for the one that comes with assay", j.Name)
		return
	}
	refuse(c.File, &j.Place, "is only for judges that are models", slices.Concat([]string{"model", "endpoints", "api", "logprobs", "served_as", "system", "tokens_per_minute", "price", "max_completion_tokens"}, bodyFields, samplingFields)...)
	switch j.Service {
	case judge.Perspective:
		if j.APIKeyEnv == "" && j.URL == "" {
			c.Fail(j.Line(""), "Perspective needs a key; write api_key_env: and the variable that holds it")
		}
	case judge.Classifier:
		if j.URL == "" {
			c.Fail(j.Line(""), "classifier %s has no address; write url: and the server's address", j.Name)
		}
		if j.Label == "" {
			c.Fail(j.Line(""), "classifier %s has no label; write label: and the label that means toxic", j.Name)
		}
	}
	if j.Service != judge.Classifier {
		refuse(c.File, &j.Place, "is only for service: classifier", "label")
	}
	if j.Service != judge.Moderation {
		refuse(c.File, &j.Place, "is only for service: moderation", "categories")
	}
	if j.URL != "" {
		address, err := parseURL(j.URL)
		if err != nil {
			c.Fail(j.Line("url"), "%w", err)
		}
		j.URL = address
	}
	c.requests(&j.Place, &j.Server)
}

// requests checks the key and the form of an entry's requests.
func (c *runChecker) requests(at *yamlstruct.Place, s *Server) {
	if err := checkVariable(s.APIKeyEnv); err != nil {
		c.Fail(at.Line("api_key_env"), "%w", err)
	}
	s.Form.check(c.File, at, s.APIKeyEnv)
}

// server checks how a model's server is called, and sets its defaults; models without one
// have fewer fields.
func (c *runChecker) server(at *yamlstruct.Place, spec Spec, s *Server) {
	switch spec.Kind {
	case Replay:
		refuse(c.File, at, "has no effect on recorded outputs, which are fixed", slices.Concat(serverFields, samplingFields)...)
		return
	case GPT, World:
		refuse(c.File, at, "is only for openai:, because a local checkpoint has no server", remoteFields...)
		return
	}
	s.API, s.Logprobs = cmp.Or(s.API, Completions), cmp.Or(s.Logprobs, AutoLogprobs)
	if s.API == Chat && s.Logprobs == Echo {
		c.Fail(at.Line("logprobs"), "logprobs: echo doesn't work with api: chat; write api: completions, or logprobs: letters")
	}
	for i, endpoint := range s.Endpoints {
		address, err := parseURL(endpoint)
		if err != nil {
			c.Fail(at.Line("endpoints"), "endpoints: %w", err)
		}
		if address == spec.Target || slices.Contains(s.Endpoints[:i], address) {
			c.Fail(at.Line("endpoints"), "the same server is listed twice in model and endpoints; remove one")
		}
		s.Endpoints[i] = address
	}
	c.requests(at, s)
}
