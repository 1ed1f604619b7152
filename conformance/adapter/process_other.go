//go:build !unix

package adapter

import "os/exec"

// There are no process groups here: an adapter must end its children.

func setProcessGroup(*exec.Cmd) {}

func killProcessGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
