package main

import (
	"errors"
	"fmt"
	"net"
	"net/rpc"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/yamux"
)

type Pair struct{ A, B int }

func open(session *yamux.Session) (*rpc.Client, error) {
	stream, err := session.Open()
	if err != nil {
		return nil, err
	}
	return rpc.NewClient(stream), nil
}

func sum(client *rpc.Client, a, b int) error {
	var reply int
	if err := client.Call("Arith.Add", Pair{a, b}, &reply); err != nil {
		return err
	}
	if reply != a+b {
		return fmt.Errorf("%d + %d is %d", a, b, reply)
	}
	return nil
}

// calls has many calls in flight, errors, and large arguments.
func calls(session *yamux.Session) error {
	client, err := open(session)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	faults := make(chan error, 32)
	for worker := range 32 {
		group.Go(func() {
			for number := range 200 {
				if err := sum(client, worker, number); err != nil {
					faults <- err
					return
				}
			}
		})
	}
	group.Wait()
	select {
	case err := <-faults:
		return err
	default:
	}
	for method, text := range map[string]string{
		"Arith.Divide": "rpc: can't find method Arith.Divide",
		"Nobody.Add":   "rpc: can't find service Nobody.Add",
		"Add":          "rpc: service/method request ill-formed: Add",
		"Arith.Fail":   "it failed",
	} {
		var reply int
		if err := client.Call(method, Pair{}, &reply); err == nil || err.Error() != text {
			return fmt.Errorf("%s: %v", method, err)
		}
	}
	for range 2 {
		var reply string
		text := strings.Repeat("x", 4<<20)
		if err := client.Call("Arith.Echo", text, &reply); err != nil || reply != text {
			return fmt.Errorf("4 MiB: %d bytes, %v", len(reply), err)
		}
	}
	return sum(client, 1, 2)
}

// orphan makes calls whose argument cannot be encoded: their header goes out with the next call.
func orphan(session *yamux.Session) error {
	client, err := open(session)
	if err != nil {
		return err
	}
	type Unknown struct{ X int }
	for number := range 4 {
		var reply int
		argument := map[string]any{"key": Unknown{1}}
		if err := client.Call("Arith.Add", argument, &reply); err == nil || !strings.Contains(err.Error(), "not registered") {
			return fmt.Errorf("an argument of an unknown type: %v", err)
		}
		if err := sum(client, number, 1); err != nil {
			return err
		}
	}
	return nil
}

// deaf sends small calls, each a frame, and reads no answer, until no more are taken; another stream is
// none the worse.
func deaf(session *yamux.Session) error {
	mute, err := session.Open()
	if err != nil {
		return err
	}
	var sent atomic.Int64
	go func() {
		flood := rpc.NewClient(silent{mute})
		for {
			flood.Go("Arith.Echo", strings.Repeat("x", 4<<10), new(string), nil)
			sent.Add(1)
		}
	}()
	client, err := open(session)
	if err != nil {
		return err
	}
	for last, same := int64(0), 0; last == 0 || same < 300; same++ {
		if now := sent.Load(); now != last {
			last, same = now, 0
		}
		if err := sum(client, same, 1); err != nil {
			return err
		}
	}
	if sent.Load() > 16<<20/(4<<10) {
		return fmt.Errorf("%d calls were taken that were not answered", sent.Load())
	}
	return nil
}

// silent is a stream that nobody reads.
type silent struct{ net.Conn }

func (silent) Read([]byte) (int, error) { select {} }

// idle leaves a stream alone for longer than yamux waits for its acknowledgement.
func idle(session *yamux.Session) error {
	client, err := open(session)
	if err != nil {
		return err
	}
	if err := sum(client, 1, 2); err != nil {
		return err
	}
	if _, err := session.Open(); err != nil {
		return err
	}
	select {
	case <-session.CloseChan():
		return errors.New("the stream was not acknowledged, and the session ended")
	case <-time.After(2 * acknowledged):
		return sum(client, 3, 4)
	}
}
