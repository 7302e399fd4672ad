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
type rawHooks struct{ client *rpc.Client }

func (rawHooks) Server(*goplugin.MuxBroker) (any, error) { return nil, nil }

func (rawHooks) Client(_ *goplugin.MuxBroker, client *rpc.Client) (any, error) {
	return client, nil
}

// raw starts the plugin of a server once more, by hand.
func (server *server) raw() (*rpc.Client, func(), error) {
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
	protocol, err := client.Client()
	if err != nil {
		client.Kill()
		return nil, nil, err
	}
	hooks, err := protocol.Dispense("hooks")
	if err != nil {
		client.Kill()
		return nil, nil, err
	}
	return hooks.(*rpc.Client), client.Kill, nil
}
