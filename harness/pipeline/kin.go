package pipeline

import (
	"regexp"
	"slices"
	"strings"
)

// families are those of models that are used as judges, by the names that they are served under. A
// name may be of two, as a distilled model's is.
var families = []struct {
	name string
	of   *regexp.Regexp
}{
	{"GPT", regexp.MustCompile(`(?:^|[^a-z])gpt-?_?[345](?:o|[-_. ]|$)|chatgpt|davinci|\bo[134]\b`)},
	{"Claude", regexp.MustCompile(`claude`)},
	{"Gemini", regexp.MustCompile(`gemini|\bpalm|\bbard\b`)},
	{"Gemma", regexp.MustCompile(`gemma`)},
	{"Llama", regexp.MustCompile(`llama`)},
	{"Mistral", regexp.MustCompile(`mi[sx]tral`)},
	{"Qwen", regexp.MustCompile(`qwen|\bqwq`)},
	{"DeepSeek", regexp.MustCompile(`deepseek`)},
	{"Phi", regexp.MustCompile(`\bphi-?\d`)},
	{"Command", regexp.MustCompile(`command-?r|\bcohere`)},
	{"Grok", regexp.MustCompile(`\bgrok`)},
	{"GLM", regexp.MustCompile(`\b(?:chat)?glm`)},
	{"Yi", regexp.MustCompile(`\byi-`)},
	{"OLMo", regexp.MustCompile(`\bolmo`)},
	{"SmolLM", regexp.MustCompile(`smollm`)},
	{"Vicuna", regexp.MustCompile(`vicuna`)},
	{"Falcon", regexp.MustCompile(`falcon`)},
}

// familiesOf are those that a model's name shows.
func familiesOf(name string) (all []string) {
	name = strings.ToLower(name)
	for _, f := range families {
		if f.of.MatchString(name) {
			all = append(all, f.name)
		}
	}
	return all
}

// kin reports whether two names are of one model or of one family.
func kin(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	of := familiesOf(b)
	return strings.EqualFold(a, b) || slices.ContainsFunc(familiesOf(a), func(f string) bool { return slices.Contains(of, f) })
}
