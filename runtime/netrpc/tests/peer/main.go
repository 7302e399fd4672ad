// The other side of a session, in Go: net/rpc over hashicorp/yamux, as go-plugin's hosts have it.
//
//	netrpc-peer SOCKET SCENARIO
//
// It connects to the socket as a host does, plays the scenario, and ends with 0, or with 1 after
// saying what went otherwise than in Go.
package main

import (
	"fmt"
	"net"
	"os"
	"time"

	"github.com/hashicorp/yamux"
)

// How long a stream may go without the other side's acknowledgement; 75 s by default.
const acknowledged = 500 * time.Millisecond

var scenarios = map[string]func(*yamux.Session) error{
	"calls":  calls,
	"orphan": orphan,
	"serve":  serve,
	"deaf":   deaf,
	"idle":   idle,
}

func main() {
	if len(os.Args) != 3 || scenarios[os.Args[2]] == nil {
		fmt.Println("usage: netrpc-peer SOCKET SCENARIO")
		os.Exit(2)
	}
	connection, err := net.Dial("unix", os.Args[1])
	if err == nil {
		var session *yamux.Session
		config := yamux.DefaultConfig()
		config.StreamOpenTimeout = acknowledged
		if session, err = yamux.Client(connection, config); err == nil {
			err = scenarios[os.Args[2]](session)
			session.Close()
		}
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
