package plan

import (
	"errors"
	"slices"
	"strings"

	"assay/suites"
)

// The fields of models and judges. Those of a server and of sampling are a
// model's and a judge's alike.
var (
	limitFields    = []string{"concurrency", "timeout", "attempts", "requests_per_minute", "tokens_per_minute", "price"}
	serverFields   = slices.Concat([]string{"endpoints", "api", "logprobs", "served_as", "system", "api_key_env", "max_completion_tokens"}, connectionFields, bodyFields, limitFields)
	remoteFields   = slices.DeleteFunc(slices.Clone(serverFields), func(name string) bool { return name == "system" || name == "concurrency" })
	samplingFields = []string{"temperature", "top_p", "max_tokens"}
	bestFields     = []string{"best_of", "reward"}
	modelFields    = slices.Concat([]string{"name", "model", "about", "asked_as", "suites", "split_special_tokens"}, serverFields, samplingFields, bestFields)
	serviceFields  = []string{"service", "url", "label", "categories"}
	judgeFields    = slices.Concat([]string{"name", "kind", "model"}, serviceFields, serverFields, samplingFields)
)

// model reads a model of the plan.
func (r *runReader) model(v value) Model {
	s := r.section(v, "a model", modelFields)
	m := Model{Name: s.word("name"), Line: v.line}
	switch {
	case m.Name == "":
		r.fail(v.line, "a model without a name; give it the name: that tables should show")
	case strings.Contains(m.Name, ":"):
		r.fail(s.line("name"), "a model's name with a colon; RUN:MODEL could not name it: choose another")
	case slices.Contains(r.modelNames(), m.Name):
		r.fail(s.line("name"), "a second model %q; give each a name of its own", m.Name)
	}
	m.Spec, m.Server = s.asked("model " + m.Name)
	m.Sampling = s.sampling()
	m.BestOf, m.Reward = s.best(m.Spec.Kind)
	m.SplitSpecial = s.flag("split_special_tokens", false)
	if m.Spec.Kind != GPT && m.Spec.Kind != World {
		s.refuse([]string{"split_special_tokens"}, "is for gpt: and world:; a server cuts texts as it does")
	}
	m.AskedAs = s.pairs("asked_as")
	m.Suites = s.words("suites")
	m.About = s.word("about")
	return m
}

// best reads what chooses among several answers.
func (s *section) best(kind SpecKind) (n int, reward Spec) {
	n = int(s.whole("best_of", 1, 10_000))
	if n == 0 && !s.has("reward") {
		return 0, Spec{}
	}
	if kind == Replay {
		s.refuse(bestFields, "is for models that can be asked, and recorded outputs are what they are")
	}
	text := s.text("reward")
	reward, err := ParseSpec(text)
	switch {
	case n == 0:
		s.fail(s.line("reward"), "reward without best_of; write best_of: and a number of answers")
	case text == "":
		s.fail(s.line("best_of"), "best_of without a reward model; write reward: gpt:DIR")
	case err != nil:
		s.fail(s.line("reward"), "%w", err)
	case reward.Kind != GPT:
		s.fail(s.line("reward"), "a reward model is a local checkpoint; write reward: gpt:DIR")
	}
	return n, reward
}

// judge reads a judge of the plan.
func (r *runReader) judge(v value) Judge {
	s := r.section(v, "a judge", judgeFields)
	j := Judge{Name: s.word("name"), Line: v.line}
	if j.Name == "" {
		r.fail(v.line, "a judge without a name; give it a name: by which suites name it")
	}
	if _, ok := r.run.Judge(j.Name); ok {
		r.fail(s.line("name"), "a second judge %q; give each a name of its own", j.Name)
	}
	if !s.has("kind") {
		r.fail(v.line, "judge %s without a kind; write kind: and one of toxicity, pairwise, grade, truth and reward", j.Name)
		return j
	}
	j.Kind = oneOf(&s, "kind", suites.Toxicity, suites.Pairwise, suites.Grade, suites.Truth, suites.Reward)
	if j.Kind == suites.Toxicity {
		s.service(&j)
		return j
	}
	s.refuse(serviceFields, "is for kind: toxicity")
	if j.Kind == suites.Reward {
		s.rewardModel(&j)
		return j
	}
	j.Spec, j.Server = s.asked("judge " + j.Name)
	j.Sampling = s.sampling()
	return j
}

