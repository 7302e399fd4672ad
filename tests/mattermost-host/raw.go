package main

import (
	"net/rpc"
	"os/exec"
	"path/filepath"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
)

// rawHooks are the hooks as newer servers call them: their packages are no module that can be had, so
// this takes their place, with go-plugin, net/rpc and gob as they are.
type rawHooks struct {
	client *rpc.Client
	broker *goplugin.MuxBroker
}

func (rawHooks) Server(*goplugin.MuxBroker) (any, error) { return nil, nil }

func (rawHooks) Client(broker *goplugin.MuxBroker, client *rpc.Client) (any, error) {
	return rawHooks{client, broker}, nil
}

func (hooks rawHooks) Call(method string, argument, reply any) error {
	return hooks.client.Call(method, argument, reply)
}

// raw starts the plugin of a server once more, by hand, and activates it.
func (server *server) raw() (rawHooks, func(), error) {
	executable := filepath.Join(server.folder, "plugins", pluginID, "server/dist/plugin")
	client := goplugin.NewClient(&goplugin.ClientConfig{
		HandshakeConfig: goplugin.HandshakeConfig{
			ProtocolVersion:  1,
			MagicCookieKey:   "MATTERMOST_PLUGIN",
			MagicCookieValue: "Securely message teams, anywhere.",
		},
		Plugins: map[string]goplugin.Plugin{"hooks": rawHooks{}},
		Cmd:     exec.Command(executable),
		Logger:  hclog.NewNullLogger(),
	})
	hooks, err := activated(client)
	if err != nil {
		client.Kill()
	}
	return hooks, client.Kill, err
}

func activated(client *goplugin.Client) (rawHooks, error) {
	protocol, err := client.Client()
	if err != nil {
		return rawHooks{}, err
	}
	dispensed, err := protocol.Dispense("hooks")
	if err != nil {
		return rawHooks{}, err
	}
	hooks := dispensed.(rawHooks)
	var reply struct{ A error }
	err = hooks.Call("Plugin.OnActivate", struct{ APIMuxId, DriverMuxId uint32 }{}, &reply)
	if err == nil {
		err = reply.A
	}
	return hooks, err
}
