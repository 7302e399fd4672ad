package main

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// everyMethod calls all methods of the API with the same arguments as over gRPC.
func everyMethod(server *server, flags string, failure func(reflect.Method) error) error {
	judge := &judge{plain: server.api}
	if err := server.offer(judge); err != nil {
		return err
	}
	var faults []string
	lost := map[string]bool{}
	api := reflect.TypeFor[plugin.API]()
	for index := range api.NumMethod() {
		method := api.Method(index)
		if slices.Contains(ownCases, method.Name) {
			continue
		}
		failed := failure(method)
		if failed == nil && flags == "no" {
			continue
		}
		fitting, err := server.judged(judge, method, strings.TrimPrefix(flags, "no"), failed)
		if err != nil {
			return fmt.Errorf("%s: %w", method.Name, err)
		}
		faults = append(faults, fitting.faults...)
		maps.Copy(lost, fitting.lost)
	}
	for field := range lost {
		if !slices.Contains(onlyInContract, field) {
			faults = append(faults, field+": Go has no such field")
		}
	}
	slices.Sort(faults)
	if len(faults) > 0 {
		return fmt.Errorf("%d faults:\n%s", len(faults), strings.Join(faults, "\n"))
	}
	return server.environment.PerformHealthCheck(pluginID)
}

func none(reflect.Method) error { return nil }

var _ = register(
	testCase{"every method of the API takes and gives what it does over gRPC", "fixture-api", func(server *server) error {
		for _, flags := range []string{"", "&flipped"} {
			if err := everyMethod(server, flags, none); err != nil {
				return err
			}
		}
		return nil
	}},
	testCase{"errors of every method are the same over both", "fixture-api", func(server *server) error {
		appErr := model.NewAppError("Where", "app.some.id", nil, "details", http.StatusTeapot)
		appErr.Message = "the message"
		if err := everyMethod(server, "no", func(method reflect.Method) error {
			if last := method.Type.NumOut() - 1; last >= 0 && isError(method.Type.Out(last)) {
				return appErr
			}
			return nil
		}); err != nil {
			return err
		}
		return everyMethod(server, "no", func(method reflect.Method) error {
			last := method.Type.NumOut() - 1
			// The server closes its API when it cannot encode this one.
			if last >= 0 && method.Type.Out(last) == errorType && method.Name != "UploadData" {
				return errors.New("a plain error")
			}
			return nil
		})
	}},
	testCase{"records have the level and the values that they were written with", "fixture-api", func(server *server) error {
		judge := &judge{plain: server.api}
		if err := server.offer(judge); err != nil {
			return err
		}
		for _, method := range []string{"LogDebug", "LogInfo", "LogWarn", "LogError"} {
			var came cameOf
			if err := server.asked("/api/call?"+method, &came); err != nil {
				return err
			}
			record := []any{method, "the msg", "the key", "the string_value", "the key", "the string_value"}
			judge.mutex.Lock()
			records := judge.records
			judge.records = nil
			judge.mutex.Unlock()
			if len(records) != 1 || !slices.Equal(records[0], record) {
				return fmt.Errorf("%s: %v", method, records)
			}
		}
		return nil
	}},
)
