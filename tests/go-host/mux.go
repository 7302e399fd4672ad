package main

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/go-plugin"
)

// muxCases are about all connections over one socket.
var muxCases = []testCase{
	{"mux_serves_and_ends_over_tcp", func(t *T) { muxServes(t, "tcp") }},
	{"mux_serves_and_ends_over_unix_and_leaves_no_socket", func(t *T) { muxServes(t, "unix") }},
	{"mux_with_automtls", muxSecured},
	{"mux_stdio_and_large_messages", muxCarries},
	{"mux_thirty_ends_without_an_error_in_the_hosts_log", muxEnds},
	{"mux_junk_before_the_host_is_no_hindrance", muxJunk},
	{"mux_a_running_handler_finishes", muxDrains},
}

func multiplexed(config *plugin.ClientConfig) { config.GRPCBrokerMultiplex = true }

func muxServes(t *T, network string) {
	p := t.launch("fixture", multiplexed, with("HOOKWRIGHT_LISTEN="+network))
	p.serves()
	var calls []chan error
	for number := range 100 {
		done := make(chan error, 1)
		calls = append(calls, done)
		go func() {
			_, err := p.call("MessageWillBePosted", fmt.Sprintf(`{"post": {"message": "rewrite %d"}}`, number))
			done <- err
		}()
	}
	for _, done := range calls {
		if err := <-done; err != nil {
			t.Errorf("a call: %v", err)
		}
	}
	if took := p.kill(); took > time.Second {
		t.Errorf("kill took %v", took)
	}
	p.endedWith0()
	equal(t, "files", strings.Join(filesIn(t.dir), " "), "")
}

func muxSecured(t *T) {
	p := t.launch("fixture", multiplexed, autoMTLSOn)
	p.serves()
	p.kill()
	p.endedWith0()
}

func muxCarries(t *T) {
	p := t.launch("fixture-talk", multiplexed)
	some := someBytes(3 * mebibyte)
	p.tell("stdout", some)
	t.eventually(10*time.Second, func() string {
		if got := p.out.bytes(); !bytes.Equal(got, some) {
			return fmt.Sprintf("%d bytes of %d came", len(got), len(some))
		}
		return ""
	})
	p.kill()
	p.endedWith0()
}

func muxEnds(t *T) {
	for range 30 {
		p := t.launch("fixture", multiplexed)
		p.pings()
		p.kill()
		p.endedWith0()
	}
}

func muxJunk(t *T) {
	p := t.prepare("fixture", multiplexed)
	_, err := p.client.Start()
	t.ok(err, "launching")
	for range 5 {
		conn := p.dial()
		_ = conn.Close()
	}
	t.ok(p.connect(), "connecting")
	p.serves()
	p.kill()
	p.endedWith0()
}

func muxDrains(t *T) {
	p := t.launch("fixture", multiplexed)
	answered := make(chan error, 1)
	go func() {
		_, err := p.call("MessageWillBeUpdated", `{"new_post": {"message": "wait a while"}}`)
		answered <- err
	}()
	p.waitFor("begins to wait")
	p.kill()
	if err := <-answered; err != nil {
		t.Errorf("the call under way: %v", err)
	}
	p.endedWith0()
}
