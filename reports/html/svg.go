package html

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// svgElements are the elements that draw. It excludes elements that load, run,
// link or restyle the page (script, foreignObject, a, style, animations).
const svgElements = " svg g defs title desc path rect circle ellipse line polyline polygon text tspan textPath" +
	" clipPath mask marker pattern symbol use image linearGradient radialGradient stop "

// inlineSVG rewrites an SVG document for use inside a page: one svg element, no
// prolog, comments or namespace declarations, and every id with a prefix, so that
// two figures don't share one.
func inlineSVG(doc []byte, prefix string) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(doc))
	var b strings.Builder
	var open []string
	done := false
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", fmt.Errorf("svg: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			name := qualified(t.Name)
			if done || len(open) == 0 && name != "svg" {
				return "", fmt.Errorf("svg: element <%s> outside the one svg element", name)
			}
			if err := writeStart(&b, name, t.Attr, prefix); err != nil {
				return "", err
			}
			open = append(open, name)
		case xml.EndElement:
			name := qualified(t.Name)
			if len(open) == 0 || open[len(open)-1] != name {
				return "", fmt.Errorf("svg: </%s> closes nothing", name)
			}
			open = open[:len(open)-1]
			done = len(open) == 0
			b.WriteString("</" + name + ">")
		case xml.CharData:
			if len(open) > 0 {
				escapeXML(&b, string(t))
			}
		}
	}
	if !done {
		return "", errors.New("svg: no complete svg element")
	}
	return b.String(), nil
}

func writeStart(b *strings.Builder, name string, attrs []xml.Attr, prefix string) error {
	if !strings.Contains(svgElements, " "+name+" ") {
		return fmt.Errorf("svg: element <%s> is not allowed in a page", name)
	}
	b.WriteString("<" + name)
	for _, a := range attrs {
		key := qualified(a.Name)
		if key == "xmlns" || a.Name.Space == "xmlns" {
			continue
		}
		value, err := svgAttribute(key, a.Value, prefix)
		if err != nil {
			return fmt.Errorf("svg: <%s>: %w", name, err)
		}
		b.WriteString(" " + key + `="`)
		escapeXML(b, value)
		b.WriteString(`"`)
	}
	b.WriteString(">")
	return nil
}

// svgAttribute refuses anything that could load or run something, and renames ids
// and the references to them.
func svgAttribute(key, value, prefix string) (string, error) {
	lower := strings.ToLower(key)
	switch {
	case strings.HasPrefix(lower, "on"), lower == "src":
		return "", fmt.Errorf("attribute %s is not allowed in a page", key)
	case lower == "id":
		return prefix + value, nil
	case lower == "href" || lower == "xlink:href":
		if id, ok := strings.CutPrefix(value, "#"); ok {
			return "#" + prefix + id, nil
		}
		if strings.HasPrefix(value, "data:image/png;") || strings.HasPrefix(value, "data:image/jpeg;") {
			return value, nil
		}
		return "", fmt.Errorf("%s leads out of the page", key)
	}
	if strings.Count(strings.ToLower(value), "url(") != strings.Count(value, "url(#") || strings.Contains(value, "@import") {
		return "", fmt.Errorf("%s leads out of the page", key)
	}
	return strings.ReplaceAll(value, "url(#", "url(#"+prefix), nil
}

func qualified(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

// escapeXML can't fail, because a strings.Builder accepts every write.
func escapeXML(b *strings.Builder, s string) { _ = xml.EscapeText(b, []byte(s)) }
