package main

import "net"

var abuseCases []testCase

func (p *Plugin) dial() net.Conn {
	address := p.client.ReattachConfig().Addr
	conn, err := net.Dial(address.Network(), address.String())
	p.t.ok(err, "connecting")
	return conn
}
