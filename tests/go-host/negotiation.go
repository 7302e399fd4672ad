package main

import (
	"fmt"
	"os/exec"
	"strings"

	"github.com/hashicorp/go-plugin"
)

// negotiationCases are about the version, and about the line that says it.
var negotiationCases = []testCase{
	{"negotiation_the_highest_common_version_of_a_list_in_random_order", randomOrder},
	{"negotiation_without_a_common_version_the_host_reports_ours", noCommonVersion},
	{"negotiation_without_a_list_it_is_the_lowest", noList},
	{"negotiation_junk_in_the_list_is_told_and_skipped", junkInList},
	{"negotiation_the_line_has_six_fields_and_is_the_only_one", sixFields},
	{"negotiation_multiplexing_false_has_six_fields_and_speaks_plain_grpc", multiplexFalse},
	{"negotiation_a_host_for_netrpc_alone_refuses_us", onlyNetRPC},
	{"negotiation_multiplexing_is_announced_in_a_seventh_field", seventhField},
}

// versions lets a host speak these versions.
func versions(some ...int) option {
	return func(config *plugin.ClientConfig) {
		config.Plugins, config.ProtocolVersion = nil, 0
		config.VersionedPlugins = map[int]plugin.PluginSet{}
		for _, version := range some {
			config.VersionedPlugins[version] = onePlugin
		}
	}
}

// arguments are given to the plugin.
func arguments(some ...string) option {
	return func(config *plugin.ClientConfig) { config.Cmd.Args = append(config.Cmd.Args, some...) }
}

func randomOrder(t *T) {
	// The host writes them in another order each time.
	for range 10 {
		p := t.launch("fixture", versions(9, 1, 4, 0, 7, 2), arguments("versions"))
		equal(t, "version", p.client.NegotiatedVersion(), 4)
		p.kill()
	}
}

func noCommonVersion(t *T) {
	p := t.prepare("fixture", versions(2, 3))
	// The host ends it by force, as it does with whatever it cannot use.
	p.expected = []string{"signal: killed"}
	err := p.failsToStart()
	if !strings.Contains(err.Error(), "incompatible API version with plugin. Plugin version: 1, Client versions: [") {
		t.Errorf("the host said %v", err)
	}
	p.waitFor("plugin process exited")
}

// announced launches a plugin whose environment is changed, and returns its line too.
func (t *T) announced(change func(*exec.Cmd), options ...option) (*Plugin, string) {
	var printed lockedBuffer
	p := t.launch("fixture", append(options, byRunner(&printed, change))...)
	p.serves()
	p.kill()
	p.endedWith0()
	return p, string(printed.bytes())
}

func noList(t *T) {
	for _, value := range []string{"unset", "", "2,3"} {
		p, line := t.announced(func(cmd *exec.Cmd) {
			without(cmd, "PLUGIN_PROTOCOL_VERSIONS")
			if value != "unset" {
				cmd.Env = append(cmd.Env, "PLUGIN_PROTOCOL_VERSIONS="+value)
			}
		})
		if !strings.HasPrefix(line, "1|1|") {
			t.Errorf("with %q it announced %q", value, line)
		}
		if said := p.log.find("invalid plugin version"); said != nil {
			t.Errorf("with %q: %v", value, said)
		}
	}
}

func junkInList(t *T) {
	p, line := t.announced(func(cmd *exec.Cmd) {
		without(cmd, "PLUGIN_PROTOCOL_VERSIONS")
		cmd.Env = append(cmd.Env, "PLUGIN_PROTOCOL_VERSIONS=x,7,1")
	})
	if !strings.HasPrefix(line, "1|1|") {
		t.Errorf("it announced %q", line)
	}
	if p.log.find(`server sent invalid plugin version "x"`) == nil {
		t.Errorf("it did not tell of the junk")
	}
}

func sixFields(t *T) {
	_, line := t.announced(nil)
	fields := strings.Split(line, "|")
	if len(fields) != 6 || fields[5] != "\n" || fields[2] != "unix" || fields[4] != "grpc" || strings.Count(line, "\n") != 1 {
		t.Errorf("it announced %q", line)
	}
	_, line = t.announced(nil, with("HOOKWRIGHT_LISTEN=tcp"))
	var port int
	if read, err := fmt.Sscanf(line, "1|1|tcp|127.0.0.1:%d|grpc|\n", &port); read != 1 || err != nil {
		t.Errorf("it announced %q", line)
	}
}

func multiplexFalse(t *T) {
	for _, value := range []string{"false", "0", ""} {
		_, line := t.announced(nil, with("PLUGIN_MULTIPLEX_GRPC="+value))
		if strings.Count(line, "|") != 5 || !strings.HasSuffix(line, "|grpc|\n") {
			t.Errorf("with %q it announced %q", value, line)
		}
	}
}

func onlyNetRPC(t *T) {
	p := t.prepare("fixture", func(config *plugin.ClientConfig) {
		config.AllowedProtocols = []plugin.Protocol{plugin.ProtocolNetRPC}
	})
	p.expected = []string{"signal: killed"}
	err := p.failsToStart()
	if !strings.Contains(err.Error(), `unsupported plugin protocol "grpc"`) {
		t.Errorf("the host said %v", err)
	}
	p.waitFor("plugin process exited")
}

func seventhField(t *T) {
	_, line := t.announced(nil, func(config *plugin.ClientConfig) { config.GRPCBrokerMultiplex = true })
	if !strings.HasSuffix(line, "|grpc||true\n") {
		t.Errorf("it announced %q", line)
	}
}
