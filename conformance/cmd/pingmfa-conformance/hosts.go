package main

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// hostName matches the name of a host in the URL of a server.
var hostName = regexp.MustCompile(`^https://([a-z]+)\.`)

// hostDocuments splits a contract into one document for each of its servers, by the names of the files. Each has the
// operations of this server, and no servers below the top level, because many generators ignore those. Tags and
// components that no operation uses are left out, because linters and compilers report them.
func hostDocuments(contract []byte) (map[string][]byte, error) {
	documents := map[string][]byte{}
	for i, n := 0, 1; i < n; i++ {
		var document yaml.Node
		if err := yaml.Unmarshal(contract, &document); err != nil {
			return nil, err
		}
		root := document.Content[0]
		servers := member(root, "servers")
		n = len(servers.Content)
		servers.Content = servers.Content[i : i+1]
		url := member(servers.Content[0], "url").Value
		match := hostName.FindStringSubmatch(url)
		if match == nil {
			return nil, fmt.Errorf("the server %s has no host name", url)
		}
		tags, err := keepOperations(member(root, "paths"), url)
		if err != nil {
			return nil, err
		}
		declared := member(root, "tags")
		declared.Content = slices.DeleteFunc(declared.Content, func(tag *yaml.Node) bool {
			return !slices.Contains(tags, member(tag, "name").Value)
		})
		keepUsed(member(root, "components"), member(root, "paths"))
		var text bytes.Buffer
		encoder := yaml.NewEncoder(&text)
		encoder.SetIndent(2)
		if err := errors.Join(encoder.Encode(root), encoder.Close()); err != nil {
			return nil, err
		}
		documents["openapi-"+match[1]+".yaml"] = text.Bytes()
	}
	return documents, nil
}

// keepOperations removes the operations of other servers, and the servers of the others. It returns the tags of these.
func keepOperations(paths *yaml.Node, url string) (tags []string, err error) {
	keepMembers(paths, func(path string, operations *yaml.Node) bool {
		keepMembers(operations, func(method string, operation *yaml.Node) bool {
			servers := member(operation, "servers")
			if servers == nil || len(servers.Content) != 1 {
				err = fmt.Errorf("%s %s does not have one server", method, path)
				return false
			}
			keepMembers(operation, func(name string, _ *yaml.Node) bool { return name != "servers" })
			if member(servers.Content[0], "url").Value != url {
				return false
			}
			for _, tag := range member(operation, "tags").Content {
				tags = append(tags, tag.Value)
			}
			return true
		})
		return len(operations.Content) > 0
	})
	return tags, err
}

// keepUsed removes the components that the paths do not refer to, directly or through others. Security schemes stay:
// they are referred to by name.
func keepUsed(components, paths *yaml.Node) {
	used := map[string]bool{}
	var use func(*yaml.Node)
	use = func(node *yaml.Node) {
		if reference := member(node, "$ref"); reference != nil && !used[reference.Value] {
			used[reference.Value] = true
			target := components
			for name := range strings.SplitSeq(strings.TrimPrefix(reference.Value, "#/components/"), "/") {
				target = member(target, name)
			}
			use(target)
		}
		for _, child := range node.Content {
			use(child)
		}
	}
	use(paths)
	keepMembers(components, func(section string, entries *yaml.Node) bool {
		keepMembers(entries, func(name string, _ *yaml.Node) bool {
			return section == "securitySchemes" || used["#/components/"+section+"/"+name]
		})
		return len(entries.Content) > 0
	})
}

// member returns the value of a member of a mapping, or nil.
func member(mapping *yaml.Node, name string) (value *yaml.Node) {
	if mapping.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i+1]
		}
	}
	return nil
}

// keepMembers removes the members of a mapping for which keep returns false.
func keepMembers(mapping *yaml.Node, keep func(name string, value *yaml.Node) bool) {
	var kept []*yaml.Node
	for pair := range slices.Chunk(mapping.Content, 2) {
		if keep(pair[0].Value, pair[1]) {
			kept = append(kept, pair...)
		}
	}
	mapping.Content = kept
}
