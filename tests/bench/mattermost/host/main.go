// A Mattermost server, as far as its plugins are concerned, that loads one of them: the plugin
// environment of the server's own packages calls MessageWillBePosted, from so many goroutines.
//
//	host PLUGIN
//
// It says on stdout which process the plugin is. For each line `CALLERS MILLISECONDS` on stdin it calls
// for so long, and says what came of it. It ends, and the plugin with it, when stdin does.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"syscall"
	"time"
)

// build is which build this is; it is set by the linker.
var build = "unknown"

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("expected the path of a plugin"))
	}
	if os.Args[1] == "build-id" {
		fmt.Println(build)
		return
	}
	server, err := start(os.Args[1])
	if err != nil {
		fail(err)
	}
	say(map[string]int{"process": server.process})
	orders := make(chan order)
	go read(orders, server)
	for order := range orders {
		lap, err := server.load(order.callers, order.time)
		if err != nil {
			syscall.Kill(server.process, syscall.SIGKILL)
			fail(err)
		}
		say(lap)
	}
}

// An order says how many call, and for how long.
type order struct {
	callers int
	time    time.Duration
}

// read takes the orders. Whoever gives them may end in the middle of one.
func read(orders chan<- order, server *server) {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var callers, milliseconds int
		if _, err := fmt.Sscan(lines.Text(), &callers, &milliseconds); err != nil {
			fail(fmt.Errorf("%q: expected CALLERS MILLISECONDS", lines.Text()))
		}
		orders <- order{callers, time.Duration(milliseconds) * time.Millisecond}
	}
	syscall.Kill(server.process, syscall.SIGKILL)
	server.remove()
	os.Exit(0)
}

func say(what any) {
	if err := json.NewEncoder(os.Stdout).Encode(what); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
