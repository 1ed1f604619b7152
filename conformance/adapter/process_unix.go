//go:build unix

package adapter

import (
	"os/exec"
	"syscall"
)

// setProcessGroup makes a process that has not started the leader of a new process group.
func setProcessGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killProcessGroup kills a process and its children. It does nothing if they have ended.
func killProcessGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
