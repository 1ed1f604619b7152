//go:build !unix

package adapter

import "os/exec"

// There are no process groups here: what an adapter starts, it has to end.

func ownGroup(*exec.Cmd) {}

func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
