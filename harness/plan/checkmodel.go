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
	remoteFields     = less(serverFields, "system", "concurrency")
	samplingFields   = less(yamlstruct.Keys(Sampling{}), "max_completion_tokens")
	connectionFields = []string{"headers", "query", "api_key_header", "api_key_scheme", "api_key_env"}
	bodyFields       = less(yamlstruct.Keys(Form{}), connectionFields...)
)

// less is a list without some of its texts.
func less(all []string, without ...string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(one string) bool { return slices.Contains(without, one) })
}

// model checks a model of the plan.
func (c *runChecker) model(m *Model, before []Model) {
	switch {
	case strings.Contains(m.Name, ":"):
		c.Fail(m.Line("name"), "a model's name with a colon; RUN:MODEL could not name it: choose another")
	case slices.Contains(names(before), m.Name):
		c.Fail(m.Line("name"), "a second model %q; give each a name of its own", m.Name)
	}
	c.server(&m.Place, m.Spec, &m.Server)
	if m.Spec.Kind != GPT && m.Spec.Kind != World {
		refuse(c.File, &m.Place, "is for gpt: and world:; a server cuts texts as it does", "split_special_tokens")
	}
	if m.BestOf == 0 {
		return
	}
	if m.Spec.Kind == Replay {
		refuse(c.File, &m.Place, "is for models that generate, and recorded outputs are fixed", "best_of", "reward")
	}
	if m.Reward.Kind != GPT {
		c.Fail(m.Line("reward"), "a reward model is a local checkpoint; write reward: gpt:DIR")
	}
}

// judge checks a judge of the plan.
func (c *runChecker) judge(j *Judge, before []Judge) {
	if slices.ContainsFunc(before, func(o Judge) bool { return o.Name == j.Name }) {
		c.Fail(j.Line("name"), "a second judge %q; give each a name of its own", j.Name)
	}
	kind, err := judge.Find(j.Kind)
	if err != nil { // there has been a fault
		return
	}
	for _, other := range judge.Kinds() {
		if other.Settings != nil && other.Name != kind.Name {
			refuse(c.File, &j.Place, "is for kind: "+string(other.Name), less(yamlstruct.Keys(other.Settings), ownKeys(kind)...)...)
		}
	}
	if _, err := kind.New(j.Name, j.Settings); err != nil {
		c.Fail(j.Line(""), "judge %s: %w", j.Name, err)
	}
	switch kind.Asks {
	case judge.Service:
		c.service(j)
	case judge.RewardModel:
		c.rewardModel(j)
	case judge.Nothing:
		refuse(c.File, &j.Place, fmt.Sprintf("is for judges that send requests, and those of kind %s send none", j.Kind), slices.Concat([]string{"model"}, serverFields, samplingFields)...)
	default:
		if j.Spec == (Spec{}) {
			c.Fail(j.Line(""), "judge %s has no model:; write openai:URL#NAME for a server, or replay:FILE for recorded outputs", j.Name)
			return
		}
		c.server(&j.Place, j.Spec, &j.Server)
	}
}

// ownKeys are the fields that a kind of judge has to itself.
func ownKeys(k judge.Kind) []string {
	if k.Settings == nil {
		return nil
	}
	return yamlstruct.Keys(k.Settings)
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
	refuse(c.File, &j.Place, "is for models that answer, and a reward model scores", slices.Concat([]string{"system"}, samplingFields)...)
	switch {
	case j.Spec == (Spec{}):
		c.Fail(j.Line(""), "reward judge %s without a model; write model: gpt:DIR, where 'assay train reward' leaves it in DIR/model", j.Name)
	case j.Spec.Kind != GPT:
		c.Fail(j.Line("model"), "a reward model is a local checkpoint; write model: gpt:DIR")
	}
	refuse(c.File, &j.Place, "is for openai:, and a local checkpoint has no server", remoteFields...)
}

// service checks a toxicity judge.
func (c *runChecker) service(j *Judge) {
	if j.Service == "" {
		c.Fail(j.Line(""), "toxicity judge %s without a service; write service: and one of perspective, moderation and classifier", j.Name)
		return
	}
	refuse(c.File, &j.Place, "is for judges that are models", slices.Concat([]string{"model", "endpoints", "api", "logprobs", "served_as", "system", "tokens_per_minute", "price", "max_completion_tokens"}, bodyFields, samplingFields)...)
	switch j.Service {
	case judge.Perspective:
		if j.APIKeyEnv == "" && j.URL == "" {
			c.Fail(j.Line(""), "Perspective without a key; name the variable that has it in api_key_env")
		}
	case judge.Classifier:
		if j.URL == "" {
			c.Fail(j.Line(""), "classifier %s without an address; write url: and the server's", j.Name)
		}
		if j.Label == "" {
			c.Fail(j.Line(""), "classifier %s without a label; write label: and the one that means toxic", j.Name)
		}
	}
	if j.Service != judge.Classifier {
		refuse(c.File, &j.Place, "is for service: classifier", "label")
	}
	if j.Service != judge.Moderation {
		refuse(c.File, &j.Place, "is for service: moderation", "categories")
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
		refuse(c.File, at, "is for openai:, and recorded outputs are fixed", slices.Concat(serverFields, samplingFields)...)
		return
	case GPT, World:
		refuse(c.File, at, "is for openai:, and a local checkpoint has no server", remoteFields...)
		return
	}
	s.API, s.Logprobs = cmp.Or(s.API, Completions), cmp.Or(s.Logprobs, AutoLogprobs)
	if s.API == Chat && s.Logprobs == Echo {
		c.Fail(at.Line("logprobs"), "logprobs: echo with api: chat, which has no echo; write api: completions, or logprobs: letters")
	}
	for i, endpoint := range s.Endpoints {
		address, err := parseURL(endpoint)
		if err != nil {
			c.Fail(at.Line("endpoints"), "endpoints: %w", err)
		}
		if address == spec.Target || slices.Contains(s.Endpoints[:i], address) {
			c.Fail(at.Line("endpoints"), "one server twice among model and endpoints; remove one of the two")
		}
		s.Endpoints[i] = address
	}
	c.requests(at, s)
}
