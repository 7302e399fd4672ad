package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// stranger is a gRPC client that is no go-plugin host: it opens neither stdio nor broker.
type stranger struct {
	t    *T
	conn *grpc.ClientConn
}

// connectTo connects to a plugin that somebody else has launched.
func (t *T) connectTo(address net.Addr) *stranger {
	dial := func(ctx context.Context, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, address.Network(), address.String())
	}
	conn, err := grpc.NewClient("passthrough:///plugin", grpc.WithContextDialer(dial),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	t.ok(err, "a client")
	t.cleanup(func() { _ = conn.Close() })
	return &stranger{t, conn}
}

func (s *stranger) tell(what string, data []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_, err := s.t.hooks.call(ctx, s.conn, "OnPluginClusterEvent", fmt.Sprintf(`{"event": {"id": %q, "data": %q}}`,
		what, base64.StdEncoding.EncodeToString(data)))
	return err
}

// serves holds that the plugin answers to whoever asks.
func (s *stranger) serves() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	reply, err := s.t.hooks.call(ctx, s.conn, "RunDataRetention", `{"batch_size": 41}`)
	if err != nil || reply["deleted_count"] != "42" {
		s.t.Errorf("it does not serve: %v %v", reply, err)
	}
}

func (s *stranger) post(message string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_, err := s.t.hooks.call(ctx, s.conn, "MessageWillBePosted", fmt.Sprintf(`{"post": {"message": %q}}`, message))
	return err
}
