package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/go-plugin"
)

// deathCases are about hosts that end without ending their plugins.
var deathCases = []testCase{
	{"death_of_the_host_by_sigkill_ends_the_plugin_over_tcp", func(t *T) { hostKilled(t, "tcp") }},
	{"death_of_the_host_by_sigkill_ends_the_plugin_over_unix_and_removes_its_socket", func(t *T) { hostKilled(t, "unix") }},
	{"death_of_the_host_with_a_handler_running_ends_the_plugin", func(t *T) { hostKilled(t, "busy") }},
	{"death_of_the_host_behind_a_shell_ends_the_plugin", func(t *T) { hostKilled(t, "shell") }},
	{"death_of_the_host_is_outlived_when_asked_for", outlives},
	{"death_of_the_plugin_is_seen_by_the_host", pluginKilled},
}

// hostChild is the variable that makes this program a host of one plugin, that waits to be killed.
const hostChild = "GO_HOST_CHILD"

// beHost launches a plugin, prints how to reattach to it, and waits.
func beHost(program string) int {
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: mattermost, Plugins: onePlugin, Cmd: exec.Command(program),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC}, Logger: (&records{}).logger(),
	})
	if _, err := client.Client(); err != nil {
		fmt.Println(err)
		return 1
	}
	how := client.ReattachConfig()
	fmt.Println(how.Pid, how.Addr.Network(), how.Addr)
	select {}
}

// hostProcess is a host in a process of its own, and the plugin that it launched.
type hostProcess struct {
	cmd *exec.Cmd
	how *plugin.ReattachConfig
}

func (t *T) hostProcess(program string, variables ...string) *hostProcess {
	self, err := os.Executable()
	t.ok(err, "this program")
	cmd := exec.Command(self)
	cmd.Env = append(append(os.Environ(), hostChild+"="+program), variables...)
	stdout, err := cmd.StdoutPipe()
	t.ok(err, "stdout")
	t.ok(cmd.Start(), "a host")
	t.cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	t.ok(err, "the host's plugin")
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	words := strings.Fields(line)
	if len(words) != 3 {
		t.Fatalf("the host said %q", line)
	}
	pid, err := strconv.Atoi(words[0])
	t.ok(err, "the plugin's process")
	addr, err := resolve(words[1], words[2])
	t.ok(err, "the plugin's address")
	return &hostProcess{cmd, &plugin.ReattachConfig{Protocol: plugin.ProtocolGRPC, Addr: addr, Pid: pid}}
}

// kill ends the host as nothing can be told of.
func (h *hostProcess) kill(t *T) {
	t.ok(h.cmd.Process.Kill(), "SIGKILL")
	_ = h.cmd.Wait()
}

// gone holds that the process ends within seconds.
func (t *T) gone(pid int) {
	t.eventually(10*time.Second, func() string {
		if _, there := marked(markName + "=" + t.dir)[pid]; there {
			return fmt.Sprintf("the plugin %d outlives its host", pid)
		}
		return ""
	})
}

func hostKilled(t *T, how string) {
	program, variables := t.program("fixture"), []string{"HOOKWRIGHT_LISTEN=unix", "HOOKWRIGHT_DRAIN_TIMEOUT=1s"}
	switch how {
	case "tcp":
		variables[0] = "HOOKWRIGHT_LISTEN=tcp"
	case "shell":
		// A script that starts the plugin and waits for it.
		script := t.dir + "/plugin"
		t.ok(os.WriteFile(script, []byte("#!/bin/sh\n"+program+"\nexit 0\n"), 0o700), "the script")
		defer os.Remove(script)
		program = script
	}
	host := t.hostProcess(program, variables...)
	stranger := t.connectTo(host.how.Addr)
	stranger.serves()
	if how == "busy" {
		go func() { _ = stranger.post("block for ever") }()
		go func() { _ = stranger.post("block until cancelled") }()
	}
	plugins := marked(markName + "=" + t.dir)
	host.kill(t)
	for pid := range plugins {
		if pid != host.cmd.Process.Pid {
			t.gone(pid)
		}
	}
}

func outlives(t *T) {
	host := t.hostProcess(t.program("fixture"), "HOOKWRIGHT_LISTEN=unix", "HOOKWRIGHT_OUTLIVE_HOST=on")
	host.kill(t)
	second := t.reattach(host.how)
	// Longer than the death of a host goes unnoticed; its log goes nowhere now.
	for range 8 {
		second.serves()
		second.answers("MessageHasBeenPosted", `{"post": {"message": "hello"}}`, `{}`)
		time.Sleep(500 * time.Millisecond)
	}
	second.kill()
	t.gone(host.how.Pid)
}

func pluginKilled(t *T) {
	p := t.launch("fixture")
	p.serves()
	p.expected = []string{"signal: killed"}
	t.ok(syscall.Kill(p.pid, syscall.SIGKILL), "SIGKILL")
	p.waitFor("plugin process exited")
	// The host knows it a moment after it has logged it.
	t.eventually(10*time.Second, func() string {
		if p.client.Exited() {
			return ""
		}
		return "the host has not seen it"
	})
	if p.ping() == nil {
		t.Errorf("it still answers")
	}
}
