package main

import (
	"encoding/json"
	"encoding/xml"
	"strings"
)

// printJSON writes a value for other programs, indented for people who look on.
func (p program) printJSON(value any) error {
	encoder := json.NewEncoder(p.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// junitCase is a test case in the XML that CI systems read, whose form JUnit's Ant task set.
type junitCase struct {
	Name    string      `xml:"name,attr"`
	Class   string      `xml:"classname,attr,omitempty"`
	Failure *junitEvent `xml:"failure"`
	Skipped *junitEvent `xml:"skipped"`
}

type junitEvent struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// junitText is a failure or a skip: its first line, and all of them.
func junitText(lines []string) *junitEvent {
	return &junitEvent{Message: lines[0], Text: strings.Join(lines, "\n")}
}

func (p program) printJUnit(name string, cases []junitCase) error {
	suite := struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}{Name: name, Tests: len(cases), Cases: cases}
	for _, c := range cases {
		if c.Failure != nil {
			suite.Failures++
		}
		if c.Skipped != nil {
			suite.Skipped++
		}
	}
	text, err := xml.MarshalIndent(suite, "", "  ")
	p.print("%s%s\n", xml.Header, text)
	return err
}
