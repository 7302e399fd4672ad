// A plugin in Go on HashiCorp's go-plugin and grpc-go, with generated messages: what Hookwright is
// measured beside.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"hookwright/tests/bench/pb"
)

// build is which build this is; it is set by the linker.
var build = "unknown"

const (
	badWord = "badword"
	mask    = "*******"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "build-id" {
		fmt.Println(build)
		return
	}
	go endWith(os.Getppid())
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: plugin.HandshakeConfig{
			ProtocolVersion: 1, MagicCookieKey: "MATTERMOST_PLUGIN", MagicCookieValue: "Securely message teams, anywhere.",
		},
		Plugins:    plugin.PluginSet{"hooks": &hooks{}},
		GRPCServer: plugin.DefaultGRPCServer,
		Logger:     hclog.New(&hclog.LoggerOptions{Output: io.Discard}),
	})
}

// endWith ends this process when its parent has ended.
func endWith(parent int) {
	for os.Getppid() == parent {
		time.Sleep(500 * time.Millisecond)
	}
	os.Exit(1)
}

type hooks struct{ plugin.NetRPCUnsupportedPlugin }

func (h *hooks) GRPCServer(_ *plugin.GRPCBroker, server *grpc.Server) error {
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "mattermost.pluginapi.v1.PluginHooks",
		HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{
			method("MessageWillBePosted", messageWillBePosted), method("OnActivate", onActivate),
		},
	}, struct{}{})
	return nil
}

func (*hooks) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("this is a plugin and no host")
}

// method is what protoc-gen-go-grpc writes for a unary method, for a server without interceptors.
func method[Q, R any](name string, serve func(*Q) *R) grpc.MethodDesc {
	return grpc.MethodDesc{MethodName: name, Handler: func(
		_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor,
	) (any, error) {
		request := new(Q)
		if err := decode(request); err != nil {
			return nil, err
		}
		return serve(request), nil
	}}
}

func messageWillBePosted(request *pb.MessageWillBePostedRequest) *pb.MessageWillBePostedResponse {
	if post := request.Post; judge(post) {
		return &pb.MessageWillBePostedResponse{ModifiedPost: post}
	}
	return &pb.MessageWillBePostedResponse{}
}

func onActivate(*pb.OnActivateRequest) *pb.OnActivateResponse { return &pb.OnActivateResponse{} }

// judge is the body of the handler: whether it has rewritten the post.
func judge(post *pb.Post) bool {
	bad := strings.Contains(post.Message, badWord)
	if bad {
		post.Message = strings.ReplaceAll(post.Message, badWord, mask)
	}
	return bad
}
