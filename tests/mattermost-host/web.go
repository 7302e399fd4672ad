package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/mattermost/mattermost/server/public/plugin"
)

// serve puts the plugin behind a real HTTP server, as Mattermost does.
func (server *server) serve() *httptest.Server {
	hooks := server.hooks()
	return httptest.NewServer(http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		writer.Header().Set("X-Server", "set before")
		hooks.ServeHTTP(&plugin.Context{}, writer, request)
	}))
}

func get(url string) (*http.Response, string, error) {
	response, err := http.Get(url)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response, string(body), err
}

var _ = register(
	testCase{"bodies of any size go both ways", "fixture-http", func(server *server) error {
		web := server.serve()
		defer web.Close()
		for _, size := range []int{0, 1, 4096, 64 << 10, 64<<10 + 1, 32 << 20} {
			sent := make([]byte, size)
			for index := range sent {
				sent[index] = byte(index % 251)
			}
			response, err := http.Post(web.URL+"/count", "application/octet-stream", bytes.NewReader(sent))
			if err != nil {
				return err
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil || string(body) != strconv.Itoa(size) {
				return fmt.Errorf("%d bytes: %d %q, %v", size, response.StatusCode, body, err)
			}
			response, text, err := get(fmt.Sprintf("%s/bytes/%d", web.URL, size))
			if err != nil || len(text) != size || text != string(sent) {
				return fmt.Errorf("%d bytes back: %d of status %d, %v", size, len(text), response.StatusCode, err)
			}
		}
		return nil
	}},
	testCase{"headers of the server and of the plugin both reach the client", "fixture-http", func(server *server) error {
		web := server.serve()
		defer web.Close()
		response, _, err := get(web.URL + "/nothing/is/here")
		if err != nil {
			return err
		}
		if response.StatusCode != http.StatusNotFound || response.Header.Get("X-Server") != "set before" {
			return fmt.Errorf("%d %v", response.StatusCode, response.Header)
		}
		response, text, err := get(web.URL + "/early")
		if err != nil || text != "no need to read it" || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain") {
			return fmt.Errorf("%v %q %v", response.Header, text, err)
		}
		return nil
	}},
	testCase{"a body that nobody reads, and a client that leaves, hold up nobody", "fixture-http", func(server *server) error {
		web := server.serve()
		defer web.Close()
		response, err := http.Post(web.URL+"/early", "text/plain", strings.NewReader(strings.Repeat("x", 4<<20)))
		if err != nil {
			return err
		}
		response.Body.Close()
		response, err = http.Get(web.URL + "/bytes/67108864")
		if err != nil {
			return err
		}
		response.Body.Close()
		if _, text, err := get(web.URL + "/early"); err != nil || text != "no need to read it" {
			return fmt.Errorf("%q %v", text, err)
		}
		return server.environment.PerformHealthCheck(pluginID)
	}},
	testCase{"700 requests at a time are all answered", "fixture-http", func(server *server) error {
		hooks := server.hooks()
		faults := make(chan error, 700)
		var group sync.WaitGroup
		for number := range 700 {
			group.Go(func() {
				response := httptest.NewRecorder()
				hooks.ServeHTTP(&plugin.Context{}, response, httptest.NewRequest("GET", "/early", nil))
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
			return server.environment.PerformHealthCheck(pluginID)
		}
	}},
	testCase{"the metrics are there when the server asks for them", "hookwright", func(server *server) error {
		response := httptest.NewRecorder()
		server.hooks().ServeMetrics(&plugin.Context{}, response, httptest.NewRequest("GET", "/metrics", nil))
		if response.Code != http.StatusOK || !strings.Contains(response.Body.String(), "hookwright") {
			return fmt.Errorf("%d %q", response.Code, response.Body)
		}
		return nil
	}},
	testCase{"a plugin that was killed is started again by the health check", "hookwright", func(server *server) error {
		pid, err := server.pid()
		if err != nil {
			return err
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			return err
		}
		server.environment.TogglePluginHealthCheckJob(true)
		job := server.environment.GetPluginHealthCheckJob()
		// Until the process is gone the check finds nothing wrong.
		for range 1000 {
			job.CheckPlugin(pluginID)
			if now, err := server.pid(); err == nil && now != pid {
				if err := server.filter(); err != nil {
					return err
				}
				return server.filters("hello")
			}
		}
		return fmt.Errorf("there is no other process")
	}},
	testCase{"records have their level and their fields at the server", "fixture-parity", func(server *server) error {
		if err := server.script("MessageHasBeenPosted", map[string]any{"Fail": []any{"Other", "it failed"}}); err != nil {
			return err
		}
		server.hooks().MessageHasBeenPosted(context, post())
		// The record is sent when the call has been answered.
		for range 10_000 {
			record := server.log.find("handler failed")
			if record == nil {
				if err := server.environment.PerformHealthCheck(pluginID); err != nil {
					return err
				}
				continue
			}
			if record["by"] != "api" || record["level"] != "error" || record["hook"] != "MessageHasBeenPosted" {
				return fmt.Errorf("%v", record)
			}
			return nil
		}
		return fmt.Errorf("there is no such record")
	}},
)
