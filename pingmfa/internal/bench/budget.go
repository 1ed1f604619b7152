package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
)

// budgetFile holds the most that a call and an importer may cost.
const budgetFile = "budget.json"

// figures are what the budget limits.
func figures(ctx context.Context, list []page) (map[string]int64, error) {
	out := make(map[string]int64)
	for _, p := range list {
		client, err := newClient("http://127.0.0.1", &http.Client{Transport: memory{p.answer}})
		if err != nil {
			return nil, err
		}
		allocations, size, err := exact(ctx, func(ctx context.Context) error { return callClient(ctx, client, p) })
		if err != nil {
			return nil, err
		}
		out["allocations of "+p.name], out["bytes of "+p.name] = int64(allocations), int64(size)
	}
	n, err := packages(ctx)
	if err != nil {
		return nil, err
	}
	out["third-party packages"] = int64(n)
	out["bytes of binary"], err = binary(ctx)
	return out, err
}

// overBudget says for each figure that the budget does not allow, what to do about it.
func overBudget(budget, now map[string]int64) (over []string) {
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if limit, ok := budget[name]; !ok || now[name] > limit {
			over = append(over, fmt.Sprintf("%s: %d, and the budget is %d: save it elsewhere, or raise it in %s and say why",
				name, now[name], limit, budgetFile))
		}
	}
	return over
}

func readBudget(data []byte) (budget map[string]int64, err error) {
	return budget, json.Unmarshal(data, &budget)
}

// printFigures prints the figures as the budget file has them.
func printFigures(ctx context.Context, list []page) error {
	now, err := figures(ctx, list)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(now)
}
