package pipeline

import (
	"maps"
	"slices"
	"strings"

	"assay/metrics/agreement"
	"assay/metrics/audit"
	"assay/reports"
)

// The checks of an audit that compare the judge with others who judged the same items: people, or
// a second judge.

// reference is who else judged the same items.
type reference struct {
	name   string
	values map[string]float64 // means, by item
}

// persons are the keys of people, without annotators who are audited.
func (o *audits) persons() []string {
	return slices.DeleteFunc(o.a.among(true), func(key string) bool { return o.a.audited[key] != nil })
}

// reference has the means of some raters over the items that the judge judged too; nil if there are none.
func (o *audits) reference(raters []string, name string) *reference {
	if len(raters) == 0 {
		return nil
	}
	mine, n := map[string]bool{}, map[string]float64{}
	for i := range o.of.said {
		mine[o.of.said[i].item] = true
	}
	r := &reference{name, map[string]float64{}}
	for _, x := range o.a.ratings {
		if mine[x.Item] && slices.Contains(raters, x.Rater) {
			r.values[x.Item] += x.Value
			n[x.Item]++
		}
	}
	for item, count := range n {
		r.values[item] /= count
	}
	if len(n) == 0 {
		return nil
	}
	return r
}

// isOwn reports whether a model, by its name in the report, is the judge's own or of its family.
func (o *audits) isOwn(model string) bool {
	return slices.ContainsFunc(o.u.models[model], func(name string) bool { return kin(o.info.model, name) })
}

// own measures whether the judge prefers its own answers, against people or another judge.
func (o *audits) own() {
	if o.info.model == "" {
		return // it is no language model
	}
	var own []string
	for i := range o.of.said {
		for _, m := range []string{o.of.said[i].model, o.of.said[i].baseline} {
			if m != "" && !slices.Contains(own, m) && o.isOwn(m) {
				own = append(own, m)
			}
		}
	}
	slices.Sort(own)
	if len(own) == 0 {
		o.needs(reports.AuditOwn, "no model here has the name of the judge's model ("+o.info.model+") or is of its family")
		return
	}
	ref := o.reference(o.persons(), "people")
	if ref == nil {
		ref = o.second()
	}
	if ref == nil {
		o.needs(reports.AuditOwn, strings.Join(own, ", ")+" may be the judge's own, but only people's labels for the same answers, or a second judge of another family, can tell its preference from quality")
		return
	}
	row, relative := o.row(reports.AuditOwn), o.a.metric.Even == nil
	row.Reference, row.Kin, row.Relative = ref.name, own, relative
	var all []audit.Excess
	ids := clustersOf{}
	for i := range o.of.said {
		s := &o.of.said[i]
		other, ok := ref.values[s.item]
		first, second := slices.Contains(own, s.model), slices.Contains(own, s.baseline)
		switch {
		case !ok, !relative && first == second:
			continue
		case second:
			all = append(all, audit.Excess{More: other - s.value, Own: true, Cluster: ids.of(s.cluster)})
		default:
			all = append(all, audit.Excess{More: s.value - other, Own: first, Cluster: ids.of(s.cluster)})
		}
	}
	m, err := audit.Own(all, relative)
	o.measured(row, m, err)
}

// second is another judge of another family, the one with the most items; nil if there is none.
func (o *audits) second() (most *reference) {
	for _, key := range slices.Sorted(maps.Keys(o.a.who)) {
		name := o.a.who[key].name
		if key == o.key || o.a.who[key].person && o.a.audited[key] == nil {
			continue
		}
		if info := o.u.judges[name]; info != nil && kin(info.model, o.info.model) {
			continue
		}
		if r := o.reference([]string{key}, name); r != nil && (most == nil || len(r.values) > len(most.values)) {
			most = r
		}
	}
	return most
}

// people compares the judge with people.
func (o *audits) people(alt agreement.AltOptions) error {
	people := o.persons()
	if o.reference(people, "people") == nil {
		what := "no person labelled these answers; 'assay label' collects labels"
		o.needs(reports.AuditPeople, what)
		o.needs(reports.AuditReplace, what+", and the test needs three people with 30 items each")
		return nil
	}
	scale, values := o.a.scale(AgreementOptions{})
	t, err := agreement.New(o.a.ratings, values)
	if err != nil {
		return err
	}
	var found reports.Agreements
	c := compared{a: o.a, t: t, scale: scale, out: &found}
	c.between(reports.JudgeAndPeople, o.of.judge, []string{o.key}, people)
	c.alt(o.key, people, AgreementOptions{Alt: alt})
	row := o.row(reports.AuditPeople)
	switch k := found.Rows[0].Kappa; {
	case k == nil:
		row.Needs = "kappa needs a scale of at most 100 values"
	case !k.Defined():
		row.Needs = k.Undefined
	default:
		row.Raw, row.Alone, row.N = found.Rows[0].Raw.Point, &k.Point, k.Items
		if k.Bounded() {
			row.Measure, row.Alone = &audit.Measure{Point: k.Point, Lo: k.Lo, Hi: k.Hi, N: k.Items, Clusters: k.Clusters, Method: agreement.Method}, nil
		}
	}
	o.out.Rows = append(o.out.Rows, row)
	test := &found.Replacements[0]
	row = o.row(reports.AuditReplace)
	if row.Needs = test.Undefined; row.Needs == "" {
		row.Alone, row.N, row.Passed, row.Epsilon = &test.Wins, len(test.People), test.Passed, test.Epsilon
	}
	o.out.Rows = append(o.out.Rows, row)
	return nil
}
