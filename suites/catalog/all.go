// Package catalog holds the suites, one file each, and the list of all suites.
//
// To add a suite, write its file and add it to [All] at its place in reports.
package catalog

import "assay/suites"

// All lists the suites in the order in which reports show them.
func All() []suites.Suite {
	return []suites.Suite{
		WinRate(),
		ClosedDomain(),
		World(),
		WorldGPT(),
		TruthfulQA(),
		TruthfulQAMC(),
		RealToxicity(),
		IFEval(),
		Winogender(),
		CrowSPairs(),
		SQuADv2(),
		DROP(),
		WMT15FrEn(),
		WorldProbes(),
	}
}

// Find looks a suite up by name.
func Find(name string) (suites.Suite, bool) {
	for _, s := range All() {
		if s.Name == name {
			return s, true
		}
	}
	return suites.Suite{}, false
}

// Names lists the suites' names in the catalog's order.
func Names() []string {
	var names []string
	for _, s := range All() {
		names = append(names, s.Name)
	}
	return names
}
