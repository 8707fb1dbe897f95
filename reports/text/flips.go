package text

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"assay/reports"
)

const (
	flipColumn = 46 // width of a text beside another, in characters
	flipLines  = 6  // of a text
)

// Flips writes the examples of one comparison that turned, for a terminal: each with its
// input, its references, and the two answers side by side. Long texts are cut.
func Flips(w io.Writer, s *reports.Subject, f reports.Flips, baseline, model string, color bool) error {
	var b strings.Builder
	lost, gained := f.Turned()
	fmt.Fprintln(&b, bold(Clean(f.Title(s)), color))
	for i, item := range f.Items {
		turned, tone := lost, reports.Bad
		if item.Gained {
			turned, tone = gained, reports.Good
		}
		fmt.Fprintf(&b, "\n %d  %s", i+1, paint(turned, tone, color))
		for _, part := range []string{item.Category, cmp.Or(item.OwnID, item.Example)} {
			if part != "" {
				fmt.Fprintf(&b, "  %s", Clean(part))
			}
		}
		b.WriteByte('\n')
		for _, line := range foldTo(CleanLines(item.Input), 2*flipColumn+3, 4) {
			fmt.Fprintf(&b, "    %s\n", line)
		}
		if len(item.References) > 0 {
			for _, line := range foldTo("reference: "+Clean(strings.Join(item.References, "; ")), 2*flipColumn+3, 2) {
				fmt.Fprintf(&b, "    %s\n", line)
			}
		}
		left := append([]string{bold(heading(baseline, item.First), color)}, foldTo(CleanLines(answer(item.Outputs[0])), flipColumn, flipLines)...)
		right := append([]string{bold(heading(model, item.Second), color)}, foldTo(CleanLines(answer(item.Outputs[1])), flipColumn, flipLines)...)
		for k := range max(len(left), len(right)) {
			var l, r string
			if k < len(left) {
				l = left[k]
			}
			if k < len(right) {
				r = right[k]
			}
			pad := max(0, flipColumn-utf8.RuneCountInString(painted.ReplaceAllString(l, "")))
			fmt.Fprintln(&b, strings.TrimRight("    "+l+strings.Repeat(" ", pad)+" │ "+r, " "))
		}
	}
	if f.Left > 0 {
		fmt.Fprintf(&b, "\n %d more turned.\n", f.Left)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// heading is a model with its value, cut to a column.
func heading(model string, value float64) string {
	return reports.Shortened(Clean(model), flipColumn-8) + fmt.Sprintf(": %.4g", value)
}

// answer is an output, or why there is none.
func answer(o reports.Output) string {
	switch {
	case o.Missing != "":
		return "(no answer: " + o.Missing + ")"
	case strings.TrimSpace(o.Text) == "":
		return "(no text)"
	case o.Mark != "":
		return o.Text + " (" + o.Mark + ")"
	}
	return o.Text
}

// foldTo breaks a text into at most so many lines of a width, between words where it can. Line
// ends of the text stay; blank lines don't.
func foldTo(text string, width, most int) []string {
	var lines []string
	for _, part := range strings.Split(text, "\n") {
		var line []rune
		for _, word := range strings.Fields(part) {
			runes := []rune(word)
			if len(line) > 0 && len(line)+1+len(runes) > width {
				lines, line = append(lines, string(line)), nil
			}
			if len(line) > 0 {
				line = append(line, ' ')
			}
			line = append(line, runes...)
			for len(line) > width {
				lines, line = append(lines, string(line[:width])), line[width:]
			}
			if len(lines) > most {
				break
			}
		}
		if len(line) > 0 {
			lines = append(lines, string(line))
		}
		if len(lines) > most {
			break
		}
	}
	if len(lines) > most {
		lines = lines[:most]
		last := []rune(lines[most-1])
		lines[most-1] = string(last[:min(len(last), width-1)]) + "…"
	}
	return lines
}
