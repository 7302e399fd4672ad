package main

import (
	"context"
	"os/exec"
	"strings"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// mattermost is what a Mattermost server and its plugins agree on.
var mattermost = plugin.HandshakeConfig{
	ProtocolVersion:  1,
	MagicCookieKey:   "MATTERMOST_PLUGIN",
	MagicCookieValue: "Securely message teams, anywhere.",
}

// connection is a go-plugin plugin that hands out what it is connected by.
type connection struct {
	plugin.NetRPCUnsupportedPlugin
	broker *plugin.GRPCBroker
	conn   *grpc.ClientConn
}

func (*connection) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error { return nil }

func (*connection) GRPCClient(_ context.Context, broker *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return &connection{broker: broker, conn: conn}, nil
}

var onePlugin = plugin.PluginSet{"hooks": &connection{}}

// option changes how a plugin is launched.
type option func(*plugin.ClientConfig)

// with sets variables of the plugin's environment.
func with(variables ...string) option {
	return func(config *plugin.ClientConfig) {
		config.Cmd.Env = append(config.Cmd.Env, variables...)
	}
}

// Plugin is a plugin process and the host that launched it.
type Plugin struct {
	t      *T
	config *plugin.ClientConfig
	client *plugin.Client
	broker *plugin.GRPCBroker
	conn   *grpc.ClientConn
	log    *records
	out    lockedBuffer
	err    lockedBuffer
	pid    int
	ended  bool
	// How many lines of its stderr may be no records.
	foreign int
	// The host's own records at ERROR that the case is about.
	expected []string
}

// prepare makes a host that has not launched its plugin yet.
func (t *T) prepare(program string, options ...option) *Plugin {
	p := &Plugin{t: t, log: &records{}}
	t.mutex.Lock()
	t.logs = append(t.logs, p.log)
	t.mutex.Unlock()
	p.config = &plugin.ClientConfig{
		HandshakeConfig:  mattermost,
		Plugins:          onePlugin,
		Cmd:              exec.Command(t.program(program)),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Logger:           p.log.logger(),
		Stderr:           &p.log.stderr,
		SyncStdout:       &p.out,
		SyncStderr:       &p.err,
		StartTimeout:     20 * time.Second,
	}
	for _, change := range options {
		change(p.config)
	}
	p.client = plugin.NewClient(p.config)
	t.cleanup(p.end)
	return p
}

// launch launches a plugin, and connects to it.
func (t *T) launch(program string, options ...option) *Plugin {
	p := t.prepare(program, options...)
	t.ok(p.connect(), "launching "+program)
	return p
}

func (p *Plugin) connect() error {
	protocol, err := p.client.Client()
	if p.config.Cmd != nil && p.config.Cmd.Process != nil {
		p.pid = p.config.Cmd.Process.Pid
	}
	if err != nil {
		return err
	}
	dispensed, err := protocol.Dispense("hooks")
	if err != nil {
		return err
	}
	connected := dispensed.(*connection)
	p.broker, p.conn = connected.broker, connected.conn
	return nil
}

// ping asks for the health of the plugin, as go-plugin does it.
func (p *Plugin) ping() error {
	protocol, err := p.client.Client()
	if err != nil {
		return err
	}
	return protocol.Ping()
}

// serves holds that the plugin answers.
func (p *Plugin) serves() {
	if err := p.ping(); err != nil {
		p.t.Errorf("ping: %v", err)
	}
	p.answers("RunDataRetention", `{"now_time": 1, "batch_size": 41}`, `{"deleted_count": "42"}`)
}

// waitFor waits for a record.
func (p *Plugin) waitFor(text string) {
	p.t.eventually(20*time.Second, func() string {
		if p.log.find(text) == nil {
			return "there is no record " + text
		}
		return ""
	})
}

// kill ends the plugin as a host does, and returns how long that took.
func (p *Plugin) kill() time.Duration {
	began := time.Now()
	p.client.Kill()
	took := time.Since(began)
	p.end()
	return took
}

// end ends the plugin, unless that was done, and looks at the log of its whole life: the host
// found nothing wrong, did not have to use force, and has each line that the plugin logged.
func (p *Plugin) end() {
	if p.ended {
		return
	}
	p.ended = true
	p.client.Kill()
	p.log.checkLines(p.t, p.foreign)
	for _, one := range p.log.of(false) {
		// A host uses force on whatever it could not connect to.
		forced := p.conn != nil && strings.Contains(one.message, "failed to exit gracefully")
		if (forced || one.level >= errorLevel) && !p.expects(one) {
			p.t.Errorf("the host logged %v", one)
		}
	}
}

func (p *Plugin) expects(one record) bool {
	for _, text := range p.expected {
		if strings.Contains(one.String(), text) {
			return true
		}
	}
	return false
}
