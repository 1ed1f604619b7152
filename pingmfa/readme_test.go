package pingmfa_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

// readme returns the README and its blocks of Go.
func readme(t *testing.T) (text string, blocks []string) {
	t.Helper()
	data, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	for _, m := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(data), -1) {
		blocks = append(blocks, m[1])
	}
	return string(data), blocks
}

// terminal holds the output of a program. If it ends with the prompt, terminal enters the answer.
type terminal struct {
	prompt string
	answer func() string
	input  io.Writer
	output bytes.Buffer // not embedded: io.Copy would use its ReadFrom
}

func (x *terminal) Write(output []byte) (n int, err error) {
	_, _ = x.output.Write(output) // a bytes.Buffer returns no error
	if x.prompt != "" && strings.HasSuffix(x.output.String(), x.prompt) {
		_, err = io.WriteString(x.input, x.answer()+"\n")
	}
	return len(output), err
}

// goCommand runs the go command with files that are added to the module by an overlay, and returns its output.
func goCommand(t *testing.T, env []string, files map[string]string, user *terminal, args ...string) string {
	t.Helper()
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	dir := t.TempDir()
	overlay := map[string]map[string]string{"Replace": {}}
	for name, content := range files {
		path := filepath.Join(dir, filepath.Base(name))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		overlay["Replace"][filepath.Join(root, name)] = path
	}
	data, err := json.Marshal(overlay)
	require.NoError(t, err)
	path := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	command := exec.CommandContext(t.Context(), "go", //nolint:gosec // the arguments are this file's
		append([]string{args[0], "-overlay", path}, args[1:]...)...)
	command.Dir, command.Env = root, append(os.Environ(), env...)
	user.input, err = command.StdinPipe()
	require.NoError(t, err)
	command.Stdout, command.Stderr = user, user
	require.NoError(t, command.Run(), &user.output)
	return user.output.String()
}

// The README's program runs against PingOne's real host names. A second file in its package dials the fake instead,
// which has a certificate for these names.
func TestReadmeProgramRuns(t *testing.T) {
	_, blocks := readme(t)
	require.NotEmpty(t, blocks)
	server := pingmfatest.NewTLSServer(t)
	user := server.UserWithEmailDevice().UserID

	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		server.AuthURL+"/"+server.EnvironmentID+"/as/token", strings.NewReader("grant_type=none"))
	require.NoError(t, err)
	resp, err := server.Client().Do(request)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	roots := filepath.Join(t.TempDir(), "roots.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: resp.TLS.PeerCertificates[0].Raw})
	require.NoError(t, os.WriteFile(roots, certificate, 0o600))

	out := goCommand(t, []string{
		"SSL_CERT_FILE=" + roots,
		"FAKE_ADDRESS=" + resp.Request.URL.Host,
		"PINGONE_ENVIRONMENT_ID=" + server.EnvironmentID,
		"PINGONE_CLIENT_ID=" + server.ClientID,
		"PINGONE_CLIENT_SECRET=" + server.ClientSecret,
		"PINGONE_USER_ID=" + user,
	}, map[string]string{"pingmfa/cmd/readme/main.go": blocks[0], "pingmfa/cmd/readme/redirect.go": `package main

import (
	"context"
	"net"
	"net/http"
	"os"
)

func init() {
	transport := http.DefaultTransport.(*http.Transport)
	transport.Proxy = nil
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, os.Getenv("FAKE_ADDRESS"))
	}
}
`}, &terminal{prompt: "Passcode: ", answer: func() string {
		for _, message := range server.Messages() {
			return message.Passcode
		}
		return ""
	}}, "run", "./pingmfa/cmd/readme")
	assert.Regexp(t, `^Passcode: pingmfa.Authentication{.*"Status":"COMPLETED".*} <nil>\n$`, out)
	assert.Len(t, server.Messages(), 1)
}

func TestReadmeTestRuns(t *testing.T) {
	_, blocks := readme(t)
	require.Len(t, blocks, 2)
	out := goCommand(t, nil, map[string]string{"pingmfa/readme_block_test.go": `package pingmfa_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pingmfa/pingmfa-go/pingmfa"
	"github.com/pingmfa/pingmfa-go/pingmfa/pingmfatest"
)

` + blocks[1]}, new(terminal), "test", "-v", "-run", "TestLostResponse", "./pingmfa")
	assert.Contains(t, out, "--- PASS: TestLostResponse")
}

