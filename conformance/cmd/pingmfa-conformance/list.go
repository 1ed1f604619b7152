package main

import (
	"context"
	"errors"
	"flag"
	"strings"
	"text/tabwriter"

	"github.com/pingmfa/pingmfa-go/conformance"
)

var listCommand = command{
	name: "list", arguments: "", summary: "list the test vectors",
	about: `Lists the test vectors: id, verdict of the request, verdict of the answer, what a right client
reports, flags. With -o json, each vector comes whole.`,
	run: list,
}

func list(_ context.Context, p program, c command, args []string) (int, error) {
	var chosen choice
	var format *string
	rest, err := c.parse(p, args, func(flags *flag.FlagSet) {
		chosen.define(flags)
		format = outputFlag(flags, "json")
	})
	if err == nil && len(rest) > 0 {
		err = errors.New("there is nothing to name behind the flags")
	}
	if err != nil {
		return 0, err
	}
	vectors, err := chosen.vectors()
	if err != nil {
		return 0, err
	}
	if *format == "json" {
		return exitOK, p.printJSON(vectors)
	}
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	columns := program{out: table}
	columns.print("VECTOR\tREQUEST\tANSWER\tCLASS\tFLAGS\n")
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
