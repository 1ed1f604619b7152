package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/pingmfa/pingmfa-go/conformance"
)

var listCommand = command{
	name: "list", arguments: "", summary: "list the test vectors",
	description: `Lists the test vectors: the id, the verdicts of the request and the response, the class of the
expected result, and the flags. With -o json it prints the whole vectors.`,
	run: list,
}

func list(_ context.Context, p program, c command, args []string) (int, error) {
	var selected filter
	var format *string
	_, err := c.parse(p, args, func(flags *flag.FlagSet) {
		selected.define(flags)
		format = outputFlag(flags, "json")
	})
	if err != nil {
		return 0, err
	}
	vectors, err := selected.vectors()
	if err != nil {
		return 0, err
	}
	if *format == "json" {
		return exitOK, p.printJSON(vectors)
	}
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	columns := program{out: table}
	columns.print("VECTOR\tREQUEST\tRESPONSE\tCLASS\tFLAGS\n")
	for _, v := range vectors {
		request, response := conformance.Verdict("-"), conformance.Verdict("-")
		if v.Request != nil {
			request = v.Request.Verdict
		}
		if v.Response != nil {
			response = v.Response.Verdict
		}
		columns.print("%s\t%s\t%s\t%s\t%s\n", v.ID, request, response, v.Expect.Class, strings.Join(v.Flags, " "))
	}
	return exitOK, table.Flush()
}

// filter selects vectors. An empty field selects all.
type filter struct{ flag, operation, side, vector string }

// define defines the flags that set the filter.
func (f *filter) define(flags *flag.FlagSet) {
	flags.StringVar(&f.flag, "flag", "", "only vectors with this `flag` of flags.json")
	flags.StringVar(&f.operation, "operation", "", "only vectors of this `operationId`")
	flags.StringVar(&f.side, "side", "", "only vectors of this `side`: request, response or exchange")
	flags.StringVar(&f.vector, "vector", "", "only vectors whose id matches this `glob`; * does not match a slash")
}

// vectors returns the selected vectors. It returns an error if there are none.
func (f *filter) vectors() ([]conformance.Vector, error) {
	if _, err := path.Match(f.vector, ""); err != nil {
		return nil, fmt.Errorf("-vector: %w", err)
	}
	vectors, err := conformance.Vectors()
	if err != nil {
		return nil, err
	}
	selected := slices.DeleteFunc(vectors, func(v conformance.Vector) bool {
		matches, _ := path.Match(f.vector, v.ID)
		side := strings.Split(v.ID, "/")[1]
		return f.flag != "" && !slices.Contains(v.Flags, f.flag) ||
			f.operation != "" && f.operation != v.Operation ||
			f.side != "" && f.side != side ||
			f.vector != "" && !matches
	})
	if len(selected) == 0 {
		return nil, errors.New("no vector matches: list shows all of them")
	}
	return selected, nil
}
