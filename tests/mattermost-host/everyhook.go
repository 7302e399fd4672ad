package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/plugin"
)

// ownWay are the hooks that are not one call and one result by the names of the contract.
var ownWay = []string{
	"FileWillBeUploaded", "Implemented", "OnActivate", "OnConfigurationChange", "OnDeactivate", "ServeHTTP", "ServeMetrics",
}

// answered are the hooks whose handlers can answer with a message, and which of the results it is.
var answered = map[string]string{
	"EmailNotificationWillBeSent": "EmailNotificationContent",
	"ExecuteCommand":              "CommandResponse",
	"GenerateSupportData":         "FileData",
	"MessageWillBePosted":         "Post",
	"MessageWillBeUpdated":        "Post",
	"MessagesWillBeConsumed":      "Post",
	"NotificationWillBePushed":    "PushNotification",
	"OnSharedChannelsSyncMsg":     "SyncResponse",
}

// arguments are what a hook is called with, and what its handlers are told of it.
func (server *server) arguments(fitting *fitting, hook reflect.Method) ([]reflect.Value, []namedValue, error) {
	fields, err := server.sampled(hook.Name+"Request", "")
	if err != nil {
		return nil, nil, err
	}
	fields = slices.DeleteFunc(fields, func(field namedValue) bool { return field.name == "context" })
	if len(fields) != hook.Type.NumIn() {
		return nil, nil, fmt.Errorf("%s has %d arguments, and in the contract %v", hook.Name, hook.Type.NumIn(), fields)
	}
	var values []reflect.Value
	for index, field := range fields {
		value := reflect.New(hook.Type.In(index)).Elem()
		fitting.fill(value, field.value, field.name)
		values = append(values, value)
	}
	if len(fields) > 0 && fields[0].name == "plugin_context" {
		fields = fields[1:]
	}
	return values, fields, nil
}

// inJSON is an argument as a handler has it, in the JSON of the contract.
func (server *server) inJSON(argument json.RawMessage, message string) (any, error) {
	var kind struct {
		Text     *string
		Number   *float64
		Message  []int
		Messages [][]int
	}
	if err := json.Unmarshal(argument, &kind); err != nil {
		return nil, err
	}
	decoded := func(numbers []int) (value any, err error) {
		encoded := make([]byte, len(numbers))
		for index, number := range numbers {
			encoded[index] = byte(number)
		}
		response := server.ask("POST", "/api/json?"+message, encoded)
		if response.Code != http.StatusOK {
			return nil, fmt.Errorf("%d: %s", response.Code, response.Body)
		}
		err = json.Unmarshal(response.Body.Bytes(), &value)
		return value, err
	}
	switch {
	case kind.Text != nil:
		return *kind.Text, nil
	case kind.Number != nil:
		return fmt.Sprint(int64(*kind.Number)), nil
	case kind.Messages != nil:
		list := []any{}
		for _, one := range kind.Messages {
			value, err := decoded(one)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		return list, nil
	}
	return decoded(kind.Message)
}

// compareTold holds the arguments of a handler against those that the hook was called with.
func (server *server) compareTold(fitting *fitting, hook string, fields []namedValue) error {
	times, last, err := server.told(hook)
	if err != nil || times != 1 {
		return fmt.Errorf("%s: called %d times: %v", hook, times, err)
	}
	var told struct{ Arguments []json.RawMessage }
	if err := json.Unmarshal([]byte(last), &told); err != nil {
		return err
	}
	if len(told.Arguments) != len(fields) {
		return fmt.Errorf("%s: %d arguments, and not %v", hook, len(told.Arguments), fields)
	}
	for index, field := range fields {
		seen, err := server.inJSON(told.Arguments[index], field.message)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", hook, field.name, err)
		}
		fitting.compareSeen(seen, field.value, hook+"."+field.name)
	}
	return nil
}

// compareAnswer has the handler answer with a message, and compares what the server gets.
func (server *server) compareAnswer(fitting *fitting, hook reflect.Method, message string) error {
	values, _, err := server.arguments(fitting, hook)
	if err != nil {
		return err
	}
	var encoded []int
	if err := server.asked("/api/encoded?"+message+"&flipped", &encoded); err != nil {
		return err
	}
	what := map[string]any{"Message": encoded}
	isList := hook.Type.Out(0).Kind() == reflect.Slice
	if isList {
		what = map[string]any{"Messages": []any{encoded}}
	}
	if err := server.script(hook.Name, answer(what)); err != nil {
		return err
	}
	fields, err := server.sampled(message, "&flipped")
	if err != nil {
		return err
	}
	expected := map[string]any{}
	for _, field := range fields {
		expected[field.name] = field.value
	}
	result := reflect.ValueOf(server.hooks()).MethodByName(hook.Name).Call(values)[0]
	if isList {
		fitting.compare(result, []any{expected}, hook.Name)
		return nil
	}
	fitting.compare(result, expected, hook.Name)
	return nil
}

var _ = register(testCase{"every hook gives its handlers, and the server, what it does over gRPC", "fixture-api", func(server *server) error {
	var faults []string
	lost := map[string]bool{}
	hooks := reflect.TypeFor[plugin.Hooks]()
	for index := range hooks.NumMethod() {
		hook := hooks.Method(index)
		if slices.Contains(ownWay, hook.Name) {
			continue
		}
		fitting := &fitting{}
		values, fields, err := server.arguments(fitting, hook)
		if err != nil {
			return err
		}
		if err := server.script(hook.Name, answer("Plain")); err != nil {
			return err
		}
		reflect.ValueOf(server.hooks()).MethodByName(hook.Name).Call(values)
		if err := server.compareTold(fitting, hook.Name, fields); err != nil {
			return err
		}
		if message, ok := answered[hook.Name]; ok {
			if err := server.compareAnswer(fitting, hook, message); err != nil {
				return fmt.Errorf("%s: %w", hook.Name, err)
			}
		}
		faults = append(faults, fitting.faults...)
		maps.Copy(lost, fitting.lost)
	}
	for field := range lost {
		if !slices.Contains(onlyInContract, field) {
			faults = append(faults, field+": Go has no such field")
		}
	}
	if len(faults) > 0 {
		return fmt.Errorf("%d faults:\n%s", len(faults), strings.Join(faults, "\n"))
	}
	return server.environment.PerformHealthCheck(pluginID)
}})
