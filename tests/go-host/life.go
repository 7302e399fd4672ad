package main

import (
	"context"
	"crypto/sha256"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const errorLevel = hclog.Error

// lifeCases are about a plugin's life, from its launch to its end.
var lifeCases = []testCase{
	{"life_a_plugin_is_launched_answers_and_is_ended", answersAndEnds},
	{"life_kill_is_graceful_and_takes_less_than_300_ms", killsFast},
	{"life_kill_lets_a_running_handler_finish", killDrains},
	{"life_kill_gives_up_a_handler_that_never_ends_within_the_bound", killGivesUp},
	{"life_kill_is_graceful_while_a_client_says_nothing", killDespiteSilence},
	{"life_calls_after_shutdown_are_refused", refusesAfterShutdown},
	{"life_sigint_is_left_to_the_host", ignoresInterrupt},
	{"life_sigterm_drains_and_ends_with_0", termDrains},
	{"life_the_checksum_of_the_binary_is_verified", checksum},
	{"life_fifty_plugins_one_after_the_other_leave_nothing", manyLives},
	{"life_ten_plugins_at_a_time", tenAtATime},
}

func answersAndEnds(t *T) {
	p := t.launch("fixture")
	equal(t, "protocol", p.client.Protocol(), plugin.ProtocolGRPC)
	equal(t, "version", p.client.NegotiatedVersion(), 1)
	p.serves()
	equal(t, "exited", p.client.Exited(), false)
	p.kill()
	p.endedWith0()
}

// endedWith0 holds that the process ended by itself, well.
func (p *Plugin) endedWith0() {
	ended := p.log.find("plugin process exited")
	if ended == nil {
		p.t.Errorf("the plugin did not end")
	} else if ended.level != hclog.Info {
		p.t.Errorf("%v", ended)
	}
	equal(p.t, "exited", p.client.Exited(), true)
}

func killsFast(t *T) {
	var took []time.Duration
	for range 5 {
		p := t.launch("fixture")
		p.serves()
		took = append(took, p.kill())
		p.endedWith0()
	}
	slices.Sort(took)
	if took[len(took)/2] >= 300*time.Millisecond {
		t.Errorf("most of five took too long: %v", took)
	}
}

func killDrains(t *T) {
	p := t.launch("fixture")
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

func killGivesUp(t *T) {
	p := t.launch("fixture", with("HOOKWRIGHT_DRAIN_TIMEOUT=700ms"))
	answered := make(chan error, 1)
	go func() {
		_, err := p.call("MessageWillBePosted", `{"post": {"message": "block for ever"}}`)
		answered <- err
	}()
	p.waitFor("begins to block")
	if took := p.kill(); took > 2500*time.Millisecond {
		t.Errorf("kill took %v, with a bound of 700ms", took)
	}
	<-answered
	p.endedWith0()
}

func killDespiteSilence(t *T) {
	p := t.launch("fixture")
	p.serves()
	for range 3 {
		conn := p.dial()
		defer conn.Close()
	}
	if took := p.kill(); took > time.Second {
		t.Errorf("kill took %v", took)
	}
	p.endedWith0()
}

func refusesAfterShutdown(t *T) {
	p := t.launch("fixture", with("HOOKWRIGHT_DRAIN_TIMEOUT=10s"))
	go func() { _, _ = p.call("MessageWillBeUpdated", `{"new_post": {"message": "wait a while"}}`) }()
	p.waitFor("begins to wait")
	killed := make(chan time.Duration, 1)
	go func() { killed <- p.kill() }()
	p.waitFor("stopping")
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	reply, err := t.hooks.call(ctx, p.conn, "RunDataRetention", `{}`)
	// As a status, or in the reply where that has a place for it.
	if code := status.Code(err); code != codes.Unavailable && code != codes.Canceled && reply["error"] == nil {
		t.Errorf("a call after shutdown: %v %v", reply, err)
	}
	<-killed
	p.endedWith0()
}

func ignoresInterrupt(t *T) {
	p := t.launch("fixture")
	p.serves()
	for range 3 {
		t.ok(syscall.Kill(p.pid, syscall.SIGINT), "SIGINT")
	}
	p.serves()
	p.kill()
	p.endedWith0()
}

func termDrains(t *T) {
	p := t.launch("fixture", with("HOOKWRIGHT_LISTEN=unix"))
	socket := p.client.ReattachConfig().Addr.String()
	answered := make(chan error, 1)
	go func() {
		_, err := p.call("MessageWillBeUpdated", `{"new_post": {"message": "wait a while"}}`)
		answered <- err
	}()
	p.waitFor("begins to wait")
	t.ok(syscall.Kill(p.pid, syscall.SIGTERM), "SIGTERM")
	if err := <-answered; err != nil {
		t.Errorf("the call under way: %v", err)
	}
	p.waitFor("plugin process exited")
	if _, err := os.Stat(socket); !os.IsNotExist(err) {
		t.Errorf("the socket is still there: %v", err)
	}
	p.kill()
	p.endedWith0()
}

func checksum(t *T) {
	binary, err := os.ReadFile(t.program("fixture"))
	t.ok(err, "reading the binary")
	sum := sha256.Sum256(binary)
	p := t.launch("fixture", func(config *plugin.ClientConfig) {
		config.SecureConfig = &plugin.SecureConfig{Checksum: sum[:], Hash: sha256.New()}
	})
	p.serves()
	p.kill()
}

func manyLives(t *T) {
	for range 50 {
		p := t.launch("fixture")
		if err := p.ping(); err != nil {
			t.Fatalf("ping: %v", err)
		}
		p.kill()
		p.endedWith0()
	}
}

func tenAtATime(t *T) {
	var all []*Plugin
	for range 10 {
		all = append(all, t.launch("fixture"))
	}
	for _, p := range all {
		p.serves()
	}
	for _, p := range all {
		p.kill()
		p.endedWith0()
	}
}
