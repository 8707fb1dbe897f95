package jinja

import (
	"strings"
	"testing"
)

// FuzzRender renders any template with few steps: it ends without a panic, and gives the same text again:
// nothing of the caller's variables has changed.
func FuzzRender(f *testing.F) {
	for _, source := range []string{
		"{{ x }}", "{% for a in x %}{{ a|upper }}{% endfor %}", "{{ '%s' % x }}", "{{ x.split()[0:1] ~ {'a': 1} }}", "{%- set x = [1] -%}{{ x|map('string')|join }}",
		"{{ {'a': (1, [2.5, none])}|tojson(2) }}", "{% macro m(a, b=1) %}{{ caller() }}{{ varargs }}{% endmacro %}{% call m(1) %}x{% endcall %}", "{{ '{:>5} {!r}'.format(1, 'a') }}",
		"{% raw %}{{ {% endraw %}{# c #}", "{{ x[::-1]|truncate(3, true, '', 0)|indent(2) }}", "{% set ns = namespace(a=1) %}{% set ns.a = range(3)|batch(2, 0)|list %}{{ ns.a|sum(start=[])|sort(reverse=true) }}",
		"{% for x in l recursive %}{{ loop.index }}{% if x is iterable %}{{ loop(x) }}{% else %}{% break %}{% endif %}{% else %}{% endfor %}", "{% filter replace('a', 'b')|upper %}{{ long }}{% endfilter %}",
		"{% set y | trim %} {{ 1 if l else 2 }} {% endset %}{% with a, b = l[:2] %}{{ a }}{% endwith %}{% do l.append(1) %}{% print y, 1 %}", "{{ '%*.*f|%(a)s' % (9, 2, 1.5) }}", "{{ {('a', (1, 2)): 1}[('a', (1, 2))] is eq 1 }}",
		"{{ -2 ** 3 // 4 % 5 - 1.5e3 and not 1 < 2 <= 3 in [1] or l is defined }}", "{% generation %}{{ 'a' 'b' }}{% endgeneration %}", "{{ 'a' * 10 ** 10 }}{{ 10 ** 10 ** 10 }}", "{{ l|groupby(0)|dictsort|selectattr('a', 'in', [1])|unique|first|default('x', true) }}",
		"{{ 'a\tb'.expandtabs(4).zfill(9).center(20, '*').partition('b') }}", "{% macro f(n) %}{{ f(n) if n }}{% endmacro %}{{ f(1) }}", "{% set c = cycler(1, 2) %}{% set j = joiner() %}{{ c.next() ~ j() ~ j() }}",
	} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		for _, o := range []Options{{Strict: true, NoObjects: true}, {TrimBlocks: true, LstripBlocks: true}} {
			template, err := New(source, o)
			if err != nil {
				continue
			}
			template.maxSteps = 2000
			vars := map[string]any{"x": "a b", "l": []any{1, "b", nil, 2.5}, "long": strings.Repeat("x", 99)}
			text, err := template.Render(vars)
			if again, other := template.Render(vars); text != again || (err == nil) != (other == nil) {
				t.Errorf("%q: first %q, %v, then %q, %v", source, text, err, again, other)
			}
			_, _ = template.Eval(vars)
		}
	})
}
