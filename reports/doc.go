// Package reports builds tables, figures and pages for readers from estimates and
// comparisons. Its builders are pure. The renderers in its sub-packages (text,
// csv, tex, figure, html, junit) turn them into bytes and don't know where the
// numbers came from.
//
// The same report gives the same bytes: nothing here depends on a clock, a map's
// order or the environment.
package reports
