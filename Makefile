SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

# The Go releases that the module supports. .ci/run runs "make check" with each of them, by GOTOOLCHAIN.
GO_RELEASES := go1.26.8 go1.27.4

# The versions of the tools. That of the generator is in go.mod, those of the npm packages are in
# conformance/interop/*/package-lock.json, and that of the fallback Node.js is in .ci/run.
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
OASDIFF := github.com/oasdiff/oasdiff@v1.36.0
APIDIFF := golang.org/x/exp/cmd/apidiff@v0.0.0-20261014143641-f0251eb4aa3e

# The linters and the tools of "make breaking" use the newer release, whatever release is in use: what they find does not
# depend on it, and .ci/run builds them once.
TOOLCHAIN := GOTOOLCHAIN=$(lastword $(GO_RELEASES))

# The limit of each fuzz target, as in -fuzztime: make fuzz FUZZTIME=1m
FUZZTIME ?= 10s

# The steps of "make interop". ADAPTER runs the vectors against a client, whose command follows it.
INTEROP := lint prism go typescript python generators otel
ADAPTER = go run ./conformance/cmd/pingmfa-conformance run -known-failing conformance/interop/$(1)/known-failing.json --
INSTALLED := node_modules/.package-lock.json
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

# No telemetry, and no checks for updates.
export REDOCLY_TELEMETRY := off
export REDOCLY_SUPPRESS_UPDATE_NOTICE := true
export NO_UPDATE_NOTIFIER := 1

# The race detector needs a C compiler. Without one, the tests run without it.
RACE = $(shell [[ "$$(go env CGO_ENABLED)" == 1 ]] && command -v $$(go env CC) >/dev/null && echo -race)

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## Run the demo against the fake, or against a real tenant (see README.md)
	@go run ./pingmfa/cmd/pingmfa-demo

.PHONY: test
test: ## Run all tests, with the race detector if there is a C compiler
	go test -shuffle=on $(RACE) $(SKIP) ./...

.PHONY: generate
generate: ## Regenerate all generated files
	go generate ./...

# Generates in a copy of the working tree, so that uncommitted changes and an interrupted run do not matter. Each file
# that is written there must be equal to the one here, and must be tracked by git.
.PHONY: checkgenerate
checkgenerate: ## Fail if a generated file is out of date
	@copy=$$(mktemp -d); trap 'rm -rf "$$copy"' EXIT; mkdir "$$copy/tree"; \
	git ls-files -z --cached --others --exclude-standard \
		| while IFS= read -r -d '' file; do [[ ! -e $$file ]] || printf '%s\0' "$$file"; done \
		| tar -c --null -T - | tar -x -C "$$copy/tree"; \
	touch "$$copy/stamp"; \
	(cd "$$copy/tree" && go generate ./...); \
	written=$$(cd "$$copy/tree" && find . -type f -newer ../stamp | sed 's,^\./,,' | sort); \
	[[ -n $$written ]] || { echo 'checkgenerate: go generate wrote nothing' >&2; exit 1; }; \
	stale=; \
	for file in $$written; do \
		if ! git ls-files --error-unmatch -- "$$file" >/dev/null 2>&1; then \
			echo "checkgenerate: $$file is generated, but not tracked by git" >&2; stale=1; \
		elif ! git --no-pager diff --no-index --exit-code -- "$$file" "$$copy/tree/$$file" >"$$copy/diff" 2>&1; then \
			head -n 40 "$$copy/diff" >&2; echo "checkgenerate: $$file is out of date" >&2; stale=1; \
		fi; \
	done; \
	[[ -z $$stale ]] || { echo 'checkgenerate: run "make generate" and commit the result' >&2; exit 1; }; \
	echo "checkgenerate: up to date:" $$written

.PHONY: lint
lint: ## Check the Go code: gofmt, golangci-lint (with all analyzers of go vet)
	@unformatted=$$(find . -name '*.go' -not -path './.*' -not -path '*/node_modules/*' -exec gofmt -l {} +); \
	[[ -z $$unformatted ]] || { printf 'lint: not formatted by gofmt:\n%s\n' "$$unformatted" >&2; exit 1; }
	$(TOOLCHAIN) go run $(GOLANGCI_LINT) run ./...

