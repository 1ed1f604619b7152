package coverage

import (
	"slices"
	"strconv"
)

// security: no token at all, or a token if you like.
func (b *breeder) security() {
	requirements, ok := b.doc["security"].([]any)
	if !ok {
		return
	}
	var scopes []scope
	for _, id := range sortedKeys(b.paths) {
		scopes = append(scopes, scope{id, requestSide})
	}
	b.add(scopes, "/security", "removed", edit{"/security", gone})
	optional := append(slices.Clone(requirements), map[string]any{})
	b.add(scopes, "/security", "optional", edit{"/security", optional})
}

// operation takes away what is sent and what comes back, each by itself, and moves the operation to another host.
func (b *breeder) operation(n *node) {
	id, _ := n.value["operationId"].(string)
	request := []scope{{id, requestSide}}
	b.add(request, join(n.at, "security"), "public", edit{join(n.at, "security"), []any{}})
	elsewhere := []any{map[string]any{"url": "https://elsewhere.example.com"}}
	b.add(request, join(n.at, "servers"), "elsewhere", edit{join(n.at, "servers"), elsewhere})
	parameters, _ := n.value["parameters"].([]any)
	for i := range parameters {
		at := join(n.at, "parameters", strconv.Itoa(i))
		if _, parameter := b.doc.deref(at); parameter["in"] == "path" {
			b.add(request, at, "takes anything", edit{at, bareParameter(parameter)})
		} else {
			rest := slices.Delete(slices.Clone(parameters), i, i+1)
			b.add(request, at, "removed", edit{join(n.at, "parameters"), rest})
		}
	}
	if n.value["requestBody"] != nil {
		b.add(request, join(n.at, "requestBody"), "removed", edit{join(n.at, "requestBody"), gone})
	}
	for _, status := range sortedKeys(b.doc.object(join(n.at, "responses"))) {
		at, in := join(n.at, "responses", status), scope{id, sideOf(status)}
		b.add([]scope{in}, at, "removed", edit{at, gone})
		if in.side == successSide {
			b.add([]scope{in}, at, "the whole class", edit{join(n.at, "responses", "2XX"), copied{at}})
		}
	}
}

// requestBody makes the body optional, and changes what it may be.
func (b *breeder) requestBody(n *node) {
	if n.isRef() {
		return
	}
	if n.value["required"] == true {
		b.set(n, "required", "removed", gone)
	}
	b.content(n, "application/x-www-form-urlencoded")
}

// response takes away headers, and changes what the body may be.
func (b *breeder) response(n *node) {
	if n.isRef() {
		return
	}
	b.removals(n.scopes, join(n.at, "headers"))
	b.content(n, "text/html")
}

// content takes away each media type, and adds one that is seen in the wild.
func (b *breeder) content(n *node, wild string) {
	content := join(n.at, "content")
	b.removals(n.scopes, content)
	if at := join(content, wild); b.doc.object(content) != nil && b.doc.get(at) == nil {
		b.add(n.scopes, at, "added", edit{at, map[string]any{"schema": map[string]any{}}})
	}
}

// header makes a header or a parameter required or not.
func (b *breeder) header(n *node) {
	switch {
	case n.isRef() || n.value["in"] == "path":
	case n.value["required"] == true:
		b.set(n, "required", "removed", gone)
	default:
		b.set(n, "required", "added", true)
	}
}
