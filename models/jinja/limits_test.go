package jinja_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"assay/harness/leaf/cputime"
	"assay/models/jinja"
)

// grow doubles a variable 99 times.
func grow(start, twice string) string {
	return "{% set ns = namespace(s=" + start + ") %}{% for i in range(99) %}{% set ns.s = " + twice + " %}{% endfor %}"
}

// often does something for each number below 99,999, with a text s of 16 MB.
func often(what string) string {
	return "{% set s = 'ab' * 8000000 %}{% set l = [s] * 9999 %}{% for i in range(99999) %}" + what + "{% endfor %}"
}

// Each template would never end, or need more memory than a machine has, or both. want is the limit that ends it.
var hostile = map[string]struct{ source, want string }{
	"loops":             {"{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", "steps"},
	"macro in itself":   {"{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "nested more than 100 deep"},
	"macro twice":       {"{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}", "steps"},
	"macros in turn":    {"{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}", "nested more than 100 deep"},
	"caller":            {"{% macro f() %}{% call f() %}{{ caller() }}{% endcall %}{% endmacro %}{{ f() }}", "nested more than 100 deep"},
	"recursive loop":    {"{% set l = [] %}{% do l.append(l) %}{% for x in l recursive %}{{ loop(x) }}{% endfor %}", "nested more than 100 deep"},
	"growing list":      {"{% set l = [1] %}{% for x in l %}{% do l.append(x) %}{% endfor %}", "list changes while the loop runs"},
	"output":            {"{% for a in range(99999) %}{{ long }}{% endfor %}", "writes more than"},
	"range":             {"{{ range(1000000000)|list }}", "more than 100000 numbers"},
	"range of ranges":   {"{% for i in range(99999) %}{% set x = range(99999)|list %}{% endfor %}", "bytes of texts and lists"},
	"repeated text":     {"{{ 'a' * 10 ** 10 }}", "bytes of texts and lists"},
	"repeated list":     {"{{ [1] * 10 ** 10 }}", "bytes of texts and lists"},
	"repeated tuple":    {"{{ 10 ** 10 * (1, 2) }}", "bytes of texts and lists"},
	"text doubled":      {grow("'xxxxxxxxxx'", "ns.s ~ ns.s"), "bytes of texts and lists"},
	"list doubled":      {grow("[1]", "ns.s + ns.s"), "bytes of texts and lists"},
	"printed twice":     {grow("[1]", "[ns.s, ns.s]") + "{{ ns.s }}", "bytes of texts and lists"},
	"JSON twice":        {grow("[1]", "[ns.s, ns.s]") + "{{ ns.s|tojson }}", "steps"},
	"JSON of keys":      {"{% set d = {'x' * 8000000: 1} %}{{ ([d] * 1000)|tojson }}", "bytes of texts and lists"},
	"JSON indent":       {"{{ [[1]]|tojson(10 ** 9) }}", "the indent is more than"},
	"compared twice":    {grow("[1]", "[ns.s, ns.s]") + "{% set a = ns.s %}" + grow("[1]", "[ns.s, ns.s]") + "{{ a == ns.s }}", "steps"},
	"ordered twice":     {grow("(1,)", "(ns.s, ns.s)") + "{% set a = ns.s %}" + grow("(1,)", "(ns.s, ns.s)") + "{{ a < ns.s }}", "steps"},
	"compared deep":     {"{% set ns = namespace(a=[], b=[]) %}{% for i in range(9999) %}{% set ns.a = [ns.a] %}{% set ns.b = [ns.b] %}{% endfor %}{{ ns.a == ns.b }}", "nested too deep"},
	"key twice":         {grow("('k',)", "(ns.s, ns.s)") + "{{ {ns.s: 1} }}", "can't be a key"},
	"list in itself":    {"{% set l = [] %}{% do l.append(l) %}{{ l }}", "nested too deep"},
	"dict in itself":    {"{% set d = {} %}{% do d.update(k=d) %}{{ d|string }}", "nested too deep"},
	"integer":           {"{{ 10 ** 10 ** 10 }}", "too large"},
	"integer product":   {"{% set ns = namespace(n=2) %}{% for i in range(99) %}{% set ns.n = ns.n * ns.n %}{% endfor %}", "too large"},
	"integer literal":   {"{{ " + strings.Repeat("9", 100000) + " }}", "too large"},
	"integer of text":   {"{{ ('9' * 100000)|int }}", ""},
	"width of %":        {"{{ '%1000000000d' % 1 }}", "a width is more than"},
	"width of %*":       {"{{ '%*d' % (10 ** 9, 1) }}", "a width is more than"},
	"precision of %*":   {"{{ '%.*d' % (10 ** 18, 1) }}", "a width is more than"},
	"precision of %f":   {"{{ '%.99999f' % 1.5 }}", "a precision is more than"},
	"width of format":   {"{{ '{:1000000000}'.format(1) }}", "a width is more than"},
	"precision":         {"{{ '{:.1000000000f}'.format(1.5) }}", "a width is more than"},
	"nested width":      {"{{ '{:{w}}'.format(1, w=10 ** 9) }}", "not supported"},
	"format of formats": {"{{ ('{0}' * 99999).format(long) }}", "bytes of texts and lists"},
	"center":            {"{{ 'x'.center(10 ** 9) }}", "bytes of texts and lists"},
	"zfill":             {"{{ '1'.zfill(10 ** 18) }}", "bytes of texts and lists"},
	"expandtabs":        {"{{ '\t\t'.expandtabs(10 ** 9) }}", "bytes of texts and lists"},
	"replace":           {"{{ long.replace('x', long) }}", "bytes of texts and lists"},
	"replace nothing":   {"{{ long.replace('', long) }}", "bytes of texts and lists"},
	"join":              {"{{ long.join(long) }}", "bytes of texts and lists"},
	"batch":             {"{{ [1]|batch(10 ** 9, 0)|list }}", "bytes of texts and lists"},
	"slice":             {"{{ [1]|slice(10 ** 9)|list }}", "want 1 to"},
	"slices":            {"{% for i in range(99999) %}{% set x = [1]|slice(99999) %}{% endfor %}", "bytes of texts and lists"},
	"indent":            {"{{ 'a\nb'|indent(10 ** 9) }}", "the indent is more than"},
	"round":             {"{{ 1.5|round(10 ** 9) }}", "precision is too large"},
	"count often":       {often("{% set n = s.count('ba') %}"), "steps"},
	"find often":        {often("{% set n = s.find('c') %}"), "steps"},
	"in often":          {often("{% set n = 'c' in s %}"), "steps"},
	"length often":      {often("{% set n = s|length %}"), "steps"},
	"index often":       {often("{% set n = s[-1] %}"), "steps"},
	"equal often":       {"{% set s = 'a' * 8000000 %}{% set t = 'a' * 8000000 %}{% for i in range(99999) %}{% set n = s == t %}{% endfor %}", "steps"},
	"less often":        {"{% set s = 'a' * 8000000 %}{% set t = 'a' * 8000000 %}{% for i in range(99999) %}{% set n = s < t %}{% endfor %}", "steps"},
	"key often":         {often("{% set n = {}.get(s) %}"), "steps"},
	"new key often":     {often("{% set n = {s: 1} %}"), "steps"},
	"is lower often":    {often("{% set n = s.islower() %}"), "steps"},
	"reverse often":     {"{% for i in range(99999) %}{% set n = long|reverse %}{% endfor %}", "bytes of texts and lists"},
	"list often":        {"{% set l = [1] * 999999 %}{% for i in range(99999) %}{% do l.reverse() %}{% endfor %}", "steps"},
	"pop often":         {"{% set l = [1] * 999999 %}{% for i in range(99999) %}{% do l.pop(0) %}{% endfor %}", "steps"},
	"sum of texts":      {"{{ (['a' * 9999] * 9999)|sum(start='') }}", "bytes of texts and lists"},
	"sorted often":      {"{% set l = range(99999)|list %}{% for i in range(99) %}{% set m = l|sort %}{% endfor %}", "steps"},
	"map of maps":       {grow("[1, 2]", "ns.s|map('string')|list + ns.s|map('string')|list"), "steps"},
	"brackets":          {"{{ " + strings.Repeat("(", 5000) + strings.Repeat(")", 5000) + " }}", "nested more than 200 deep"},
	"not":               {"{{ " + strings.Repeat("not ", 5000) + "1 }}", "nested more than 200 deep"},
	"minus":             {"{{ " + strings.Repeat("-", 5000) + "1 }}", "nested more than 200 deep"},
	"blocks":            {strings.Repeat("{% if 1 %}", 5000) + strings.Repeat("{% endif %}", 5000), "nested more than 200 deep"},
	"conditions":        {"{{ " + strings.Repeat("1 if 1 else ", 5000) + "1 }}", "nested more than 200 deep"},
	"long sum":          {"{{ 1" + strings.Repeat("+1", 400000) + " }}", "more than 100000 names"},
	"long chain":        {"{{ x" + strings.Repeat("|e", 400000) + " }}", "more than 100000 names"},
	"many strings":      {"{{ " + strings.Repeat("'a'", 300000) + " }}", "more than 100000 names"},
	"many blocks":       {strings.Repeat("{{x}}", 200000), "more than 100000 names"},
	"long source":       {strings.Repeat("x", 2<<20), "more than 1048576 bytes"},
	"slow filter":       {"{% for i in range(99999) %}{% set x = i|slow %}{% endfor %}", "take more than 5s"},
}

// A template that never ends, or that grows, ends in one line, after little work and memory.
func TestHostileTemplatesEnd(t *testing.T) {
	vars := map[string]any{"long": strings.Repeat("x", 16<<10)}
	o := jinja.Options{Filters: map[string]jinja.Func{"slow": func(a []any, _ map[string]any) (any, error) {
		time.Sleep(50 * time.Millisecond)
		return a[0], nil
	}}}
	for name, c := range hostile {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := cputime.Used()
			template, err := jinja.New(c.source, o)
			if err == nil {
				_, err = template.Render(vars)
			}
			took := cputime.Used() - start
			runtime.ReadMemStats(&after)
			var e *jinja.Error
			switch {
			case c.want == "":
				if err != nil {
					t.Errorf("error %v, want none", err)
				}
			case !errors.As(err, &e):
				t.Errorf("error %v, want one with a place", err)
			case !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || len(err.Error()) > 300:
				t.Errorf("error %.300q, want one line with %q", err, c.want)
			}
			// The limits are of steps and bytes. The time shows work that they don't count.
			if took > time.Minute {
				t.Errorf("it took %v", took)
			}
			if made := (after.TotalAlloc - before.TotalAlloc) >> 20; made > 1500 {
				t.Errorf("it made %d MB", made)
			}
			t.Logf("%.3f s, %d MB", took.Seconds(), (after.TotalAlloc-before.TotalAlloc)>>20)
		})
	}
}