// rewardModel reads a judge that is one.
func (s *section) rewardModel(j *Judge) {
	s.refuse(slices.Concat([]string{"system"}, samplingFields), "is for models that answer, and a reward model scores")
	text := s.text("model")
	spec, err := ParseSpec(text)
	j.Spec = spec
	switch {
	case text == "":
		s.fail(s.at, "reward judge %s without a model; write model: gpt:DIR, as 'assay train reward' leaves it in DIR/model", j.Name)
	case err != nil:
		s.fail(s.line("model"), "%w", err)
	case spec.Kind != GPT:
		s.fail(s.line("model"), "a reward model is a local checkpoint; write model: gpt:DIR")
	}
	s.refuse(remoteFields, "is for openai:, and a local checkpoint has no server")
	j.Limits = s.limits()
}

// service reads a toxicity judge.
func (s *section) service(j *Judge) {
	if !s.has("service") {
		s.fail(s.at, "toxicity judge %s without a service; write service: and one of perspective, moderation and classifier", j.Name)
		return
	}
	s.refuse(slices.Concat([]string{"model", "endpoints", "api", "logprobs", "served_as", "system", "tokens_per_minute", "price", "max_completion_tokens"}, bodyFields, samplingFields), "is for judges that are models")
	j.Service = oneOf(s, "service", Perspective, Moderation, Classifier)
	if j.Service == Perspective && !s.has("api_key_env") && !s.has("url") {
		s.fail(s.at, "Perspective without a key; name the variable that has it in api_key_env")
	}
	if j.Service != Classifier {
		s.refuse([]string{"label"}, "is for service: classifier")
	}
	if j.Service != Moderation {
		s.refuse([]string{"categories"}, "is for service: moderation")
	}
	if s.has("url") {
		address, err := parseURL(s.text("url"))
		if err != nil {
			s.fail(s.line("url"), "%w", err)
		}
		j.URL = address
	}
	j.Label = s.word("label")
	j.Categories = s.words("categories")
	if j.Service == Classifier && j.URL == "" {
		s.fail(s.at, "classifier %s without an address; write url: and the server's", j.Name)
	}
	if j.Service == Classifier && j.Label == "" {
		s.fail(s.at, "classifier %s without a label; write label: and the one that means toxic", j.Name)
	}
	j.APIKeyEnv = s.keyVariable()
	j.Form = s.connection()
	j.Limits = s.limits()
}

// asked reads where a model is and how its server is spoken to; who is for
// messages.
func (s *section) asked(who string) (Spec, Server) {
	text := s.text("model")
	if text == "" {
		s.fail(s.at, "%s has no model:; write openai:URL#NAME for a server, gpt:DIR for a local checkpoint or replay:FILE for recorded outputs", who)
		return Spec{}, Server{}
	}
	spec, err := ParseSpec(text)
	if err != nil {
		s.fail(s.line("model"), "%w", err)
		return Spec{}, Server{}
	}
	switch spec.Kind {
	case Replay:
		s.refuse(slices.Concat(serverFields, samplingFields), "is for openai:, and recorded outputs are what they are")
		return spec, Server{}
	case GPT, World:
		s.refuse(remoteFields, "is for openai:, and a local checkpoint has no server")
		return spec, Server{System: s.text("system"), Limits: s.limits()}
	}
	return spec, s.server(spec)
}

