package main

import (
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/hashicorp/go-plugin"
)

// listenCases are about where a plugin listens.
var listenCases = []testCase{
	{"listen_tcp_within_the_hosts_range", tcpInRange},
	{"listen_tcp_takes_the_next_port_when_the_first_is_taken", tcpNextPort},
	{"listen_tcp_without_a_free_port_ends_with_3", tcpNoPort},
	{"listen_unix_in_the_temporary_folder_and_gone_after_the_end", unixInTemporary},
	{"listen_unix_in_the_folder_that_the_host_made", unixInFolder},
	{"listen_tcp_though_there_is_a_folder", tcpDespiteFolder},
	{"listen_unix_for_a_group_by_number_and_by_name", unixForGroup},
}

func ports(min, max int) option {
	return func(config *plugin.ClientConfig) { config.MinPort, config.MaxPort = uint(min), uint(max) }
}

// taken takes a port with a free one after it, for the rest of the case.
func (t *T) taken() int {
	for range 100 {
		held, err := net.Listen("tcp", "127.0.0.1:0")
		t.ok(err, "a port")
		port := held.Addr().(*net.TCPAddr).Port
		next, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port+1))
		if err == nil {
			_ = next.Close()
			t.cleanup(func() { _ = held.Close() })
			return port
		}
		_ = held.Close()
	}
	t.Fatalf("no two free ports in a row")
	return 0
}

func tcpInRange(t *T) {
	p := t.launch("fixture")
	address := p.client.ReattachConfig().Addr.(*net.TCPAddr)
	if !address.IP.IsLoopback() || address.Port < 10000 || address.Port > 25000 {
		t.Errorf("it listens on %v", address)
	}
	p.serves()
	p.kill()
}

func tcpNextPort(t *T) {
	first := t.taken()
	p := t.launch("fixture", ports(first, first+1))
	equal(t, "port", p.client.ReattachConfig().Addr.(*net.TCPAddr).Port, first+1)
	p.serves()
	p.kill()
}

func tcpNoPort(t *T) {
	port := t.taken()
	p := t.prepare("fixture", ports(port, port))
	p.failsToStart()
	p.endedWith("exit status 3")
	p.complained("no port from", strconv.Itoa(port))
}

// socket is the path of the plugin's socket.
func (p *Plugin) socket() string {
	address := p.client.ReattachConfig().Addr
	if address.Network() != "unix" {
		p.t.Fatalf("it listens on %s %s", address.Network(), address)
	}
	return address.String()
}

func unixInTemporary(t *T) {
	p := t.launch("fixture", with("HOOKWRIGHT_LISTEN=unix"))
	equal(t, "folder", filepath.Dir(p.socket()), t.dir)
	p.serves()
	p.kill()
	equal(t, "files", strings.Join(filesIn(t.dir), " "), "")
}

func unixInFolder(t *T) {
	p := t.launch("fixture", byRunner(nil, nil))
	folder := filepath.Dir(p.socket())
	if filepath.Dir(folder) != t.dir || !strings.HasPrefix(filepath.Base(folder), "plugin-dir") {
		t.Errorf("it listens in %s", folder)
	}
	p.serves()
	p.kill()
	equal(t, "files", strings.Join(filesIn(t.dir), " "), "")
}

func tcpDespiteFolder(t *T) {
	p := t.launch("fixture", with("HOOKWRIGHT_LISTEN=tcp"), byRunner(nil, nil))
	equal(t, "network", p.client.ReattachConfig().Addr.Network(), "tcp")
	p.serves()
	p.kill()
}

func unixForGroup(t *T) {
	group, err := user.LookupGroupId(strconv.Itoa(os.Getgid()))
	t.ok(err, "our group")
	// One that is not ours anyway, where we may give files away.
	if other, err := user.LookupGroupId("1"); err == nil && os.Getuid() == 0 {
		group = other
	}
	for _, name := range []string{group.Gid, group.Name} {
		p := t.launch("fixture", with("HOOKWRIGHT_LISTEN=unix"), func(config *plugin.ClientConfig) {
			config.UnixSocketConfig = &plugin.UnixSocketConfig{Group: name}
		})
		info, err := os.Stat(p.socket())
		t.ok(err, "the socket")
		equal(t, "mode", info.Mode().Perm(), 0o660)
		owner := info.Sys().(*syscall.Stat_t)
		equal(t, "group", strconv.Itoa(int(owner.Gid)), group.Gid)
		p.serves()
		p.kill()
	}
}
