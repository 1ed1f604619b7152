package main

import (
	_ "embed"
	"html/template"
	"net/http"

	openapi "github.com/pingmfa/pingmfa-go"
)

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// handler is all that serve serves: what is for people, and the hub. It is no [http.ServeMux], which would tidy up the
// paths that the fakes are to see as they came.
func (h *hub) handler(contract []byte) http.Handler {
	pages := map[string]http.HandlerFunc{
		"/":             func(w http.ResponseWriter, _ *http.Request) { h.writePage(w, contract != nil) },
		"/openapi.yaml": asFile("application/yaml", openapi.YAML),
		"/favicon.ico":  http.NotFound, // browsers ask by themselves: it is no call that went astray
	}
	if contract != nil {
		pages["/contract"] = asFile("text/html; charset=utf-8", contract)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if page, ok := pages[r.URL.Path]; ok && r.Method == http.MethodGet {
			page(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func asFile(mediaType string, data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		_, _ = w.Write(data) // the client may be gone
	}
}

func (h *hub) writePage(w http.ResponseWriter, contract bool) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	places := scenarioPlaces()
	_ = pageTemplate.Execute(w, map[string]any{ // the client may be gone
		"Access": h.access(), "Example": h.origin + places[0].Path + "/ping-auth",
		"Scenarios": places, "Faults": faultPlaces(), "Report": h.report(""), "Contract": contract,
	})
}
