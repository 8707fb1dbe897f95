// Package junit renders gates, or comparisons where there are none, as the JUnit
// XML that CI systems read.
package junit

import (
	"encoding/xml"
	"io"
	"strings"
)

// Outcome is how a test case ended.
type Outcome int

const (
	Passed  Outcome = iota
	Failed          // a regression
	Skipped         // inconclusive, or not attempted: nothing is claimed
)

// Case is one test case.
type Case struct {
	Class   string // suite
	Name    string // metric and condition
	Outcome Outcome
	Type    string // the verdict
	Message string // a passed case has one too, as its output
}

// Suite is one test suite: a comparison of two models.
type Suite struct {
	Name       string
	Properties [][2]string // name and value
	Cases      []Case
}

type xmlSuites struct {
	XMLName  xml.Name   `xml:"testsuites"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Time     string     `xml:"time,attr"`
	Suites   []xmlSuite `xml:"testsuite"`
}

type xmlSuite struct {
	Name       string         `xml:"name,attr"`
	Tests      int            `xml:"tests,attr"`
	Failures   int            `xml:"failures,attr"`
	Errors     int            `xml:"errors,attr"`
	Skipped    int            `xml:"skipped,attr"`
	Time       string         `xml:"time,attr"`
	Properties *xmlProperties `xml:"properties,omitempty"`
	Cases      []xmlCase      `xml:"testcase"`
}

// xmlProperties is absent, not empty, where there are none: the schema requires at
// least one.
type xmlProperties struct {
	Property []xmlProperty `xml:"property"`
}

type xmlProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type xmlCase struct {
	Class   string      `xml:"classname,attr"`
	Name    string      `xml:"name,attr"`
	Time    string      `xml:"time,attr"`
	Failure *xmlMessage `xml:"failure,omitempty"`
	Skipped *xmlMessage `xml:"skipped,omitempty"`
	Output  string      `xml:"system-out,omitempty"`
}

type xmlMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// noTime is written for every duration. So the same comparison gives the same
// bytes, and readers that expect the attribute find a number.
const noTime = "0"

// Write writes the suites. There are no time stamps, and every time is 0.
func Write(w io.Writer, suites []Suite) error {
	all := xmlSuites{Time: noTime}
	for _, s := range suites {
		x := suite(s)
		all.Tests += x.Tests
		all.Failures += x.Failures
		all.Suites = append(all.Suites, x)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func suite(s Suite) xmlSuite {
	x := xmlSuite{Name: clean(s.Name), Tests: len(s.Cases), Time: noTime}
	if len(s.Properties) > 0 {
		x.Properties = &xmlProperties{}
	}
	for _, p := range s.Properties {
		x.Properties.Property = append(x.Properties.Property, xmlProperty{clean(p[0]), clean(p[1])})
	}
	for _, c := range s.Cases {
		xc := xmlCase{Class: clean(c.Class), Name: clean(c.Name), Time: noTime}
		message := clean(c.Message)
		switch c.Outcome {
		case Failed:
			xc.Failure = &xmlMessage{Message: message, Type: clean(c.Type), Text: message}
			x.Failures++
		case Skipped:
			xc.Skipped = &xmlMessage{Message: message, Text: message}
			x.Skipped++
		default:
			xc.Output = message
		}
		x.Cases = append(x.Cases, xc)
	}
	return x
}

// clean drops what XML 1.0 cannot represent. Invalid UTF-8 becomes U+FFFD.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s)
}
