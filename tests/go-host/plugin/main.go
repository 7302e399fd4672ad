// A plugin in Go, on HashiCorp's own library, for the Rust host to launch.
//
// It serves two of the hooks without generated code: go-plugin is what is tried here.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/types/known/emptypb"
)

// log writes to the real stderr, which go-plugin leaves to it.
var log = hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: os.Stderr, JSONFormat: true, Name: "tiny"})

func main() {
	if len(os.Args) > 1 && os.Args[1] == "banner" {
		fmt.Println("a line that is no handshake")
	}
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: plugin.HandshakeConfig{
			ProtocolVersion: 1, MagicCookieKey: "MATTERMOST_PLUGIN", MagicCookieValue: "Securely message teams, anywhere.",
		},
		Plugins:    plugin.PluginSet{"hooks": &hooks{}},
		GRPCServer: plugin.DefaultGRPCServer,
		Logger:     log,
	})
}

type hooks struct{ plugin.NetRPCUnsupportedPlugin }

func (*hooks) GRPCServer(_ *plugin.GRPCBroker, server *grpc.Server) error {
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "mattermost.pluginapi.v1.PluginHooks",
		HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{
			method("Implemented", implemented), method("ExecuteCommand", executeCommand),
		},
	}, struct{}{})
	return nil
}

func (*hooks) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("this is a plugin and no host")
}

// method serves encoded messages: those that nobody knows are kept as they came.
func method(name string, serve func([]byte) ([]byte, error)) grpc.MethodDesc {
	return grpc.MethodDesc{MethodName: name, Handler: func(
		_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor,
	) (any, error) {
		request, reply := &emptypb.Empty{}, &emptypb.Empty{}
		if err := decode(request); err != nil {
			return nil, err
		}
		encoded, err := serve(request.ProtoReflect().GetUnknown())
		reply.ProtoReflect().SetUnknown(encoded)
		return reply, err
	}}
}

// implemented answers with the list of hooks.
func implemented([]byte) ([]byte, error) { return withText(nil, 2, "ExecuteCommand"), nil }

// executeCommand does what a test tells it to, and answers with a text.
func executeCommand(request []byte) ([]byte, error) {
	command := string(find(find(request, 3), 7))
	text, err := run(command)
	if err != nil {
		return nil, err
	}
	return withText(nil, 2, string(withText(nil, 2, text))), nil
}

func run(command string) (string, error) {
	what, rest, _ := strings.Cut(command, " ")
	switch what {
	case "echo":
		return rest, nil
	case "print":
		fmt.Fprint(os.Stdout, rest)
	case "complain":
		fmt.Fprint(os.Stderr, rest)
	case "log":
		log.Trace(rest)
		log.Debug(rest)
		log.Info(rest, "number", 7, "text", "ü")
		log.Warn(rest)
		log.Error(rest)
	case "variables":
		var names []string
		for _, one := range os.Environ() {
			if name, _, _ := strings.Cut(one, "="); strings.HasPrefix(name, "PLUGIN_") {
				names = append(names, name)
			}
		}
		return strings.Join(names, " "), nil
	case "long":
		return strings.Repeat("x", 32<<20), nil
	case "panic":
		go panic(rest)
		select {}
	case "exit":
		os.Exit(7)
	default:
		return "", fmt.Errorf("there is no command %q", what)
	}
	return "", nil
}

// find returns the bytes of a field of an encoded message.
func find(message []byte, wanted protowire.Number) []byte {
	for len(message) > 0 {
		number, kind, length := protowire.ConsumeTag(message)
		if length < 0 {
			return nil
		}
		message = message[length:]
		if number == wanted && kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(message)
			return value
		}
		if length = protowire.ConsumeFieldValue(number, kind, message); length < 0 {
			return nil
		}
		message = message[length:]
	}
	return nil
}

func withText(message []byte, number protowire.Number, text string) []byte {
	return protowire.AppendString(protowire.AppendTag(message, number, protowire.BytesType), text)
}
