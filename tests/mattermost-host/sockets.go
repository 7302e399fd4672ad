package main

import (
	"bytes"
	"fmt"
	"net/http"
	"runtime"
	"strings"

	"github.com/gorilla/websocket"
)

// dial opens a WebSocket of the plugin.
func dial(url, path string) (*websocket.Conn, error) {
	socket, response, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(url, "http")+path, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if response.StatusCode != http.StatusSwitchingProtocols {
		return nil, fmt.Errorf("%s: %d", path, response.StatusCode)
	}
	return socket, nil
}

// echoed sends one message and expects it back.
func echoed(socket *websocket.Conn, kind int, message []byte) error {
	if err := socket.WriteMessage(kind, message); err != nil {
		return err
	}
	got, back, err := socket.ReadMessage()
	if err != nil || got != kind || !bytes.Equal(back, message) {
		return fmt.Errorf("%d bytes of kind %d came back as %d of kind %d: %v", len(message), kind, len(back), got, err)
	}
	return nil
}

// noneOpen waits until the plugin has no socket any more.
func noneOpen(url string) error {
	var open string
	for range 10_000 {
		var err error
		if _, open, err = get(url + "/sockets"); err != nil {
			return err
		}
		if open == "0" {
			return nil
		}
	}
	return fmt.Errorf("%s sockets are open", open)
}

var _ = register(
	testCase{"1000 messages go both ways over a WebSocket", "fixture-http", func(server *server) error {
		web := server.serve()
		defer web.Close()
		socket, err := dial(web.URL, "/socket/echo")
		if err != nil {
			return err
		}
		defer socket.Close()
		for number := range 1000 {
			kind := websocket.TextMessage + number%2
			if err := echoed(socket, kind, bytes.Repeat([]byte{'a' + byte(number%26)}, number*number%70_000)); err != nil {
				return fmt.Errorf("message %d: %w", number, err)
			}
		}
		farewell := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "done")
		if err := socket.WriteMessage(websocket.CloseMessage, farewell); err != nil {
			return err
		}
		if _, _, err := socket.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			return fmt.Errorf("the farewell is answered with %v", err)
		}
		return noneOpen(web.URL)
	}},
	testCase{"either end of a WebSocket may close it or go away, and nothing stays", "fixture-http", func(server *server) error {
		web := server.serve()
		defer web.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		if err := noneOpen(web.URL); err != nil {
			return err
		}
		before := runtime.NumGoroutine()
		for range 20 {
			socket, err := dial(web.URL, "/socket/farewell")
			if err != nil {
				return err
			}
			if err := echoed(socket, websocket.TextMessage, []byte("hello")); err != nil {
				return err
			}
			if _, _, err := socket.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNoStatusReceived) {
				return fmt.Errorf("the plugin's farewell is %v", err)
			}
			socket.Close()

			socket, err = dial(web.URL, "/socket/echo")
			if err != nil {
				return err
			}
			if err := echoed(socket, websocket.TextMessage, []byte("hello")); err != nil {
				return err
			}
			// Without a word.
			socket.NetConn().Close()

			socket, err = dial(web.URL, "/socket/abort")
			if err != nil {
				return err
			}
			if err := socket.WriteMessage(websocket.TextMessage, []byte("go")); err != nil {
				return err
			}
			if _, _, err := socket.ReadMessage(); err == nil {
				return fmt.Errorf("the plugin went away, and a message came")
			}
			socket.Close()
		}
		if err := noneOpen(web.URL); err != nil {
			return err
		}
		var now int
		for range 10_000 {
			if now = runtime.NumGoroutine(); now <= before {
				return server.environment.PerformHealthCheck(pluginID)
			}
			if _, _, err := get(web.URL + "/sockets"); err != nil {
				return err
			}
		}
		return fmt.Errorf("%d goroutines, and %d before", now, before)
	}},
	testCase{"100 WebSockets at a time", "fixture-http", func(server *server) error {
		web := server.serve()
		defer web.Close()
		sockets := make([]*websocket.Conn, 100)
		for number := range sockets {
			socket, err := dial(web.URL, "/socket/echo")
			if err != nil {
				return err
			}
			defer socket.Close()
			sockets[number] = socket
		}
		for number, socket := range sockets {
			if err := echoed(socket, websocket.TextMessage, fmt.Append(nil, "I am ", number)); err != nil {
				return err
			}
		}
		if _, open, err := get(web.URL + "/sockets"); err != nil || open != "100" {
			return fmt.Errorf("%s are open, %v", open, err)
		}
		return nil
	}},
	testCase{"a request that asks for another protocol gets the page that it gets otherwise", "fixture-http", func(server *server) error {
		web := server.serve()
		defer web.Close()
		for path, expected := range map[string]int{"/early": 200, "/nothing/is/here": 404, "/socket/echo": 400} {
			request, err := http.NewRequest("GET", web.URL+path, nil)
			if err != nil {
				return err
			}
			request.Header.Set("Connection", "keep-alive, Upgrade")
			request.Header.Set("Upgrade", "something")
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				return err
			}
			response.Body.Close()
			if response.StatusCode != expected || response.Header.Get("X-Server") != "set before" || len(response.Header["Date"]) != 1 {
				return fmt.Errorf("%s: %d %v", path, response.StatusCode, response.Header)
			}
		}
		return nil
	}},
	testCase{"open WebSockets do not hold up the end", "fixture-http", func(server *server) error {
		web := server.serve()
		defer web.Close()
		for _, path := range []string{"/socket/echo", "/socket/deaf"} {
			socket, err := dial(web.URL, path)
			if err != nil {
				return err
			}
			defer socket.Close()
		}
		server.ended = true
		if !server.environment.Deactivate(pluginID) {
			return fmt.Errorf("the plugin was not active")
		}
		if record := server.log.find("plugin failed to exit gracefully"); record != nil {
			return fmt.Errorf("%v", record)
		}
		return nil
	}},
)
