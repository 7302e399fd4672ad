package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/mattermost/mattermost/server/public/shared/mlog"
)

// api is what the server offers to the plugin. What is not here ends this program.
type api struct {
	plugin.API
	logger   *mlog.Logger
	mutex    sync.Mutex
	keys     map[string][]byte
	commands []string
	config   map[string]any
	// What the manifest says of the settings, if there is one.
	settings *model.PluginSettingsSchema
}

func (api *api) LoadPluginConfiguration(destination any) error {
	// The server's way: the defaults of the manifest, and over them what was set, in lower case.
	all := map[string]any{}
	if api.settings != nil {
		for _, setting := range api.settings.Settings {
			all[strings.ToLower(setting.Key)] = setting.Default
		}
	}
	for key, value := range api.config {
		all[strings.ToLower(key)] = value
	}
	config, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return json.Unmarshal(config, destination)
}

func (api *api) RegisterCommand(command *model.Command) error {
	if command.Trigger == "" {
		return errors.New("a command needs a trigger")
	}
	api.commands = append(api.commands, command.Trigger)
	return nil
}

func (api *api) GetServerVersion() string { return "11.1.0" }

func (api *api) GetUser(id string) (*model.User, *model.AppError) {
	if id == "missing" {
		return nil, model.NewAppError("GetUser", "app.user.missing", nil, "no such user", http.StatusNotFound)
	}
	return &model.User{Id: id, Username: "name-of-" + id}, nil
}

func (api *api) log(level mlog.Level, text string, pairs []any) {
	fields := []mlog.Field{mlog.String("by", "api")}
	for index := 0; index+1 < len(pairs); index += 2 {
		key, _ := pairs[index].(string)
		fields = append(fields, mlog.Any(key, pairs[index+1]))
	}
	api.logger.Log(level, text, fields...)
}

func (api *api) LogDebug(text string, pairs ...any) { api.log(mlog.LvlDebug, text, pairs) }
func (api *api) LogInfo(text string, pairs ...any)  { api.log(mlog.LvlInfo, text, pairs) }
func (api *api) LogWarn(text string, pairs ...any)  { api.log(mlog.LvlWarn, text, pairs) }
func (api *api) LogError(text string, pairs ...any) { api.log(mlog.LvlError, text, pairs) }

// driver is the database, which no plugin may use here.
type driver struct{ plugin.AppDriver }

func (driver) ShutdownConns(string) {}