.PHONY: breaking
breaking: ## Fail on a breaking change since the last tag that .ci/breaking.accepted does not list
	@tools=$$(mktemp -d); trap 'rm -rf "$$tools"' EXIT; \
	for tool in $(OASDIFF) $(APIDIFF) ./conformance/internal/facts; do GOBIN="$$tools" $(TOOLCHAIN) go install "$$tool"; done; \
	export PATH="$$tools:$$PATH"; \
	.ci/breaking-test; \
	.ci/breaking $(BASE)

.PHONY: conformance
conformance: ## Run the vectors against spec, generated code, client and fake; check their coverage
	@go test -count=1 ./conformance
	@go test -count=1 -v -run '^(TestCoverage|TestClientMutants)$$' ./conformance/coverage ./conformance/interop/go \
		| sed -E '/^(=== |--- PASS|PASS$$|ok )/d; s/^ +[a-z_]+\.go:[0-9]+: //'

.PHONY: interop $(INTEROP:%=interop-%)
interop: $(INTEROP:%=interop-%) ## Test tools and clients of other languages (needs Node.js and Python)

interop-lint: conformance/interop/lint/$(INSTALLED)
	npm --prefix conformance/interop/lint run --silent lint

interop-prism: conformance/interop/prism/$(INSTALLED)
	npm --prefix conformance/interop/prism run --silent check
	$(call ADAPTER,go) node conformance/interop/prism/between.mjs go run ./conformance/interop/go

interop-go:
	$(call ADAPTER,go) go run ./conformance/interop/go

interop-typescript: conformance/interop/typescript/$(INSTALLED)
	npm --prefix conformance/interop/typescript run --silent build
	$(call ADAPTER,typescript) node conformance/interop/typescript/out/adapter.js

interop-python:
	@command -v python3 >/dev/null || { echo 'interop: needs Python 3' >&2; exit 1; }
	$(call ADAPTER,python) python3 conformance/interop/python/adapter.py

interop-generators: conformance/interop/generators/$(INSTALLED)
	npm --prefix conformance/interop/generators run --silent check

interop-otel: # a module of its own, so that nobody who imports this one requires OpenTelemetry
	cd pingmfa/example/otel && go run . | diff expected.txt - && echo 'otel: the spans are as expected'

.PHONY: docs
docs: conformance/interop/lint/$(INSTALLED) ## Render the contract as docs/index.html (needs Node.js)
	@npm --prefix conformance/interop/docs run --silent build

.PHONY: checkdocs
checkdocs: docs conformance/interop/docs/$(INSTALLED) ## Test the rendered contract and the page of the fake in a browser (needs Chromium)
	@[[ -n "$(CHROMIUM)" ]] || { echo 'checkdocs: needs Chromium: set CHROMIUM to its path' >&2; exit 1; }
	@CHROMIUM="$(CHROMIUM)" npm --prefix conformance/interop/docs run --silent test

.PHONY: node
node:
	@command -v npm >/dev/null && [[ $$(node --version) =~ ^v(20\.(19|[2-9][0-9])|2[1-9]|[3-9][0-9])\. ]] \
		|| { echo 'needs Node.js 20.19 or later, and npm' >&2; exit 1; }

conformance/interop/%/$(INSTALLED): $(addprefix conformance/interop/%/,package.json package-lock.json .npmrc) | node
	npm --prefix conformance/interop/$* ci
	@touch $@

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME (default: 10s)
	@targets=$$(grep -ro --include='*_test.go' --exclude-dir=node_modules '^func Fuzz[A-Za-z]*' conformance pingmfa \
		| sed -E 's,^(.*)/[^/]*:func (.*)$$,./\1 \2,'); \
	count=0; \
	while read -r package target; do \
		[[ -n $$package ]] || continue; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$package" </dev/null; \
		count=$$((count + 1)); \
	done <<<"$$targets"; \
	echo "fuzz: $$count targets, $(FUZZTIME) each"

.PHONY: bench
bench: ## Compare the client with hand-written and with generated code (pingmfa/PERFORMANCE.md)
	@failed=; for release in $(GO_RELEASES); do \
		GOTOOLCHAIN=$$release go run ./pingmfa/internal/bench || failed=1; \
	done; [[ -z $$failed ]]

.PHONY: releases
releases: # the input of .ci/run
	@echo $(GO_RELEASES)

.PHONY: check
# A number of inputs, because the seeds alone can take seconds on a busy machine.
check: FUZZTIME := 2000x
check: SKIP := -skip '^(TestCoverage|TestClientMutants)$$' # "make conformance" runs them, without the race detector
check: checkgenerate breaking lint test conformance interop checkdocs fuzz ## Run all checks
