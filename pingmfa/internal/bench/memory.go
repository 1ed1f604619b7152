package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	memoryURL     = "http://127.0.0.1"
	tokenResponse = `{"access_token":"` + accessToken + `","token_type":"Bearer","expires_in":3600}`
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// memory returns a RoundTripper without a network. Like that of net/http, it reads the request's body to its end.
func memory(response []byte) roundTripper {
	return func(req *http.Request) (*http.Response, error) {
		if _, err := io.Copy(io.Discard, req.Body); err != nil {
			return nil, err
		}
		status, body := http.StatusCreated, response
		if strings.HasSuffix(req.URL.Path, "/as/token") {
			status, body = http.StatusOK, []byte(tokenResponse)
		}
		return &http.Response{
			StatusCode:    status,
			Header:        http.Header{"Content-Type": {"application/json"}, "Correlation-Id": {"5f2c4c1e-9f0b"}},
			Body:          io.NopCloser(bytes.NewReader(body)),
			ContentLength: int64(len(body)),
			Request:       req,
		}, req.Body.Close()
	}
}

// memoryRows compares the clients without a network, and prints the table of that. The clients take short turns in each
// round, in changing order, so that other load on the machine affects all of them alike.
func memoryRows(ctx context.Context, list []page) (rows []row, err error) {
	const rounds = 60
	fmt.Println("| page | hand | generated | pingmfa | time/generated | time/hand | allocations/hand | bytes/hand |\n" +
		"|---|---|---|---|---|---|---|---|")
	for _, p := range list {
		var calls [len(clients)]call
		var costs [len(clients)]cost
		for i := range clients {
			if calls[i], err = p.call(i, memoryURL, &http.Client{Transport: memory(p.response)}); err != nil {
				return nil, err
			}
			_, _ = calls[i](ctx) // For it, pingmfa requests a token.
		}
		for turn := range rounds * len(clients) {
			i := (turn + turn/len(clients)) % len(clients)
			costs[i].measure(ctx, calls[i])
		}
		var toGenerated, toHand []float64
		for i, took := range costs[byPingmfa].times {
			toGenerated = append(toGenerated, took/costs[byGenerated].times[i])
			toHand = append(toHand, took/costs[byHand].times[i])
		}
		ours, hand := &costs[byPingmfa], &costs[byHand]
		added := []row{
			{name: p.name + "/time/generated", spread: spreadOf(toGenerated...), goal: 1},
			{name: p.name + "/time/hand", spread: spreadOf(toHand...), goal: 1.3},
			{name: p.name + "/allocations/hand", spread: spreadOf(ours.allocations / hand.allocations), goal: 1.45, exact: true},
			{name: p.name + "/bytes/hand", spread: spreadOf(ours.bytes / hand.bytes), goal: 1.45, exact: true},
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
	if size := float64(result.AllocedBytesPerOp()); len(c.times) == 0 || size < c.bytes {
		c.allocations, c.bytes = float64(result.AllocsPerOp()), size
	}
	c.times = append(c.times, float64(took.Nanoseconds())/1000/float64(result.N))
}

// benchmark is a benchmark of a call that never fails.
func benchmark(ctx context.Context, b *testing.B, call call) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := call(ctx); err != nil {
			panic(err)
		}
	}
}

// processorTime returns the time that all processors have spent in this process.
func processorTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage) // It fails only for invalid arguments.
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// largeResponse returns the number of MiB that pingmfa reads of a response of 1 GiB.
func largeResponse(ctx context.Context, p page) (float64, error) {
	const length = 1 << 30
	body := &io.LimitedReader{R: rand.NewChaCha8([32]byte{}), N: length}
	transport := roundTripper(func(req *http.Request) (*http.Response, error) {
		resp, err := memory(nil)(req)
		if err == nil && resp.StatusCode == http.StatusCreated {
			resp.Body, resp.ContentLength = io.NopCloser(body), length
		}
		return resp, err
	})
	call, err := p.call(byPingmfa, memoryURL, &http.Client{Transport: transport})
	if err != nil {
		return 0, err
	}
	if _, err = call(ctx); err == nil {
		return 0, errors.New("a response of 1 GiB is a success")
	}
	return float64(length-body.N) / (1 << 20), nil
}
