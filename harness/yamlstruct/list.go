package yamlstruct

import (
	"fmt"
	"io"
	"strings"
)

// WriteList writes a list of fields for people: key, form and meaning.
func WriteList(to io.Writer, fields []Entry) error {
	for _, f := range fields {
		if _, err := fmt.Fprintf(to, "  %s: %s\n", f.Key, f.form()); err != nil {
			return err
		}
		for _, line := range wrapped(f.Doc, 84) {
			if _, err := fmt.Fprintf(to, "      %s\n", line); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *Entry) form() string {
	switch {
	case f.Needed:
		return f.Form + ", required"
	case f.Default != "":
		return f.Form + ", default " + f.Default
	}
	return f.Form
}

// wrapped cuts a text into lines between words.
func wrapped(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimLeft(line+" "+word, " ")
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
