package conformance_test

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	openapi "github.com/pingmfa/pingmfa-go"
	"github.com/pingmfa/pingmfa-go/pingmfa"
)

// The contract, the module and the changelog have the same version.
func TestVersionsAgree(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	require.NoError(t, err)
	assert.Equal(t, pingmfa.Version, doc.Info.Version)

	changelog, err := os.ReadFile("../CHANGELOG.md")
	require.NoError(t, err)
	assert.Empty(t, changelogErrors(string(changelog), doc.Info.Version))

	accepted, err := os.ReadFile("../.ci/breaking.accepted")
	require.NoError(t, err)
	if strings.Contains("\n"+string(accepted), "\n## "+doc.Info.Version+": ") {
		first := strings.Split(string(changelog), "\n## ")[1]
		assert.Contains(t, first, "\n### Breaking\n", "breaking changes are accepted, but not announced")
	}
}

func TestChangelogErrors(t *testing.T) {
	const unreleased, second, first = "## [0.3.0] - Unreleased\n", "## [0.2.1] - 2026-03-01\n", "## [0.2.0] - 2026-02-01\n"
	for name, test := range map[string]struct{ changelog, want string }{
		"unreleased":    {unreleased + second + first, ""},
		"released":      {strings.Replace(unreleased, "Unreleased", "2026-03-01", 1) + second, ""},
		"breaking":      {unreleased + "### Breaking\n\n- All of it.\n" + second, ""},
		"first release": {unreleased + "### Breaking\n\n- All of it.\n", ""},
		"wrong version": {"## [1.0.0] - Unreleased\n### Breaking\n" + second, "[1.0.0]: the version is 0.3.0"},

		"no version":       {"# Changelog\n", "there is no version"},
		"no number":        {"## [Unreleased]\n" + second, "[Unreleased]: not [X.Y.Z] - Unreleased or YYYY-MM-DD"},
		"no brackets":      {"## 0.3.0 - Unreleased\n", "0.3.0 - Unreleased: not [X.Y.Z] - Unreleased or YYYY-MM-DD"},
		"old version":      {second + first, "[0.2.1]: the version is 0.3.0"},
		"no date":          {unreleased + "## [0.2.1] - Unreleased\n", "[0.2.1]: only the first is unreleased"},
		"no such date":     {unreleased + "## [0.2.1] - 2026-02-30\n", "[0.2.1]: there is no such date"},
		"wrong order":      {unreleased + first + second, "[0.2.1]: not older than [0.2.0]"},
		"compared as text": {unreleased + "## [0.10.0] - 2026-01-01\n", "[0.10.0]: not older than [0.3.0]"},
		"twice":            {unreleased + first + first, "[0.2.0]: not older than [0.2.0]"},
		"dates backwards":  {unreleased + "## [0.2.1] - 2026-01-01\n" + first, "[0.2.0]: not older than [0.2.1]"},
		"breaking patch": {unreleased + "## [0.2.1] - 2026-03-01\n### Breaking\n\n- All of it.\n" + first,
			"[0.2.1]: a breaking release must raise the major number after [0.2.0], or the minor number of 0.x"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, strings.Join(changelogErrors(test.changelog, "0.3.0"), "\n"))
		})
	}
}

// release is a section of the changelog.
type release struct {
	name   string
	number [3]int
	date   time.Time // zero if unreleased
	breaks bool
}

var heading = regexp.MustCompile(`^\[((\d+)\.(\d+)\.(\d+))\] - (Unreleased|\d{4}-\d{2}-\d{2})$`)

// changelogErrors returns the violations of the rules at the head of the changelog.
func changelogErrors(changelog, version string) []string {
	var list []string
	report := func(name, format string, args ...any) { list = append(list, name+": "+fmt.Sprintf(format, args...)) }
	sections := strings.Split("\n"+changelog, "\n## ")[1:]
	if len(sections) == 0 {
		return []string{"there is no version"}
	}
	var newer *release
	for i, section := range sections {
		title, text, _ := strings.Cut(section, "\n")
		match := heading.FindStringSubmatch(title)
		if match == nil {
			report(title, "not [X.Y.Z] - Unreleased or YYYY-MM-DD")
			continue
		}
		r := release{name: "[" + match[1] + "]", breaks: strings.Contains(text, "### Breaking\n")}
		for part := range r.number {
			r.number[part], _ = strconv.Atoi(match[2+part])
		}
		if match[5] != "Unreleased" {
			var err error
			if r.date, err = time.Parse(time.DateOnly, match[5]); err != nil {
				report(r.name, "there is no such date")
			}
		} else if i > 0 {
			report(r.name, "only the first is unreleased")
		}
		if i == 0 && match[1] != version {
			report(r.name, "the version is %s", version)
		}
		if newer != nil {
			checkOrder(*newer, r, report)
		}
		newer = &r
	}
	return list
}

// checkOrder checks a release against the release before it.
func checkOrder(newer, older release, report func(name, format string, args ...any)) {
	late := !newer.date.IsZero() && newer.date.Before(older.date)
	if slices.Compare(newer.number[:], older.number[:]) <= 0 || late {
		report(older.name, "not older than %s", newer.name)
	}
	major := cmp.Compare(newer.number[0], older.number[0])
	raises := major > 0 || newer.number[0] == 0 && newer.number[1] > older.number[1]
	if newer.breaks && !raises {
		report(newer.name, "a breaking release must raise the major number after %s, or the minor number of 0.x", older.name)
	}
}
