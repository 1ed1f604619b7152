package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	memoryURL     = "http://127.0.0.1"
	correlationID = "5f2c4c1e-9f0b-4c55-8f6c-3f1f6a7f2f10"
	largeLength   = 1 << 30
	tokenResponse = `{"access_token":"` + accessToken + `","token_type":"Bearer","expires_in":3600}`
)

// memory is a RoundTripper without a network. Like that of net/http, it reads the request's body to its end. If large
// is not nil, it is the body of the responses.
type memory struct {
	response []byte
	large    io.Reader
}

func (m memory) RoundTrip(req *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, req.Body); err != nil {
		return nil, err
	}
	resp := &http.Response{
		StatusCode:    http.StatusCreated,
		Header:        http.Header{"Content-Type": {"application/json"}, "Correlation-Id": {correlationID}},
		ContentLength: int64(len(m.response)),
		Request:       req,
	}
	switch {
	case strings.HasSuffix(req.URL.Path, "/as/token"):
		resp.StatusCode, resp.ContentLength = http.StatusOK, int64(len(tokenResponse))
		resp.Body = io.NopCloser(strings.NewReader(tokenResponse))
	case m.large != nil:
		resp.Body, resp.ContentLength = io.NopCloser(m.large), largeLength
	default:
		resp.Body = io.NopCloser(bytes.NewReader(m.response))
	}
	return resp, req.Body.Close()
}

// memoryRows compares the clients without a network, and prints the table of that. The clients take short turns in each
// round, in changing order, so that other load on the machine affects all of them alike.
func memoryRows(ctx context.Context, list []page) (rows []row, err error) {
	const rounds = 60
	fmt.Println("| page | hand | generated | pingmfa | time/generated | time/hand | allocations/hand | bytes/hand |")
	fmt.Println("|---|---|---|---|---|---|---|---|")
	for _, p := range list {
		var calls [len(clients)]call
		var costs [len(clients)]cost
		for i := range clients {
			calls[i], err = p.call(i, memoryURL, &http.Client{Transport: memory{response: p.response}})
			if err == nil {
				_, err = calls[i](ctx) // For it, pingmfa requests a token.
			}
			if err != nil {
				return nil, err
			}
		}
		for turn := range rounds * len(clients) {
			i := (turn + turn/len(clients)) % len(clients)
			costs[i].measure(ctx, calls[i])
		}
		ours, hand := &costs[byPingmfa], &costs[byHand]
		added := []row{
			{name: p.name + "/time/generated", spread: ratios(ours.times, costs[byGenerated].times), bar: 1},
			{name: p.name + "/time/hand", spread: ratios(ours.times, hand.times), bar: 1.3},
			{name: p.name + "/allocations/hand", spread: spreadOf(ours.allocations / hand.allocations), bar: 1.45, exact: true},
			{name: p.name + "/bytes/hand", spread: spreadOf(ours.bytes / hand.bytes), bar: 1.45, exact: true},
		}
		fmt.Printf("| %s |", p.name)
		for _, c := range costs {
			fmt.Printf(" %.1f µs, %.0f, %.0f B |", spreadOf(c.times...).median, c.allocations, c.bytes)
		}
		for _, r := range added {
			fmt.Printf(" %s |", r.spread)
		}
		fmt.Println()
		rows = append(rows, added...)
	}
	return rows, nil
}

// cost is the cost of a call. Allocations and bytes are the least of all rounds: the garbage collector empties pools.
type cost struct {
	times              []float64 // by round, processor time in microseconds
	allocations, bytes float64
}

// measure adds a round. Processor time excludes other processes, and includes the garbage collector on all processors.
func (c *cost) measure(ctx context.Context, call call) {
	var took time.Duration
	result := testing.Benchmark(func(b *testing.B) {
		start := processorTime()
		benchmark(ctx, b, call)
		took = processorTime() - start
	})
	allocations, size := float64(result.AllocsPerOp()), float64(result.AllocedBytesPerOp())
	if len(c.times) == 0 || size < c.bytes {
		c.allocations, c.bytes = allocations, size
	}
	c.times = append(c.times, float64(took.Nanoseconds())/1000/float64(result.N))
}

func benchmark(ctx context.Context, b *testing.B, call call) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := call(ctx); err != nil {
			panic(err) // The transport never fails.
		}
	}
}

// ratios compares two clients round by round.
func ratios(a, b []float64) spread {
	values := slices.Clone(a)
	for i := range values {
		values[i] /= b[i]
	}
	return spreadOf(values...)
}

// processorTime returns the time that all processors have spent in this process.
func processorTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage) // It fails only for invalid arguments.
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// largeResponse returns the number of MiB that pingmfa reads of a response of 1 GiB.
func largeResponse(ctx context.Context, p page) (float64, error) {
	body := &io.LimitedReader{R: rand.NewChaCha8([32]byte{}), N: largeLength}
	call, err := p.call(byPingmfa, memoryURL, &http.Client{Transport: memory{large: body}})
	if err != nil {
		return 0, err
	}
	if _, err = call(ctx); err == nil {
		return 0, errors.New("a response of 1 GiB is a success")
	}
	return float64(largeLength-body.N) / (1 << 20), nil
}
