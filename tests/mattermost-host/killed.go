package main

import (
	"fmt"
	"syscall"
	"time"
)

var _ = register(testCase{"calls under way return when the plugin is killed", "fixture-parity", func(server *server) error {
	const callers = 16
	if err := server.script("MessageWillBePosted", "Hang"); err != nil {
		return err
	}
	hooks := server.hooks()
	returned := make(chan string, callers)
	for range callers {
		go func() {
			_, reason := hooks.MessageWillBePosted(context, post())
			returned <- reason
		}()
	}
	for begun := 0; begun < callers; {
		times, _, err := server.told("MessageWillBePosted")
		if err != nil {
			return err
		}
		begun += times
	}
	pid, err := server.pid()
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return err
	}
	// Less than the handler's own limit, after which the calls would return as well.
	patience := time.After(20 * time.Second)
	for number := range callers {
		select {
		case reason := <-returned:
			if reason != "" {
				return fmt.Errorf("a post is refused with %q", reason)
			}
		case <-patience:
			return fmt.Errorf("%d of %d calls have not returned", callers-number, callers)
		}
	}
	if server.environment.PerformHealthCheck(pluginID) == nil {
		return fmt.Errorf("the plugin is said to be well")
	}
	return nil
}})
