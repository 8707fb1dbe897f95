package score

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"assay/harness/leaf/place"
	"assay/metrics/text"
)

// Normaliser is a change to a text before it is compared.
type Normaliser struct {
	Name, About string
	Apply       func(string) string
}

// Normalisers lists the changes that files can name.
func Normalisers() []Normaliser {
	return []Normaliser{
		{"none", "nothing; alone in the list", func(s string) string { return s }},
		{"case", "lower case", text.Lower},
		{"space", "no white space at the ends, one space for each run of it", text.Spaces},
		{"punctuation", "no punctuation", text.DropPunctuation},
		{"ascii_punctuation", "none of ASCII's punctuation", text.DropASCIIPunctuation},
		{"articles", "no a, an or the; after case", text.DropArticles},
		{"numbers", "one form for numbers: 1,000.50 and +1000.5 are 1000.5, and twelve is 12", text.Numbers},
		{"digits", "no digits", text.DropDigits},
		{"unicode", "Unicode's form NFKC", text.Compatible},
		{"squad", "SQuAD's: case, ascii_punctuation, articles and space", text.SQuADNormalize},
	}
}

// NormaliserNames lists the names of [Normalisers].
func NormaliserNames() []string {
	var names []string
	for _, n := range Normalisers() {
		names = append(names, n.Name)
	}
	return names
}

// normaliser makes one function of a metric's normalisers, or of those by default.
func (s *Settings) normaliser(byDefault ...string) (func(string) string, error) {
	names := s.Normalise
	if len(names) == 0 {
		names = byDefault
	}
	var steps []func(string) string
	for _, pattern := range s.Ignore {
		re, err := compile(pattern)
		if err != nil {
			return nil, fmt.Errorf("ignore: %w", err)
		}
		steps = append(steps, func(s string) string { return re.ReplaceAllLiteralString(s, "") })
	}
	all := Normalisers()
	for _, name := range names {
		i := slices.IndexFunc(all, func(n Normaliser) bool { return n.Name == name })
		switch {
		case i < 0:
			return nil, fmt.Errorf("normalise: unknown %q; %s", name, place.Choose(name, NormaliserNames()))
		case name == "none" && len(names) > 1:
			return nil, fmt.Errorf("normalise: none is meant alone, and the list has %s; remove none", strings.Join(names, ", "))
		}
		steps = append(steps, all[i].Apply)
	}
	return func(s string) string {
		for _, step := range steps {
			s = step(s)
		}
		return s
	}, nil
}

// compile reads a pattern. The error says what form is expected.
func compile(pattern string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("the pattern %.80q can't be read: %w; patterns are RE2's (https://github.com/google/re2/wiki/Syntax), without look-around and backreferences", pattern, err)
	}
	return re, nil
}
