package main

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// The channel that everything happens in.
const channelID = "channel"

func (api *api) GetChannel(id string) (*model.Channel, *model.AppError) {
	return &model.Channel{Id: id, Name: "town", DisplayName: "Town", Type: model.ChannelTypeOpen}, nil
}

func (api *api) HasPermissionToChannel(string, string, *model.Permission) bool { return true }

// command runs a slash command, and returns what is said.
func (server *server) command(text string) (string, error) {
	args := &model.CommandArgs{Command: text, UserId: "ada", ChannelId: channelID}
	response, err := server.hooks().ExecuteCommand(context, args)
	if err != nil {
		return "", err
	}
	return response.Text, nil
}

func (server *server) says(command, wanted string) error {
	text, err := server.command(command)
	if err != nil || !strings.Contains(text, wanted) {
		return fmt.Errorf("%s is answered %q, %v; expected %q", command, text, err, wanted)
	}
	return nil
}

func (server *server) refuses(message string, wanted string) error {
	_, reason := server.hooks().MessageWillBePosted(context, &model.Post{Message: message, ChannelId: channelID})
	if reason != wanted {
		return fmt.Errorf("%q is refused with %q; expected %q", message, reason, wanted)
	}
	return nil
}

var _ = registerPacked(
	testCase{"a packed bundle runs with the settings of its manifest, and with those of the System Console", "hookwright", func(server *server) error {
		if err := server.refuses("what a scammer", ""); err != nil {
			return err
		}
		// As the System Console saves a text of several lines, under a key in lower case.
		server.api.config = map[string]any{"rejected_words": "idiot\nscammer\n"}
		if err := server.hooks().OnConfigurationChange(); err != nil {
			return err
		}
		// The reason is the manifest's default.
		return server.refuses("what a scammer", "Please mind your language.")
	}},
	testCase{"what else is in the bundle is served by the server", "hookwright", func(server *server) error {
		manifest, err := server.environment.GetManifest(pluginID)
		if err != nil {
			return err
		}
		icon := filepath.Join(server.folder, "plugins", pluginID, manifest.IconPath)
		if content, err := os.ReadFile(icon); err != nil || !strings.HasPrefix(string(content), "<svg") {
			return fmt.Errorf("the icon is %q, %v", content, err)
		}
		response := httptest.NewRecorder()
		server.hooks().ServeHTTP(&plugin.Context{}, response, httptest.NewRequest("GET", "/files", nil))
		if response.Code != 401 {
			return fmt.Errorf("the page of the uploads answers a stranger with %d", response.Code)
		}
		return nil
	}},
	testCase{"the next version takes the place of the one before, and what is stored stays", "hookwright", func(server *server) error {
		if _, err := server.command("/welcome text Hello {name}, this is {channel}"); err != nil {
			return err
		}
		before, err := server.pid()
		if err != nil {
			return err
		}
		next := filepath.Join(server.folder, "next.tar.gz")
		version := func(manifest map[string]any) { manifest["version"] = "99.1.0" }
		if err := altered(server.bundle(), next, version); err != nil {
			return err
		}
		if _, err := server.installFile(next); err != nil {
			return err
		}
		if err := syscall.Kill(before, 0); !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("the process of the version before is there: %v", err)
		}
		manifest, activated, err := server.environment.Activate(pluginID)
		if err != nil || !activated || manifest.Version != "99.1.0" {
			return fmt.Errorf("%v %v %v", manifest, activated, err)
		}
		if now, err := server.pid(); err != nil || now == before {
			return fmt.Errorf("the process is %d, and was %d: %v", now, before, err)
		}
		return server.says("/welcome preview", "Hello @name-of-ada, this is Town")
	}},
	testCase{"a bundle for later servers is refused before anything is started", "hookwright", func(server *server) error {
		later := filepath.Join(server.folder, "later.tar.gz")
		alter := func(manifest map[string]any) { manifest["min_server_version"] = "99.0.0" }
		if err := altered(server.bundle(), later, alter); err != nil {
			return err
		}
		if _, err := server.installFile(later); err != nil {
			return err
		}
		before, err := server.pid()
		if err != nil {
			return err
		}
		_, activated, err := server.environment.Activate(pluginID)
		if activated || err == nil || !strings.Contains(err.Error(), "requires Mattermost 99.0.0") {
			return fmt.Errorf("activated: %v, %v", activated, err)
		}
		if state := server.environment.GetPluginState(pluginID); state != model.PluginStateFailedToStart {
			return fmt.Errorf("the state is %d", state)
		}
		if now, err := server.pid(); err != nil || now != before {
			return fmt.Errorf("process %d was started: %v", now, err)
		}
		server.ended = true
		return nil
	}},
	testCase{"records have their level and their fields at the server, from the first one on", "hookwright", func(server *server) error {
		err := server.log.await(func() (bool, error) {
			record := server.log.find("filtering from now on")
			if record != nil && (record["level"] != "info" || record["by"] != "api" ||
				record["hook"] != "OnConfigurationChange" || record["plugin"] != "com.hookwright.content-filter") {
				return true, fmt.Errorf("%v", record)
			}
			return record != nil, nil
		})
		if err != nil {
			return err
		}
		server.api.config = map[string]any{"remembered": "many"}
		if err := server.hooks().OnConfigurationChange(); err == nil {
			return fmt.Errorf("a configuration that does not fit is taken")
		}
		return server.log.await(func() (bool, error) {
			record := server.log.find("the configuration was not read")
			if record != nil && (record["level"] != "error" || record["by"] != "api") {
				return true, fmt.Errorf("%v", record)
			}
			return record != nil, nil
		})
	}},
	testCase{"the server's own health check starts a plugin that was killed", "hookwright", func(server *server) error {
		before, err := server.pid()
		if err != nil {
			return err
		}
		server.environment.TogglePluginHealthCheckJob(true)
		if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
			return err
		}
		// The job looks twice a minute, and nothing makes it look sooner.
		err = server.log.await(func() (bool, error) {
			now, err := server.pid()
			return now != before, err
		})
		// This waits until the job has done what it is at.
		server.environment.TogglePluginHealthCheckJob(false)
		if err != nil {
			return err
		}
		if !server.environment.IsActive(pluginID) {
			return fmt.Errorf("the state is %d", server.environment.GetPluginState(pluginID))
		}
		return server.says("/welcome preview", "@name-of-ada")
	}},
)

// await waits until something holds, which it may do whenever there is another record.
func (records *records) await(holds func() (bool, error)) error {
	limit := time.After(3 * plugin.HealthCheckInterval)
	for {
		records.mutex.Lock()
		if records.more == nil {
			records.more = make(chan struct{})
		}
		more := records.more
		records.mutex.Unlock()
		if done, err := holds(); done || err != nil {
			return err
		}
		select {
		case <-more:
		case <-limit:
			return errors.New("the record that was waited for has not come")
		}
	}
}
