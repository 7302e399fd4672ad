package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/mattermost/mattermost/server/public/shared/mlog"
)

const pluginID = "com.hookwright"

// A server has one plugin, in a folder as it is when a bundle has been unpacked.
type server struct {
	folder      string
	environment *plugin.Environment
	api         *api
	// What the plugin is offered in place of that.
	offered plugin.API
	log     *records
	// A case that ends the plugin itself says so.
	ended bool
}

// records are the lines that the server logs, one JSON object each.
type records struct {
	mutex sync.Mutex
	text  bytes.Buffer
	more  chan struct{}
}

func (records *records) Write(data []byte) (int, error) {
	records.mutex.Lock()
	defer records.mutex.Unlock()
	if records.more != nil {
		close(records.more)
		records.more = nil
	}
	return records.text.Write(data)
}

func (records *records) String() string {
	records.mutex.Lock()
	defer records.mutex.Unlock()
	return records.text.String()
}

// find returns the first record with a message that contains a text.
func (records *records) find(text string) map[string]any {
	for line := range strings.Lines(records.String()) {
		var record map[string]any
		if json.Unmarshal([]byte(line), &record) != nil {
			continue
		}
		if message, _ := record["msg"].(string); strings.Contains(message, text) {
			return record
		}
	}
	return nil
}

func newServer() (*server, error) {
	folder, err := os.MkdirTemp("", "mattermost-host")
	if err != nil {
		return nil, err
	}
	server := &server{folder: folder, log: &records{}}
	logger, err := mlog.NewLogger()
	if err != nil {
		return nil, err
	}
	if err := mlog.AddWriterTarget(logger, server.log, true, mlog.StdAll...); err != nil {
		return nil, err
	}
	server.api = &api{logger: logger, keys: map[string][]byte{}}
	create := func(*model.Manifest) plugin.API {
		if server.offered != nil {
			return server.offered
		}
		return server.api
	}
	server.environment, err = plugin.NewEnvironment(
		create, driver{}, filepath.Join(folder, "plugins"), filepath.Join(folder, "web"), logger, nil,
	)
	return server, err
}

// unpack makes the folder of a plugin.
func unpack(server *server, binary string) error {
	folder := filepath.Join(server.folder, "plugins", pluginID)
	if err := os.MkdirAll(filepath.Join(folder, "server", "dist"), 0o700); err != nil {
		return err
	}
	executable := "server/dist/plugin"
	manifest, err := json.Marshal(map[string]any{
		"id": pluginID, "version": "0.1.0", "name": "Hookwright",
		"server": map[string]any{"executables": map[string]string{
			runtime.GOOS + "-" + runtime.GOARCH: executable,
		}},
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "plugin.json"), manifest, 0o600); err != nil {
		return err
	}
	// A link to the same file would do, were it not found by its real path.
	content, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, executable), content, 0o700)
}

func (server *server) activate() error {
	_, activated, err := server.environment.Activate(pluginID)
	if err == nil && !activated {
		err = fmt.Errorf("the plugin was not activated")
	}
	return err
}

func (server *server) hooks() plugin.Hooks {
	hooks, err := server.environment.HooksForPlugin(pluginID)
	if err != nil {
		panic(err)
	}
	return hooks
}

func (server *server) close() {
	server.environment.Shutdown()
	os.RemoveAll(server.folder)
}

// pid returns the process of the plugin that was started last.
func (server *server) pid() (int, error) {
	var pid int
	for line := range strings.Lines(server.log.String()) {
		var record struct{ Msg, Extras string }
		if json.Unmarshal([]byte(line), &struct {
			Msg    *string `json:"msg"`
			Extras *string `json:"wrapped_extras"`
		}{&record.Msg, &record.Extras}) != nil || record.Msg != "plugin started" {
			continue
		}
		_, number, _ := strings.Cut(record.Extras, "pid")
		digits := strings.IndexFunc(number, func(one rune) bool { return one < '0' || one > '9' })
		if digits >= 0 {
			number = number[:digits]
		}
		if found, err := strconv.Atoi(number); err == nil {
			pid = found
		}
	}
	if pid == 0 {
		return 0, fmt.Errorf("no process is in the log")
	}
	return pid, nil
}
