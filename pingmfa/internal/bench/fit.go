package main

import "math"

// fit is the slope of a line through values that lie step apart, and its standard error.
func fit(values []float64, step float64) (slope, noise float64) {
	n := float64(len(values))
	var sumX, sumY, sumXX, sumXY float64
	for i, y := range values {
		x := float64(i) * step
		sumX, sumY, sumXX, sumXY = sumX+x, sumY+y, sumXX+x*x, sumXY+x*y
	}
	spreadX := sumXX - sumX*sumX/n
	slope = (sumXY - sumX*sumY/n) / spreadX
	base := (sumY - slope*sumX) / n
	var residual float64
	for i, y := range values {
		d := y - base - slope*float64(i)*step
		residual += d * d
	}
	return slope, math.Sqrt(residual / (n - 2) / spreadX)
}
