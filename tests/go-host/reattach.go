package main

import (
	"bufio"
	"encoding/json"
	"net"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/go-plugin"
)

// reattachCases are about hosts that did not launch the plugin that they use.
var reattachCases = []testCase{
	{"reattach_a_second_host_uses_and_ends_the_plugin", secondHost},
	{"reattach_two_hosts_at_a_time_and_one_leaves", twoHosts},
	{"reattach_over_unix_and_the_socket_is_gone_in_the_end", reattachUnix},
	{"reattach_a_plugin_that_has_gone_is_not_found", reattachGone},
	{"reattach_in_test_mode_kill_ends_nothing", testMode},
	{"reattach_the_second_host_gets_what_is_printed", reattachStdio},
}

// reattach makes a host for a plugin that runs already, and connects.
func (t *T) reattach(to *plugin.ReattachConfig) *Plugin {
	p := t.prepare("fixture", func(config *plugin.ClientConfig) {
		config.Cmd, config.Reattach = nil, to
	})
	t.ok(p.connect(), "reattaching")
	return p
}

func secondHost(t *T) {
	first := t.launch("fixture")
	second := t.reattach(first.client.ReattachConfig())
	second.serves()
	first.serves()
	// It polls for the end of the process once a second.
	if took := second.kill(); took > 1900*time.Millisecond {
		t.Errorf("kill took %v", took)
	}
	first.waitFor("plugin process exited")
	first.kill()
	first.endedWith0()
}

func twoHosts(t *T) {
	first := t.launch("fixture")
	second := t.reattach(first.client.ReattachConfig())
	second.serves()
	// To close a connection that is closed is an error to it.
	second.expected = []string{"failed to exit gracefully"}
	t.ok(second.conn.Close(), "leaving")
	first.serves()
	third := t.reattach(first.client.ReattachConfig())
	third.serves()
	first.kill()
	first.endedWith0()
}

func reattachUnix(t *T) {
	first := t.launch("fixture", with("HOOKWRIGHT_LISTEN=unix"))
	second := t.reattach(first.client.ReattachConfig())
	second.serves()
	second.kill()
	first.waitFor("plugin process exited")
	equal(t, "files", strings.Join(filesIn(t.dir), " "), "")
}

func reattachGone(t *T) {
	first := t.launch("fixture", with("HOOKWRIGHT_LISTEN=unix"))
	to := first.client.ReattachConfig()
	first.kill()
	p := t.prepare("fixture", func(config *plugin.ClientConfig) { config.Cmd, config.Reattach = nil, to })
	if err := p.failsToStart(); !strings.Contains(err.Error(), "reattachment process not found") {
		t.Errorf("the host said %v", err)
	}
}

// testModeLine is what `serve --standalone` prints for hosts to reattach to it.
type testModeLine struct {
	Protocol        string
	ProtocolVersion int
	Pid             int
	Test            bool
	Addr            struct{ Network, String string }
}

func testMode(t *T) {
	cmd := exec.Command(t.program("hookwright"), "serve", "--standalone")
	stdout, err := cmd.StdoutPipe()
	t.ok(err, "stdout")
	t.ok(cmd.Start(), "standalone")
	t.cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("standalone: %v", err)
		}
	})
	line := t.reattachLine(stdout)
	equal(t, "pid", line.Pid, cmd.Process.Pid)
	equal(t, "protocol", line.Protocol, "grpc")
	equal(t, "version", line.ProtocolVersion, 1)
	equal(t, "test", line.Test, true)
	addr, err := resolve(line.Addr.Network, line.Addr.String)
	t.ok(err, "the address")
	to := &plugin.ReattachConfig{
		Protocol: plugin.ProtocolGRPC, ProtocolVersion: line.ProtocolVersion, Addr: addr, Pid: line.Pid, Test: line.Test,
	}
	for range 3 {
		p := t.reattach(to)
		p.answers("MessageWillBePosted", `{"post": {"message": "hello"}}`, `{}`)
		p.kill()
		if syscall.Kill(line.Pid, 0) != nil {
			t.Fatalf("the plugin has gone")
		}
		// A host of a plugin in test mode leaves its connection open.
		t.ok(p.conn.Close(), "closing")
	}
}

// reattachLine reads what is printed until there is JSON.
func (t *T) reattachLine(stdout interface{ Read([]byte) (int, error) }) (line testModeLine) {
	found := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			// Perhaps in a map by plugin, as Terraform has it.
			text := lines.Text()
			if start := strings.Index(text, `{"Protocol"`); start >= 0 {
				err := json.NewDecoder(strings.NewReader(text[start:])).Decode(&line)
				found <- err == nil
				return
			}
		}
	}()
	select {
	case ok := <-found:
		if !ok {
			t.Fatalf("the line is no JSON")
		}
	case <-time.After(5 * time.Second):
		t.Fatalf("`serve --standalone` prints no JSON to reattach by")
	}
	return line
}

func resolve(network, address string) (net.Addr, error) {
	if network == "unix" {
		return net.ResolveUnixAddr(network, address)
	}
	return net.ResolveTCPAddr(network, address)
}

func reattachStdio(t *T) {
	first := t.launch("fixture-talk", with("HOOKWRIGHT_LISTEN=unix"))
	second := t.reattach(first.client.ReattachConfig())
	second.tell("stdout", []byte("for both or one"))
	// Go lets two readers share what is printed; nothing may be lost.
	t.eventually(10*time.Second, func() string {
		if both := string(first.out.bytes()) + string(second.out.bytes()); !strings.Contains(both, "for both or one") {
			return "what was printed came to none: " + both
		}
		return ""
	})
	first.kill()
	first.endedWith0()
}
