package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
)

// The sessions of the server ping each other every 30 s, and end when a stream has not been answered on
// for 75 s.
const idleness = 80 * time.Second

var _ = registerBeside(testCase{"a session outlives idleness, crowds and large bodies, and ends at once", "fixture-http", endure})

func endure(server *server) error {
	pid, err := server.pid()
	if err != nil {
		return err
	}
	time.Sleep(idleness)
	tasks, err := server.tasks()
	if err != nil {
		return err
	}
	for _, step := range []func() error{server.crowd, server.bodies, server.largePosts, server.manyPosts, server.bodies} {
		if err := step(); err != nil {
			return err
		}
		if err := server.environment.PerformHealthCheck(pluginID); err != nil {
			return err
		}
	}
	// Each stream that the plugin has is a task of its own, or several.
	if err := server.settles(tasks); err != nil {
		return err
	}
	if now, err := server.pid(); err != nil || now != pid {
		return fmt.Errorf("process %d has taken the place of %d: %v", now, pid, err)
	}
	return server.endsWell()
}

// crowd sends 700 requests at a time.
func (server *server) crowd() error {
	hooks := server.hooks()
	faults := make(chan error, 700)
	var group sync.WaitGroup
	for number := range 700 {
		group.Go(func() {
			response := httptest.NewRecorder()
			hooks.ServeHTTP(context, response, httptest.NewRequest("GET", "/early", nil))
			if response.Code != http.StatusOK || response.Body.String() != "no need to read it" {
				faults <- fmt.Errorf("request %d: %d %q", number, response.Code, response.Body)
			}
		})
	}
	group.Wait()
	select {
	case err := <-faults:
		return err
	default:
		return nil
	}
}

// bodies sends 32 MiB, which come back as they go.
func (server *server) bodies() error {
	sent := bytes.Repeat([]byte("0123456789abcdef"), 2<<20)
	response := server.ask("POST", "/echo", sent)
	if response.Code != http.StatusOK || !bytes.Equal(response.Body.Bytes(), sent) {
		return fmt.Errorf("%d bytes of status %d came back of %d", response.Body.Len(), response.Code, len(sent))
	}
	return nil
}

func (server *server) largePosts() error {
	for range 2 {
		large := &model.Post{Message: strings.Repeat("x", 4<<20)}
		now, reason := server.hooks().MessageWillBePosted(context, large)
		if reason != "" || now == nil || len(now.Message) != 4<<20 {
			return fmt.Errorf("a large post is refused: %q", reason)
		}
	}
	return nil
}

func (server *server) manyPosts() error {
	hooks := server.hooks()
	for number := range 10_000 {
		text, expected := fmt.Sprint("post ", number), fmt.Sprint("post ", number)
		// Every hundredth is rewritten: whatever the server does without the plugin would show.
		if number%100 == 0 {
			text = fmt.Sprint("rewrite ", number)
			expected = text + " by trouble and second"
		}
		now, reason := hooks.MessageWillBePosted(context, &model.Post{Message: text})
		if reason != "" || now == nil || now.Message != expected {
			return fmt.Errorf("%q became %v, %q", text, now, reason)
		}
	}
	return nil
}

// tasks says how many tasks the plugin's process has.
func (server *server) tasks() (string, error) {
	response := httptest.NewRecorder()
	server.hooks().ServeMetrics(context, response, httptest.NewRequest("GET", "/metrics", nil))
	for line := range strings.Lines(response.Body.String()) {
		if tasks, found := strings.CutPrefix(line, "hookwright_tasks "); found {
			return strings.TrimSpace(tasks), nil
		}
	}
	return "", fmt.Errorf("the metrics do not have the tasks: %d %q", response.Code, response.Body)
}

// settles waits until the plugin has as many tasks as before.
func (server *server) settles(before string) error {
	var now string
	for range 2000 {
		tasks, err := server.tasks()
		if err != nil {
			return err
		}
		if tasks == before {
			return nil
		}
		now = tasks
	}
	return fmt.Errorf("%s tasks are left of a time when there were %s", now, before)
}

// endsWell deactivates the plugin. The time is told and decides nothing; whether the process ended when it
// was asked to, or was killed after 2 s, does.
func (server *server) endsWell() error {
	begun := time.Now()
	if !server.environment.Deactivate(pluginID) {
		return fmt.Errorf("the plugin was not active at the end")
	}
	server.ended = true
	fmt.Printf("  the deactivation took %v\n", time.Since(begun))
	if err := server.api.logger.Flush(); err != nil {
		return err
	}
	if server.log.find("plugin exited") == nil || server.log.find("failed to exit gracefully") != nil {
		return fmt.Errorf("the process was killed")
	}
	for line := range strings.Lines(server.log.String()) {
		var record struct{ Level, Msg string }
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			return fmt.Errorf("%q is no record: %v", line, err)
		}
		// What is dropped is told as a warning.
		if record.Level == "warn" || record.Level == "error" {
			return fmt.Errorf("the log has %s", line)
		}
	}
	return nil
}
