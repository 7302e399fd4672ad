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
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/mattermost/mattermost/server/public/shared/mlog"
)

const (
	pluginID = "com.example.bench"
	// What both sides had of a processor before anything is counted.
	warmUp = 200 * time.Millisecond
)

// A server has one plugin, in a folder as it is when a bundle has been unpacked.
type server struct {
	folder  string
	process int
	hooks   plugin.Hooks
	log     *records
}

func start(executable string) (*server, error) {
	folder, err := os.MkdirTemp("", "hookwright-bench")
	if err != nil {
		return nil, err
	}
	server := &server{folder: folder}
	if err := server.activate(executable); err != nil {
		server.remove()
		return nil, err
	}
	return server, nil
}

func (server *server) activate(executable string) error {
	if err := unpack(filepath.Join(server.folder, "plugins", pluginID), executable); err != nil {
		return err
	}
	logger, err := mlog.NewLogger()
	if err != nil {
		return err
	}
	server.log = &records{logger: logger}
	if err := mlog.AddWriterTarget(logger, server.log, true, mlog.StdAll...); err != nil {
		return err
	}
	create := func(*model.Manifest) plugin.API { return &api{} }
	environment, err := plugin.NewEnvironment(
		create, nil, filepath.Join(server.folder, "plugins"), filepath.Join(server.folder, "web"), logger, nil,
	)
	if err != nil {
		return err
	}
	if _, _, err := environment.Activate(pluginID); err != nil {
		return fmt.Errorf("%w%s", err, server.log)
	}
	if server.hooks, err = environment.HooksForPlugin(pluginID); err != nil {
		return err
	}
	if server.process, err = server.log.process(); err != nil {
		return err
	}
	if err := server.check(); err != nil {
		return err
	}
	_, err = server.load(1, warmUp)
	return err
}

func (server *server) remove() { os.RemoveAll(server.folder) }

// unpack makes the folder of a plugin.
func unpack(folder, executable string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	platform := runtime.GOOS + "-" + runtime.GOARCH
	manifest, err := json.Marshal(map[string]any{
		"id": pluginID, "version": "0.1.0", "name": "Benchmark",
		"server": map[string]any{"executables": map[string]string{platform: "plugin"}},
	})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "plugin.json"), manifest, 0o600); err != nil {
		return err
	}
	content, err := os.ReadFile(executable)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "plugin"), content, 0o700)
}

// api takes what the plugin logs; a plugin that asks for more ends this program.
type api struct{ plugin.API }

func (*api) LogDebug(string, ...any)           {}
func (*api) LogInfo(string, ...any)            {}
func (*api) LogWarn(string, ...any)            {}
func (*api) LogError(string, ...any)           {}
func (*api) LoadPluginConfiguration(any) error { return nil }

// records are the lines that the server logs, one JSON object each.
type records struct {
	logger *mlog.Logger
	mutex  sync.Mutex
	text   bytes.Buffer
}

func (records *records) Write(data []byte) (int, error) {
	records.mutex.Lock()
	defer records.mutex.Unlock()
	return records.text.Write(data)
}

// String returns what was logged until now.
func (records *records) String() string {
	records.logger.Flush()
	records.mutex.Lock()
	defer records.mutex.Unlock()
	return "\n" + records.text.String()
}

// fault returns an error if one was logged.
func (records *records) fault() error {
	for line := range strings.Lines(records.String()) {
		if strings.Contains(line, `"level":"error"`) {
			return fmt.Errorf("the server logs %s", line)
		}
	}
	return nil
}

// process returns the process of the plugin.
func (records *records) process() (int, error) {
	for line := range strings.Lines(records.String()) {
		_, started, found := strings.Cut(line, `"msg":"plugin started"`)
		last := strings.LastIndex(started, "pid")
		if !found || last < 0 {
			continue
		}
		digits := strings.TrimLeft(started[last+len("pid"):], `":`)
		end := strings.IndexFunc(digits, func(one rune) bool { return one < '0' || one > '9' })
		if process, err := strconv.Atoi(digits[:max(end, 0)]); err == nil {
			return process, nil
		}
	}
	return 0, fmt.Errorf("the server does not say which process the plugin is:%s", records)
}
