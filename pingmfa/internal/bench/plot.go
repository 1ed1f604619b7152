package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// point is the load of both clients with a number of goroutines.
type point struct {
	goroutines   int
	theirs, ours load
}

// plotFile is relative to the module's root, where "make bench" runs.
const plotFile = "pingmfa/performance.svg"

// writePlot draws throughput and connections over the number of goroutines.
func writePlot(points []point) error {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 320"` +
		` font-family="sans-serif" font-size="12">` + "\n" +
		`<rect width="720" height="320" fill="#fff"/>` + "\n")
	panel(&b, 60, "calls a second", points, func(l load) float64 { return l.rate })
	panel(&b, 420, "connections opened", points, func(l load) float64 { return float64(l.connections) })
	fmt.Fprintf(&b, `<text x="60" y="312" fill="#06c">pingmfa</text>`+
		`<text x="120" y="312" fill="#c40">by hand, default transport</text>`+
		`<text x="420" y="312">over goroutines; TLS, 20 ms, %s</text>`+"\n</svg>\n", runtime.Version())
	return os.WriteFile(plotFile, []byte(b.String()), 0o644) //nolint:gosec // it is published
}

func panel(b *strings.Builder, left float64, title string, points []point, value func(load) float64) {
	const width, height, bottom = 270.0, 220.0, 270.0
	top := 1.0
	for _, p := range points {
		top = max(top, value(p.theirs), value(p.ours))
	}
	x := func(i int) float64 { return left + width*float64(i)/float64(len(points)-1) }
	y := func(v float64) float64 { return bottom - height*v/top }
	fmt.Fprintf(b, `<text x="%.0f" y="30" font-weight="bold">%s</text>`+"\n", left, title)
	fmt.Fprintf(b, `<path d="M%.0f %.0fH%.0f" stroke="#888"/>`+"\n", left, bottom, left+width)
	for i, p := range points {
		fmt.Fprintf(b, `<text x="%.0f" y="288" text-anchor="middle">%d</text>`+"\n", x(i), p.goroutines)
	}
	for _, line := range []struct {
		color string
		of    func(point) load
	}{
		{"#c40", func(p point) load { return p.theirs }},
		{"#06c", func(p point) load { return p.ours }},
	} {
		var path []string
		for i, p := range points {
			v := value(line.of(p))
			path = append(path, fmt.Sprintf("%.1f,%.1f", x(i), y(v)))
			fmt.Fprintf(b, `<text x="%.1f" y="%.1f" fill="%s" text-anchor="middle">%.0f</text>`+"\n",
				x(i), y(v)-6, line.color, v)
		}
		fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n",
			strings.Join(path, " "), line.color)
	}
}
