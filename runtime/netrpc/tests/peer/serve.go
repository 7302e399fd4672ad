package main

import (
	"errors"
	"net/rpc"
	"strings"

	"github.com/hashicorp/yamux"
)

// Plugin is called by the other side.
type Plugin struct{}

func (Plugin) Add(pair Pair, reply *int) error {
	*reply = pair.A + pair.B
	return nil
}

func (Plugin) Repeat(count int, reply *string) error {
	*reply = strings.Repeat("x", count)
	return nil
}

func (Plugin) Fail(_ struct{}, _ *int) error { return errors.New("it failed") }

// serve answers on each stream that the other side opens, until that ends the session.
func serve(session *yamux.Session) error {
	server := rpc.NewServer()
	if err := server.Register(Plugin{}); err != nil {
		return err
	}
	for {
		stream, err := session.Accept()
		if err != nil {
			return nil
		}
		go server.ServeConn(stream)
	}
}
