package lmeval

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"assay/harness/leaf/plural"
	"assay/models/jinja"
)

// pipeline is an entry of filter_list: filters that follow each other, under a name.
type pipeline struct {
	name  string
	steps []filter
}

// filter turns a document's answers into others.
type filter struct {
	name string
	// first says that the result is the first answer alone, no longer a list.
	first bool
	each  func(answer any, d document) (any, error) // of each answer; nil leaves them
	all   func(answers []any) ([]any, error)        // of all answers; nil leaves them
}

// noFilter is the name of the only pipeline of a task without filter_list.
const noFilter = "none"

// readFilters reads filter_list.
func (t *task) readFilters(key string) error {
	if t.get(key) == nil {
		t.filters = []pipeline{{noFilter, []filter{{name: "take_first", first: true}}}}
		return nil
	}
	list, ok := t.get(key).([]any)
	if !ok {
		return t.fail(key, "filter_list must be a list")
	}
	for _, item := range list {
		d, ok := item.(*jinja.Dict)
		if !ok {
			return t.fail(key, "an entry of filter_list must have name: and filter:")
		}
		name, _ := d.Get("name")
		steps, _ := d.Get("filter")
		text, isText := name.(string)
		all, isList := steps.([]any)
		if !isText || !isList {
			return t.fail(key, "an entry of filter_list must have name: and filter:")
		}
		if slices.ContainsFunc(t.filters, func(p pipeline) bool { return p.name == text }) {
			return t.fail(key, "two entries of filter_list have the name %q", text)
		}
		p := pipeline{name: text}
		for _, step := range all {
			f, err := newFilter(step)
			if err != nil {
				return t.fail(key, "filter %s: %w", text, err)
			}
			p.steps = append(p.steps, f)
		}
		t.filters = append(t.filters, p)
	}
	if len(t.filters) == 0 {
		return t.fail(key, "filter_list is empty")
	}
	return nil
}

// checkFilters refuses filters of log-probabilities.
func (t *task) checkFilters() error {
	if t.output == generateUntil {
		return nil
	}
	for _, p := range t.filters {
		for _, s := range p.steps {
			if s.name != "take_first" {
				return t.fail("filter_list", "the filter %s is for texts, and output_type is %s", s.name, t.output)
			}
		}
	}
	return nil
}

// settings are the arguments of a filter.
type settings struct {
	*jinja.Dict
	read []string
	err  error
}

func setting[T any](s *settings, name string, otherwise T) T {
	s.read = append(s.read, name)
	v, ok := s.Get(name)
	if !ok {
		return otherwise
	}
	typed, ok := v.(T)
	if !ok && s.err == nil {
		s.err = fmt.Errorf("%s has a value of the wrong type", name)
	}
	return typed
}

func newFilter(step any) (filter, error) {
	d, ok := step.(*jinja.Dict)
	if !ok {
		return filter{}, errors.New("a filter must be a mapping that names its function")
	}
	s := &settings{Dict: d}
	name := setting(s, "function", "")
	make, ok := filterKinds[name]
	if !ok {
		return filter{}, fmt.Errorf("the function %q is not supported", name)
	}
	f, err := make(s)
	if err = errors.Join(err, s.err); err != nil {
		return filter{}, fmt.Errorf("%s: %w", name, err)
	}
	for k := range d.All() {
		if !slices.Contains(s.read, fmt.Sprint(k)) {
			return filter{}, fmt.Errorf("%s takes no %v", name, k)
		}
	}
	f.name = name
	return f, nil
}

var filterKinds = map[string]func(s *settings) (filter, error){
	"take_first": func(*settings) (filter, error) { return filter{first: true}, nil },
	"take_first_k": func(s *settings) (filter, error) {
		if k := setting(s, "k", 1); k != 1 {
			return filter{}, fmt.Errorf("k is %d, and there is one answer", k)
		}
		return filter{}, nil
	},
	"majority_vote": func(*settings) (filter, error) { // of the one answer
		return filter{all: func(a []any) ([]any, error) { return a[:1], nil }}, nil
	},
	"remove_whitespace": onTexts(func(s string) string { return strings.TrimFunc(s, pythonSpace) }),
	"lowercase":         onTexts(strings.ToLower),
	"uppercase":         onTexts(strings.ToUpper),
	"regex": func(s *settings) (filter, error) {
		r, err := newRegexFilter(s)
		return filter{each: func(a any, _ document) (any, error) {
			found, ok, err := r.match(r.regex, asText(a), nil)
			if err == nil && !ok {
				found = r.fallback
			}
			return found, err
		}}, err
	},
	"multi_choice_regex": func(s *settings) (filter, error) {
		r, err := newRegexFilter(s)
		if err != nil {
			return filter{}, err
		}
		m := &choiceFilter{regexFilter: r, ignoreCase: setting(s, "ignore_case", false), ignorePunctuation: setting(s, "ignore_punctuation", false)}
		for _, p := range setting(s, "regexes_to_ignore", []any(nil)) {
			text, _ := p.(string)
			re, err := compileRegex(text)
			if err != nil {
				return filter{}, err
			}
			m.ignore = append(m.ignore, re)
		}
		return filter{each: m.apply}, nil
	},
	"map": func(s *settings) (filter, error) {
		mapping := setting(s, "mapping_dict", jinja.NewDict())
		s.read = append(s.read, "default_value")
		otherwise, _ := s.Get("default_value")
		return filter{each: func(a any, _ document) (any, error) {
			if v, ok := mapping.Get(a); ok {
				return v, nil
			}
			return otherwise, nil
		}}, nil
	},
}

