package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// brokerCases are about further connections, both ways, in each way to connect.
var brokerCases = brokered()

// ways are the ways to connect; with multiplexing all connections share one socket.
var ways = []struct {
	name    string
	mux     bool
	options []option
}{
	{"tcp", false, []option{with("HOOKWRIGHT_LISTEN=tcp")}},
	{"unix", false, []option{with("HOOKWRIGHT_LISTEN=unix")}},
	{"automtls", false, []option{autoMTLSOn, with("HOOKWRIGHT_LISTEN=unix")}},
	{"mux", true, []option{multiplexed, with("HOOKWRIGHT_LISTEN=unix")}},
	{"mux_automtls", true, []option{multiplexed, autoMTLSOn, with("HOOKWRIGHT_LISTEN=tcp")}},
}

func brokered() (all []testCase) {
	for _, way := range ways {
		each := func(name string, run func(*T, *Plugin)) {
			all = append(all, testCase{"broker_" + way.name + "_" + name, func(t *T) {
				p := t.launch("fixture-broker", way.options...)
				run(t, p)
				if took := p.kill(); took > time.Second {
					t.Errorf("kill took %v", took)
				}
				p.endedWith0()
				equal(t, "files", strings.Join(filesIn(t.dir), " "), "")
			}})
		}
		each("the_host_dials_the_plugin", hostDials)
		each("the_plugin_dials_the_host", pluginDials)
		each("the_plugin_dials_before_the_host_accepts", pluginDialsFirst)
		each("both_ways_twenty_times_in_turn", bothWays)
		each("an_id_that_nobody_accepts_is_given_up", nobodyAccepts)
		if !way.mux {
			each("the_host_dials_before_the_plugin_accepts", hostDialsFirst)
			each("ten_at_a_time", tenBrokered)
			each("the_host_waits_in_vain_for_an_id", hostWaitsInVain)
		}
	}
	return append(all, testCase{"broker_a_second_host_has_a_broker_of_its_own", secondBroker})
}

// command runs a command of the fixture and returns its answer.
func (p *Plugin) command(command string) string {
	reply, err := p.call("ExecuteCommand", fmt.Sprintf(`{"args": {"command": %q}}`, command))
	if err != nil {
		return err.Error()
	}
	response, _ := reply["response"].(map[string]any)
	text, _ := response["text"].(string)
	return text
}

// served has the plugin serve, and returns the id.
func (p *Plugin) served() uint32 {
	answer := p.command("health")
	id, err := strconv.ParseUint(answer, 10, 32)
	p.t.ok(err, "the plugin's id")
	return uint32(id)
}

// dials holds that the host reaches the plugin by an id.
func (p *Plugin) dials(id uint32) {
	conn, err := p.broker.Dial(id)
	if err != nil {
		p.t.Errorf("dialling %d: %v", id, err)
		return
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	reply, err := healthpb.NewHealthClient(conn).Check(ctx, &healthpb.HealthCheckRequest{})
	if err != nil || reply.Status != healthpb.HealthCheckResponse_SERVING {
		p.t.Errorf("the plugin's service at %d: %v %v", id, reply, err)
	}
}

// accepts serves on the host's side until the broker closes.
func (p *Plugin) accepts(id uint32) {
	go p.broker.AcceptAndServe(id, func(options []grpc.ServerOption) *grpc.Server {
		server := grpc.NewServer(options...)
		known := health.NewServer()
		known.SetServingStatus("brokered", healthpb.HealthCheckResponse_SERVING)
		healthpb.RegisterHealthServer(server, known)
		return server
	})
}

func hostDials(_ *T, p *Plugin) { p.dials(p.served()) }

func pluginDials(t *T, p *Plugin) {
	id := p.broker.NextId()
	p.accepts(id)
	equal(t, "what the plugin found", p.command(fmt.Sprintf("check %d", id)), "SERVING")
}

func pluginDialsFirst(t *T, p *Plugin) {
	found := make(chan string, 1)
	go func() { found <- p.command("check 4711") }()
	p.waitFor("dials")
	p.accepts(4711)
	equal(t, "what the plugin found", <-found, "SERVING")
}

func hostDialsFirst(t *T, p *Plugin) {
	var both sync.WaitGroup
	both.Go(func() { p.dials(4712) })
	// The host says nothing of its waiting, so this may as well come first; both have to work.
	equal(t, "id", p.command("health 4712"), "4712")
	both.Wait()
}

func bothWays(t *T, p *Plugin) {
	for range 20 {
		p.dials(p.served())
		pluginDials(t, p)
	}
}

func tenBrokered(t *T, p *Plugin) {
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			hostDials(t, p)
			pluginDials(t, p)
		})
	}
	all.Wait()
}

func nobodyAccepts(t *T, p *Plugin) {
	if answer := p.command("check 999"); !strings.Contains(answer, "timeout waiting for") {
		t.Errorf("the plugin found %q", answer)
	}
	p.dials(p.served())
}

func hostWaitsInVain(t *T, p *Plugin) {
	if _, err := p.broker.Dial(998); err == nil || !strings.Contains(err.Error(), "timeout waiting for connection info") {
		t.Errorf("the host found %v", err)
	}
	pluginDials(t, p)
}

func secondBroker(t *T) {
	first := t.launch("fixture-broker")
	first.dials(first.served())
	second := t.reattach(first.client.ReattachConfig())
	for range 3 {
		second.dials(second.served())
		pluginDials(t, second)
		first.dials(first.served())
		pluginDials(t, first)
	}
	// To close a connection that is closed is an error to it.
	second.expected = []string{"failed to exit gracefully"}
	t.ok(second.conn.Close(), "leaving")
	first.dials(first.served())
	pluginDials(t, first)
	first.kill()
	first.endedWith0()
}