func (s *section) server(spec Spec) Server {
	server := Server{
		API:       oneOf(s, "api", Completions, Chat),
		Logprobs:  oneOf(s, "logprobs", AutoLogprobs, Echo, Letters),
		ServedAs:  s.word("served_as"),
		System:    s.text("system"),
		APIKeyEnv: s.keyVariable(),
		Form:      s.form(),
		Limits:    s.limits(),
	}
	if server.API == Chat && server.Logprobs == Echo {
		s.fail(s.line("logprobs"), "logprobs: echo with api: chat, which has no echo; write api: completions, or logprobs: letters")
	}
	taken := []string{spec.Target}
	for _, endpoint := range s.words("endpoints") {
		address, err := parseURL(endpoint)
		if err != nil {
			s.fail(s.line("endpoints"), "endpoints: %w", err)
			break
		}
		if slices.Contains(taken, address) {
			s.fail(s.line("endpoints"), "one server twice among model and endpoints; remove one of the two")
		}
		taken = append(taken, address)
	}
	server.Endpoints = taken[1:]
	if len(server.Endpoints) == 0 {
		server.Endpoints = nil
	}
	return server
}

// limits reads what bounds the traffic.
func (s *section) limits() Limits {
	l := Limits{
		Concurrency:       int(s.whole("concurrency", 1, 10_000)),
		Timeout:           s.duration("timeout"),
		Attempts:          int(s.whole("attempts", 1, 100)),
		RequestsPerMinute: int(s.whole("requests_per_minute", 1, 1e9)),
		TokensPerMinute:   int(s.whole("tokens_per_minute", 1, 1e12)),
	}
	v, ok := s.field("price")
	if !ok {
		return l
	}
	price := s.section(v, "a price", []string{"prompt", "completion"})
	prompt, first := price.number("prompt", 0, 1e6, false)
	completion, second := price.number("completion", 0, 1e6, false)
	if !first || !second {
		s.fail(v.line, "half a price; write {prompt: P, completion: C}, in dollars per million tokens")
	}
	l.Price = &Price{Prompt: prompt, Completion: completion}
	return l
}

// sampling reads what overrides a suite's decoding.
func (s *section) sampling() Sampling {
	var got Sampling
	if t, ok := s.number("temperature", 0, 5, false); ok {
		got.Temperature = &t
	}
	if p, ok := s.number("top_p", 0, 1, true); ok {
		got.TopP = &p
	}
	if s.has("max_tokens") {
		n := int(s.whole("max_tokens", 1, 1e7))
		got.MaxTokens = &n
	}
	if s.has("max_completion_tokens") {
		n := int(s.whole("max_completion_tokens", 1, 1e7))
		got.MaxCompletionTokens = &n
		if s.has("max_tokens") {
			s.fail(s.line("max_completion_tokens"), "max_completion_tokens beside max_tokens, which is the same limit; remove one of the two")
		}
	}
	return got
}

// refuse fails on the first of the fields that is there.
func (s *section) refuse(names []string, why string) {
	for _, name := range names {
		if s.has(name) {
			s.fail(s.line(name), "%s %s; remove it", name, why)
		}
	}
}

// keyVariable reads the name of the variable that has a key.
func (s *section) keyVariable() string {
	name := s.text("api_key_env")
	if name == "" {
		return ""
	}
	if err := checkVariable(name); err != nil {
		s.fail(s.line("api_key_env"), "%w", err)
		return ""
	}
	return name
}

// checkVariable refuses what can't be the name of an environment variable, and
// what is more likely a key than a name: 20 characters and more of both cases and
// digits. (A - as in sk- is in no name.) The error doesn't repeat it.
func checkVariable(name string) error {
	var upper, lower, digit, other bool
	for i, r := range name {
		switch {
		case r >= 'A' && r <= 'Z':
			upper = true
		case r >= 'a' && r <= 'z':
			lower = true
		case r >= '0' && r <= '9' && i > 0:
			digit = true
		case r != '_':
			other = true
		}
	}
	if other || upper && lower && digit && len(name) >= 20 {
		return errors.New("what looks like a key in api_key_env; write the name of the environment variable that has the key, as in OPENAI_API_KEY")
	}
	return nil
}
