package main

import (
	"context"
	"io"
	"os/exec"
	"strconv"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
)

// process is a runner of our own, as hosts with containers have one. With a runner a host makes a
// folder for sockets, and a case can change the environment after go-plugin has made it.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr io.ReadCloser
	// What came on stdout so far.
	printed *lockedBuffer
}

// byRunner launches the plugin by a runner.
func byRunner(printed *lockedBuffer, change func(cmd *exec.Cmd)) option {
	return func(config *plugin.ClientConfig) {
		program, variables := config.Cmd.Path, config.Cmd.Env
		config.Cmd = nil
		config.RunnerFunc = func(_ hclog.Logger, cmd *exec.Cmd, _ string) (runner.Runner, error) {
			cmd.Path, cmd.Args = program, []string{program}
			cmd.Env = append(cmd.Env, variables...)
			if change != nil {
				change(cmd)
			}
			return newProcess(cmd, printed)
		}
	}
}

func newProcess(cmd *exec.Cmd, printed *lockedBuffer) (*process, error) {
	// A command that was made for an empty name remembers that it was not found.
	cmd.Err = nil
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	return &process{cmd: cmd, stdout: stdout, stderr: stderr, printed: printed}, nil
}

func (p *process) Start(context.Context) error { return p.cmd.Start() }

func (p *process) Diagnose(context.Context) string { return "" }

func (p *process) Stdout() io.ReadCloser {
	if p.printed == nil {
		return p.stdout
	}
	return io.NopCloser(io.TeeReader(p.stdout, p.printed))
}

func (p *process) Stderr() io.ReadCloser { return p.stderr }

func (p *process) Name() string { return p.cmd.Path }

func (p *process) Wait(context.Context) error { return p.cmd.Wait() }

func (p *process) Kill(context.Context) error { return p.cmd.Process.Kill() }

func (p *process) ID() string {
	if p.cmd.Process == nil {
		return ""
	}
	return strconv.Itoa(p.cmd.Process.Pid)
}

func (p *process) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

func (p *process) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}

// without removes a variable.
func without(cmd *exec.Cmd, name string) {
	var kept []string
	for _, one := range cmd.Env {
		if !strings.HasPrefix(one, name+"=") {
			kept = append(kept, one)
		}
	}
	cmd.Env = kept
}