func onTexts(f func(string) string) func(*settings) (filter, error) {
	return func(*settings) (filter, error) {
		return filter{each: func(a any, _ document) (any, error) {
			s, ok := a.(string)
			if !ok {
				return nil, errors.New("the answer is no text")
			}
			return f(s), nil
		}}, nil
	}
}

func asText(v any) string {
	s, _ := v.(string)
	return s
}

// regexFilter takes a match out of an answer.
type regexFilter struct {
	regex    *regex
	group    int
	fallback any
}

// defaultPattern is the pattern of answers to GSM8K.
const defaultPattern = `#### (\-?[0-9\.\,]+)`

func newRegexFilter(s *settings) (*regexFilter, error) {
	r := &regexFilter{group: setting(s, "group_select", 0)}
	s.read = append(s.read, "fallback")
	var ok bool
	if r.fallback, ok = s.Get("fallback"); !ok {
		r.fallback = "[invalid]"
	}
	var err error
	r.regex, err = compileRegex(setting(s, "regex_pattern", defaultPattern))
	return r, err
}

// match is the chosen match of a pattern in a text: its first group that is not empty, without white space at its
// ends. ok is false if there is none.
func (r *regexFilter) match(re *regex, text string, convert map[string]string) (found any, ok bool, err error) {
	all, err := re.findAll(text)
	if err != nil || len(all) == 0 {
		return nil, false, err
	}
	i := r.group
	if i < 0 {
		i += len(all)
	}
	if i < 0 || i >= len(all) {
		return nil, false, fmt.Errorf("the pattern has %s, and group_select is %d", plural.Of(len(all), "match"), r.group)
	}
	groups := all[i]
	one := groups[0]
	if len(groups) > 1 {
		at := slices.IndexFunc(groups, func(g string) bool { return g != "" })
		if at < 0 {
			return nil, false, nil
		}
		one = groups[at]
	}
	one = strings.TrimFunc(one, pythonSpace)
	if c, ok := convert[one]; ok && one != "" {
		one = c
	}
	return one, true, nil
}

// choiceFilter finds the letter of a choice, by a pattern, by the choice's text, or by a letter after a colon.
type choiceFilter struct {
	*regexFilter
	ignoreCase, ignorePunctuation bool
	ignore                        []*regex
}

func (m *choiceFilter) plain(text string) (string, error) {
	for _, re := range m.ignore {
		var err error
		if text, err = re.replace(text, "", -1); err != nil {
			return "", err
		}
	}
	if m.ignoreCase {
		text = strings.ToLower(text)
	}
	if m.ignorePunctuation {
		text = strings.Map(func(r rune) rune {
			if unicode.IsPunct(r) {
				return -1
			}
			return r
		}, text)
	}
	return text, nil
}

func (m *choiceFilter) apply(answer any, d document) (any, error) {
	v, _ := d.Get("choices")
	choices, ok := v.([]any)
	if !ok {
		return nil, errors.New("multi_choice_regex needs the column choices with a list of texts")
	}
	text := asText(answer)
	if found, ok, err := m.match(m.regex, text, nil); err != nil || ok && found != "" {
		return found, err
	}
	byText, byLetter := map[string]string{}, map[string]string{}
	var patterns, letters []string
	for i, c := range choices {
		s, ok := c.(string)
		if !ok {
			return nil, errors.New("a choice is no text")
		}
		s, err := m.plain(strings.TrimFunc(s, pythonSpace))
		if err != nil {
			return nil, err
		}
		letter := string(rune('A' + i))
		patterns = append(patterns, quoteRegex(s))
		letters = append(letters, letter)
		byText[s], byLetter[letter] = "("+letter+")", "("+letter+")"
	}
	slices.SortStableFunc(patterns, func(a, b string) int { return len([]rune(b)) - len([]rune(a)) })
	plain, err := m.plain(text)
	if err != nil {
		return nil, err
	}
	for _, try := range []struct {
		pattern, text string
		convert       map[string]string
	}{
		{strings.Join(patterns, "|"), plain, byText},
		{`:[\s]*(` + strings.Join(letters, "|") + ")", text, byLetter},
	} {
		re, err := compileRegex(try.pattern)
		if err != nil {
			return nil, err
		}
		if found, ok, err := m.match(re, try.text, try.convert); err != nil || ok && found != "" {
			return found, err
		}
	}
	return m.fallback, nil
}

// quoteRegex is Python's re.escape, in length too.
func quoteRegex(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("()[]{}?*+-|^$\\.&~# \t\n\r\v\f", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// apply runs the filters on a document's answers. The result is a list, or one answer after take_first.
func (p *pipeline) apply(answers []any, d document) (result any, err error) {
	one := any(nil)
	single := false
	for _, s := range p.steps {
		if single {
			if !s.first {
				return nil, fmt.Errorf("the filter %s follows take_first, which leaves no list", s.name)
			}
			text, ok := one.(string)
			if !ok || text == "" {
				return nil, errors.New("take_first after take_first takes a text's first character")
			}
			one = string([]rune(text)[0])
			continue
		}
		if s.each != nil {
			out := make([]any, len(answers))
			for i, a := range answers {
				if out[i], err = s.each(a, d); err != nil {
					return nil, fmt.Errorf("the filter %s: %w", s.name, err)
				}
			}
			answers = out
		}
		if s.all != nil {
			if answers, err = s.all(answers); err != nil {
				return nil, err
			}
		}
		if s.first {
			one, single = answers[0], true
		}
	}
	if single {
		return one, nil
	}
	return answers, nil
}
