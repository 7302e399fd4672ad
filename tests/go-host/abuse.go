package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// abuseCases are about clients that are no hosts. The right one is served meanwhile and afterwards.
var abuseCases = []testCase{
	{"abuse_junk_on_the_socket", func(t *T) { junk(t, "tcp") }},
	{"abuse_junk_on_a_unix_socket", func(t *T) { junk(t, "unix") }},
	{"abuse_clients_that_say_nothing_keep_nobody_waiting", silence},
	{"abuse_10000_connects_and_disconnects_over_tcp", func(t *T) { connects(t, "tcp") }},
	{"abuse_10000_connects_and_disconnects_over_unix", func(t *T) { connects(t, "unix") }},
	{"abuse_1000_connections_at_once_over_unix_are_all_taken", atOnce},
	{"abuse_half_a_preface_and_half_a_frame", halves},
	{"abuse_with_automtls_junk_and_silence_and_3000_connects", abuseSecured},
}

func (p *Plugin) dial() net.Conn {
	address := p.client.ReattachConfig().Addr
	conn, err := net.Dial(address.Network(), address.String())
	p.t.ok(err, "connecting")
	return conn
}

// throw sends bytes, and takes what comes until the other side closes or a moment has passed.
func (p *Plugin) throw(data []byte) {
	conn := p.dial()
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(300 * time.Millisecond))
	_, _ = conn.Write(data)
	_, _ = io.Copy(io.Discard, conn)
}

// junkPieces are what may come by mistake or by malice.
func junkPieces() [][]byte {
	preface := []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	return [][]byte{
		[]byte("\n"), []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), []byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc"),
		someBytes(100_000), make([]byte, 100_000), bytes.Repeat([]byte("A"), 100_000),
		append(bytes.Clone(preface), someBytes(10_000)...),
		append(bytes.Clone(preface), bytes.Repeat([]byte{0xff}, 10_000)...),
		// A yamux header, where it is not spoken.
		{0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0},
	}
}

func junk(t *T, network string) {
	p := t.launch("fixture", with("HOOKWRIGHT_LISTEN="+network))
	p.serves()
	for _, piece := range junkPieces() {
		p.throw(piece)
		p.serves()
	}
	p.kill()
	p.endedWith0()
}

func halves(t *T) {
	p := t.launch("fixture")
	p.serves()
	for _, piece := range []string{"PRI * HT", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x10\x04\x00"} {
		conn := p.dial()
		defer conn.Close()
		_, err := conn.Write([]byte(piece))
		t.ok(err, "writing")
	}
	p.serves()
	if took := p.kill(); took > time.Second {
		t.Errorf("kill took %v", took)
	}
	p.endedWith0()
}

func silence(t *T) {
	p := t.prepare("fixture")
	_, err := p.client.Start()
	t.ok(err, "launching")
	for range 200 {
		conn := p.dial()
		defer conn.Close()
	}
	t.ok(p.connect(), "connecting")
	p.serves()
	if took := p.kill(); took > time.Second {
		t.Errorf("kill took %v", took)
	}
	p.endedWith0()
}

// stampede connects and disconnects, several at a time.
func (p *Plugin) stampede(many int) {
	const clients = 8
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			address := p.client.ReattachConfig().Addr
			for range many / clients {
				conn, err := net.Dial(address.Network(), address.String())
				for errors.Is(err, syscall.EAGAIN) {
					// Of a unix socket, that as many wait as may: these come faster than anybody accepts.
					runtime.Gosched()
					conn, err = net.Dial(address.Network(), address.String())
				}
				if err != nil {
					p.t.Errorf("connecting: %v", err)
					return
				}
				_ = conn.Close()
			}
		})
	}
	all.Wait()
}

// idles holds that a process has no more threads and descriptors than it had.
func (p *Plugin) idles(threadsBefore, descriptorsBefore int) {
	p.t.eventually(15*time.Second, func() string {
		now, open := threads(p.pid), descriptors(p.pid)
		// The threads that may block come and go.
		if now > threadsBefore+4 || open > descriptorsBefore {
			return fmt.Sprintf("threads: %d before, %d after; descriptors: %d before, %d after", threadsBefore, now, descriptorsBefore, open)
		}
		return ""
	})
}

func connects(t *T, network string) {
	p := t.launch("fixture", with("HOOKWRIGHT_LISTEN="+network))
	p.serves()
	before, open := threads(p.pid), descriptors(p.pid)
	p.stampede(10_000)
	p.serves()
	p.idles(before, open)
	p.kill()
	p.endedWith0()
}

func atOnce(t *T) {
	p := t.launch("fixture", with("HOOKWRIGHT_LISTEN=unix"))
	p.serves()
	before, open := threads(p.pid), descriptors(p.pid)
	var conns []net.Conn
	for range 1000 {
		conns = append(conns, p.dial())
	}
	p.serves()
	for _, conn := range conns {
		_ = conn.Close()
	}
	p.idles(before, open)
	p.kill()
	p.endedWith0()
}

func abuseSecured(t *T) {
	p := t.launch("fixture", autoMTLSOn)
	p.serves()
	before, open := threads(p.pid), descriptors(p.pid)
	for _, piece := range junkPieces() {
		p.throw(piece)
	}
	for range 50 {
		conn := p.dial()
		defer conn.Close()
	}
	p.serves()
	p.stampede(3_000)
	p.serves()
	p.idles(before, open+50)
	if took := p.kill(); took > time.Second {
		t.Errorf("kill took %v", took)
	}
	p.endedWith0()
}
