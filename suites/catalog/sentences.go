package catalog

import (
	"bytes"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"assay/harness/leaf/place"
	"assay/harness/leaf/plural"
	"assay/harness/leaf/rows"
)

// readSentences reads one sentence a line, or the segments of an SGML file (.sgm
// or .sgml). A blank sentence is an error.
func readSentences(path string) ([]sentence, error) {
	lines, err := readLines(path)
	if err != nil {
		return nil, err
	}
	var list []sentence
	switch strings.ToLower(filepath.Ext(path)) {
	case ".sgm", ".sgml":
		if list, err = segments(path, lines); err != nil {
			return nil, err
		}
	default:
		for i, line := range lines {
			list = append(list, sentence{text: strings.TrimSpace(line), line: i + 1})
		}
	}
	for _, s := range list {
		if s.text == "" {
			return nil, place.Errorf(path, s.line, "the sentence is empty; remove it here and in the other language, or get the complete file")
		}
	}
	if len(list) == 0 {
		return nil, place.Errorf(path, 1, "no sentence in the file; get the complete file")
	}
	return list, nil
}

// doubled matches a field as spreadsheets write one that contains quotes: in quotes, with
// each of its own quotes doubled. No sentence is written like this.
var doubled = regexp.MustCompile(`^"[^"]*(?:""[^"]*)+"$`)

// readPairs reads French, tab, English. If one field is quoted as spreadsheets do it,
// all quoted fields are unquoted.
func readPairs(path string) ([]sentencePair, error) {
	lines, err := readLines(path)
	if err != nil {
		return nil, err
	}
	cells := make([][]string, len(lines))
	quoted := false
	for i, line := range lines {
		cells[i] = strings.Split(line, "\t")
		quoted = quoted || slices.ContainsFunc(cells[i], doubled.MatchString)
	}
	var pairs []sentencePair
	for i, fields := range cells {
		if quoted {
			unquote(fields)
		}
		if len(fields) != 2 {
			return nil, place.Errorf(path, i+1, "%s where French, tab, English are needed; fix or remove the line", plural.Of(len(fields), "field"))
		}
		p := sentencePair{strings.TrimSpace(fields[0]), strings.TrimSpace(fields[1])}
		if p.french == "" || p.english == "" {
			return nil, place.Errorf(path, i+1, "one of the two sentences is empty; fix or remove the line")
		}
		pairs = append(pairs, p)
	}
	if len(pairs) == 0 {
		return nil, place.Errorf(path, 1, "the file is empty; get the complete file")
	}
	return pairs, nil
}

// unquote removes a spreadsheet's quotes from fields.
func unquote(fields []string) {
	for i, f := range fields {
		if n := len(f); n > 1 && f[0] == '"' && f[n-1] == '"' {
			fields[i] = strings.ReplaceAll(f[1:n-1], `""`, `"`)
		}
	}
}

// readLines reads a file's lines without their ends, LF or CR LF.
func readLines(path string) ([]string, error) {
	data, err := rows.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(data) == 0 {
		return nil, nil
	}
	data = bytes.TrimSuffix(data, []byte("\n"))
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		if !utf8.ValidString(line) {
			return nil, place.Errorf(path, i+1, "not valid UTF-8; save the file as UTF-8")
		}
		lines[i] = strings.TrimSuffix(line, "\r")
	}
	return lines, nil
}

var (
	sgmlTag  = regexp.MustCompile(`(?is)<doc\b([^>]*)>|<seg\b([^>]*)>(.*?)</seg>`)
	sgmlSeg  = regexp.MustCompile(`(?i)<seg\b`)
	sgmlName = regexp.MustCompile(`(?i)\b(?:docid|id)\s*=\s*"?([^"\s>]*)"?`)
)

// segments reads the segments of a WMT file before 2021, which is not real SGML:
// <doc docid="..">, <seg id="..">text</seg>, and &amp; &lt; &gt; &quot; for the
// characters they name.
func segments(path string, lines []string) ([]sentence, error) {
	text := strings.Join(lines, "\n")
	var list []sentence
	document, line, counted := "", 1, 0
	for _, at := range sgmlTag.FindAllStringSubmatchIndex(text, -1) {
		line += strings.Count(text[counted:at[0]], "\n")
		counted = at[0]
		if at[2] >= 0 {
			document = sgmlID(text[at[2]:at[3]])
			continue
		}
		inner := text[at[6]:at[7]]
		if sgmlSeg.MatchString(inner) {
			return nil, place.Errorf(path, line, "torn: the segment that starts here has no </seg>; get the complete file")
		}
		list = append(list, sentence{
			text: unescapeSGML(strings.Join(strings.Fields(inner), " ")),
			id:   document + "/" + sgmlID(text[at[4]:at[5]]),
			line: line,
		})
	}
	if starts := sgmlSeg.FindAllStringIndex(text, -1); len(starts) != len(list) {
		last := starts[len(starts)-1][0]
		return nil, place.Errorf(path, 1+strings.Count(text[:last], "\n"), "torn: the segment that starts here has no </seg>; get the complete file")
	}
	return list, nil
}

// sgmlID is the docid or id among a tag's attributes.
func sgmlID(attributes string) string {
	if m := sgmlName.FindStringSubmatch(attributes); m != nil {
		return m[1]
	}
	return ""
}

func unescapeSGML(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&amp;", "&").Replace(s)
}