// The targets, files, tests and names that the documents name exist. A file is named by its path, or by its name alone.
// A name is a word of the Go code, the Makefile or the contract.
func TestDocumentsAreTrue(t *testing.T) {
	files := map[string]bool{}
	var source strings.Builder
	require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if entry.Name() == "node_modules" || entry.Name() == ".git" || entry.Name() == ".cache" {
				return fs.SkipDir
			}
			return err
		}
		files[entry.Name()] = true
		if filepath.Ext(path) != ".go" && entry.Name() != "Makefile" && entry.Name() != "openapi.yaml" {
			return nil
		}
		data, err := os.ReadFile(path) //nolint:gosec // a file of this module
		source.Write(data)
		return err
	}))
	words := map[string]bool{}
	for _, word := range regexp.MustCompile(`[A-Za-z]\w*`).FindAllString(source.String(), -1) {
		words[word] = true
	}
	for _, document := range []string{"README.md", "CONTRIBUTING.md", "SECURITY.md"} {
		data, err := os.ReadFile(filepath.Join("..", document)) //nolint:gosec // see above
		require.NoError(t, err)
		text := regexp.MustCompile("(?s)```.*?```").ReplaceAllString(string(data), "")
		each := func(pattern string, check func(name string) bool) {
			for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
				assert.True(t, check(m[1]), "%s names %s, which does not exist", document, m[1])
			}
		}
		exists := func(path string) bool {
			_, err := os.Stat(filepath.Join("..", path)) //nolint:gosec // a path in a document of this module
			return err == nil
		}
		each("`make ([a-z]+)", func(name string) bool { return strings.Contains(source.String(), "\n"+name+":") })
		each(`\]\(([\w.][^):#]*)\)`, exists)
		each("`([\\w.-]+/[\\w./-]*)`", exists)
		each("`([\\w.-]+\\.(?:go|html|json|md|py|ts|yaml))`", func(name string) bool { return files[name] })
		each("\\b((?:Test|Fuzz)[A-Z]\\w+)", func(name string) bool {
			return strings.Contains(source.String(), "func "+name+"(")
		})
		each("`\\*?(?:[A-Za-z]+\\.)?([A-Za-z]\\w+)`", func(name string) bool {
			return words[name] || files[name] || exists(name)
		})
	}
}

// The Go names and regions that the README names exist, and it names all calls, regions and steps.
func TestReadmeIsTrue(t *testing.T) {
	text, blocks := readme(t)
	lines := strings.Split(text, "\n")
	assert.LessOrEqual(t, len(lines), 160)
	program := strings.Index(text, blocks[0]) + len(blocks[0])
	assert.Less(t, strings.Count(text[:program], "\n"), 40, "the program ends before line 40")

	doc, err := exec.CommandContext(t.Context(), "go", "doc", "-all", ".").Output()
	require.NoError(t, err)
	goName := regexp.MustCompile("`\\*?(?:[A-Za-z]+\\.)?([A-Z][a-z][A-Za-z0-9]+)`")
	for _, m := range goName.FindAllStringSubmatch(text, -1) {
		assert.Regexp(t, `\b`+m[1]+`\b`, string(doc))
	}
	for _, m := range regexp.MustCompile(`\bclient\.([A-Z][A-Za-z]+)`).FindAllStringSubmatch(text, -1) {
		assert.Contains(t, string(doc), "func (c *Client) "+m[1]+"(")
	}
	call := regexp.MustCompile(`(?m)^func \(c \*Client\) ([A-Z][A-Za-z]+)\(\s*ctx `)
	for _, m := range call.FindAllStringSubmatch(string(doc), -1) {
		if !strings.Contains(text, "client."+m[1]) {
			t.Errorf("README.md does not name client.%s", m[1])
		}
	}
	for _, region := range []pingmfa.Region{"com", "ca", "eu", "com.au", "sg", "asia"} {
		assert.True(t, region.Known())
		assert.Contains(t, text, "`"+string(region)+"`")
	}
	for _, step := range []pingmfa.Step{
		pingmfa.EnterOTP{}, pingmfa.SelectDevice{}, pingmfa.ConfirmPush{}, pingmfa.AssertFIDO2{}, pingmfa.Done{},
		pingmfa.Failed{}, pingmfa.UnknownStep{},
	} {
		name := strings.TrimPrefix(fmt.Sprintf("%T", step), "pingmfa.")
		assert.Contains(t, text, "`"+name+"`")
	}
}
