// Command facts prints what an OpenAPI description, read from standard input, says about servers, security and known
// values: one line for each value. "make breaking" compares the lines of two descriptions, because oasdiff reports
// neither changes of servers nor known values that a response has lost.
package main

import (
	"fmt"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"
)

func main() {
	var description any
	if err := yaml.NewDecoder(os.Stdin).Decode(&description); err != nil {
		fmt.Fprintln(os.Stderr, "facts:", err)
		os.Exit(1)
	}
	printFacts("", description, false)
}

// printFacts prints a line for each value at or below a place, or only below the keywords that count.
func printFacts(place string, value any, counts bool) {
	switch value := value.(type) {
	case map[string]any:
		if url, ok := value["url"].(string); ok { // the URL of a server identifies it, and not its position
			place += "/" + url
		}
		for key, member := range value {
			keyword := slices.Contains([]string{"servers", "security", "securitySchemes", "x-extensible-enum"}, key)
			if !counts || key != "description" {
				printFacts(place+"/"+key, member, counts || keyword)
			}
		}
	case []any:
		for _, element := range value {
			printFacts(place, element, counts)
		}
		if counts && len(value) == 0 { // the scopes of a security requirement
			fmt.Println(place)
		}
	default:
		if counts {
			fmt.Printf("%s: %v\n", place, value)
		}
	}
}
