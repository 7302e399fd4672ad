package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/mattermost/mattermost/server/public/plugin"
)

// The plugin that has a handler for every hook, which does as it is told over HTTP.
const scripted = "com.example.parity.first"

// ask sends an HTTP request to the plugin.
func (server *server) ask(method, url string, body []byte) *httptest.ResponseRecorder {
	response := httptest.NewRecorder()
	request := httptest.NewRequest(method, url, bytes.NewReader(body))
	server.hooks().ServeHTTP(&plugin.Context{RequestId: "asked"}, response, request)
	return response
}

// script says what the handler of a hook does from now on, such as {"Answer": "Plain"}.
func (server *server) script(hook string, action any) error {
	body, err := json.Marshal(map[string]any{
		"hook": hook, "actions": map[string]any{scripted: action},
	})
	if err != nil {
		return err
	}
	if response := server.ask("POST", "/script", body); response.Code != http.StatusOK {
		return fmt.Errorf("/script answers %d: %s", response.Code, response.Body)
	}
	return nil
}

// told returns how many calls of a hook the handler had since it was asked last, and the last one.
func (server *server) told(hook string) (int, string, error) {
	response := server.ask("GET", "/told?"+hook, nil)
	var calls []json.RawMessage
	if err := json.Unmarshal(response.Body.Bytes(), &calls); err != nil {
		return 0, "", fmt.Errorf("/told answers %d: %s", response.Code, response.Body)
	}
	if len(calls) == 0 {
		return 0, "", nil
	}
	return len(calls), string(calls[len(calls)-1]), nil
}

func answer(what any) any { return map[string]any{"Answer": what} }

// message encodes a message of texts, by the numbers of their fields.
func message(texts map[int]string) []int {
	var encoded []byte
	for number, text := range texts {
		encoded = protowire.AppendTag(encoded, protowire.Number(number), protowire.BytesType)
		encoded = protowire.AppendString(encoded, text)
	}
	return numbers(encoded)
}

// numbers are bytes as the script has them.
func numbers(encoded []byte) []int {
	list := make([]int, len(encoded))
	for index, one := range encoded {
		list[index] = int(one)
	}
	return list
}
