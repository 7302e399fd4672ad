package main

import (
	"bytes"
	"slices"

	"github.com/mattermost/mattermost/server/public/model"
)

func (api *api) KVSetWithOptions(key string, value []byte, options model.PluginKVSetOptions) (bool, *model.AppError) {
	api.mutex.Lock()
	defer api.mutex.Unlock()
	if options.Atomic && !bytes.Equal(api.keys[key], options.OldValue) {
		return false, nil
	}
	if value == nil {
		delete(api.keys, key)
	} else {
		api.keys[key] = value
	}
	return true, nil
}

func (api *api) KVGet(key string) ([]byte, *model.AppError) {
	api.mutex.Lock()
	defer api.mutex.Unlock()
	return api.keys[key], nil
}

func (api *api) KVDelete(key string) *model.AppError {
	_, err := api.KVSetWithOptions(key, nil, model.PluginKVSetOptions{})
	return err
}

func (api *api) KVList(page, count int) ([]string, *model.AppError) {
	api.mutex.Lock()
	defer api.mutex.Unlock()
	keys := make([]string, 0, len(api.keys))
	for key := range api.keys {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	from := min(page*count, len(keys))
	return keys[from:min(from+count, len(keys))], nil
}

func (api *api) EnsureBotUser(bot *model.Bot) (string, error) { return "bot-" + bot.Username, nil }