// Eval copies its value: lists within lists twice would have more items than there is memory.
func TestHostileValuesEnd(t *testing.T) {
	for source, want := range map[string]string{
		"{{ f(f(f(f(f(f(f(f(f(f([1]))))))))))|map('list')|list }}": "steps",
	} {
		template, err := jinja.New(source, jinja.Options{Globals: map[string]jinja.Func{"f": func(a []any, _ map[string]any) (any, error) {
			return []any{a[0], a[0], a[0], a[0], a[0], a[0], a[0], a[0]}, nil
		}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := template.Eval(nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", source, err, want)
		}
	}
}

// Work on many long texts that no one would call hostile stays within the limits.
func TestLargeTemplatesRender(t *testing.T) {
	rows := make([]any, 2000)
	for i := range rows {
		d := jinja.NewDict()
		d.Set("text", strings.Repeat("word ", 1000))
		d.Set("label", i%3)
		rows[i] = d
	}
	source := "{% set seen = [] %}{% for r in rows %}{% if r.text is string and r.text|length > 10 and 'x' not in r.text %}{% do seen.append(r.label) %}{{ r.text.strip()[:20] ~ r.label }}\n{% endif %}{% endfor %}{{ seen|length }}"
	template, err := jinja.New(source, jinja.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := template.Render(map[string]any{"rows": rows})
	if err != nil || !strings.HasSuffix(text, "\n2000") || strings.Count(text, "\n") != 2000 {
		t.Errorf("%d bytes, error %v", len(text), err)
	}
}
