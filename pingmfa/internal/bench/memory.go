package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const correlationID = "5f2c4c1e-9f0b-4c55-8f6c-3f1f6a7f2f10"

const tokenResponse = `{"access_token":"` + accessToken + `","token_type":"Bearer","expires_in":3600}`

// memory is a RoundTripper without a network. Like that of net/http, it reads the request's body to its end.
type memory struct{ response []byte }

func (m memory) RoundTrip(req *http.Request) (*http.Response, error) {
	if _, err := io.Copy(io.Discard, req.Body); err != nil {
		return nil, err
	}
	status, body := http.StatusCreated, m.response
	if strings.HasSuffix(req.URL.Path, "/as/token") {
		status, body = http.StatusOK, []byte(tokenResponse)
	}
	return newResponse(req, status, io.NopCloser(bytes.NewReader(body)), int64(len(body))), req.Body.Close()
}

func newResponse(req *http.Request, status int, body io.ReadCloser, length int64) *http.Response {
	return &http.Response{
		StatusCode:    status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        http.Header{"Content-Type": {"application/json"}, "Correlation-Id": {correlationID}},
		Body:          body,
		ContentLength: length,
		Request:       req,
	}
}

// memoryRows compares the clients without a network and prints the table of it.
func memoryRows(ctx context.Context, list []page, quick bool) ([]row, error) {
	n, turn := 20, 1000
	if quick {
		n, turn = 5, 200
	}
	fmt.Println("| page | hand | generated | pingmfa | time to generated | time to hand | allocations | bytes |")
	fmt.Println("|---|---|---|---|---|---|---|---|")
	var rows []row
	for _, p := range list {
		calls := make(map[string]call, len(clients))
		costs := make(map[string]cost, len(clients))
		for _, client := range clients {
			var err error
			if calls[client], err = p.call(client, "http://127.0.0.1", &http.Client{Transport: memory{p.response}}); err != nil {
				return nil, err
			}
			if costs[client], err = measure(ctx, calls[client]); err != nil {
				return nil, fmt.Errorf("%s, %s: %w", p.name, client, err)
			}
		}
		times, err := rounds(ctx, calls, n, turn)
		if err != nil {
			return nil, err
		}
		ours, theirs := costs[byPingmfa], costs[byHand]
		added := []row{
			{name: p.name + "/time-to-generated", spread: ratios(times, byGenerated), bar: 1},
			{name: p.name + "/time-to-hand", spread: ratios(times, byHand), bar: 1.3},
			{name: p.name + "/allocations-to-hand", spread: exactly(ours.allocations / theirs.allocations), bar: 1.45, exact: true},
			{name: p.name + "/bytes-to-hand", spread: exactly(ours.bytes / theirs.bytes), bar: 1.45, exact: true},
		}
		fmt.Printf("| %s |", p.name)
		for _, client := range clients {
			fmt.Printf(" %.1f µs, %.0f, %.0f B |", spreadOf(times[client]).median/1000, costs[client].allocations, costs[client].bytes)
		}
		for _, r := range added {
			fmt.Printf(" %s |", r.spread)
		}
		fmt.Println()
		rows = append(rows, added...)
	}
	return rows, nil
}

// cost is what a call allocates.
type cost struct{ allocations, bytes float64 }

// measure returns the cost of a call. The first call, which gets the access token, is not part of it.
func measure(ctx context.Context, call call) (cost, error) {
	if _, err := call(ctx); err != nil {
		return cost{}, err
	}
	var failed error
	result := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			if _, err := call(ctx); err != nil {
				failed = err
				return
			}
		}
	})
	return cost{float64(result.AllocsPerOp()), float64(result.AllocedBytesPerOp())}, failed
}

// rounds returns the processor time of a call in nanoseconds, by client and round. The clients take many short turns in
// a round, in changing order, so that other load on the machine affects all of them alike.
func rounds(ctx context.Context, calls map[string]call, n, turn int) (map[string][]float64, error) {
	const turns = 5
	times := make(map[string][]float64, len(clients))
	for round := range n {
		sums := make(map[string]time.Duration, len(clients))
		for i := range turns * len(clients) {
			client := clients[(i+i/len(clients)+round)%len(clients)]
			runtime.GC()
			start := processorTime()
			for range turn {
				if _, err := calls[client](ctx); err != nil {
					return nil, err
				}
			}
			sums[client] += processorTime() - start
		}
		for client, sum := range sums {
			times[client] = append(times[client], float64(sum)/float64(turns*turn))
		}
	}
	return times, nil
}

// processorTime returns the time that all processors have spent in this process. Unlike the time of day, it excludes
// other processes, and includes the garbage collector on other processors.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // RUSAGE_SELF and the pointer are valid.
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// ratios returns pingmfa's time divided by another client's, round by round.
func ratios(times map[string][]float64, client string) spread {
	values := slices.Clone(times[byPingmfa])
	for i := range values {
		values[i] /= times[client][i]
	}
	return spreadOf(values)
}

// spread is the median of values and their quartiles.
type spread struct{ low, median, high float64 }

func spreadOf(values []float64) spread {
	sorted := slices.Sorted(slices.Values(values))
	at := func(quantile float64) float64 { return sorted[int(quantile*float64(len(sorted)-1)+0.5)] }
	return spread{at(0.25), at(0.5), at(0.75)}
}

// exactly returns the spread of a value that is the same in every run.
func exactly(value float64) spread { return spread{value, value, value} }

func (s spread) String() string {
	if s.low == s.high {
		return fmt.Sprintf("%.2f", s.median)
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", s.median, s.low, s.high)
}

// largeBody is a body of 1 GiB that counts the bytes which were read.
type largeBody struct{ read int64 }

const largeLength = 1 << 30

func (b *largeBody) Read(p []byte) (int, error) {
	if b.read >= largeLength {
		return 0, io.EOF
	}
	n := min(int64(len(p)), largeLength-b.read)
	for i := range n {
		p[i] = ' '
	}
	b.read += n
	return int(n), nil
}

func (b *largeBody) Close() error { return nil }

// RoundTrip implements http.RoundTripper. Responses of the token endpoint are as those of memory.
func (b *largeBody) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasSuffix(req.URL.Path, "/as/token") {
		return memory{}.RoundTrip(req)
	}
	_, err := io.Copy(io.Discard, req.Body)
	return newResponse(req, http.StatusCreated, b, largeLength), err
}

// largeBodyRow returns how many MiB of a response of 1 GiB pingmfa reads.
func largeBodyRow(ctx context.Context, p page) (row, error) {
	body := new(largeBody)
	call, err := p.call(byPingmfa, "http://127.0.0.1", &http.Client{Transport: body})
	if err != nil {
		return row{}, err
	}
	if _, err = call(ctx); err == nil {
		return row{}, errors.New("a response of 1 GiB was taken for a success")
	}
	return row{name: "large-response/mib-read", spread: exactly(float64(body.read) / (1 << 20)), bar: 1, exact: true}, nil
}
