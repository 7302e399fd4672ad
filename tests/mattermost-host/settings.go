package main

import (
	"fmt"
	"reflect"

	"github.com/mattermost/mattermost/server/public/model"
)

// beyondDefaults sets what the defaults leave empty: lists, maps, structs within them, and zeros.
func beyondDefaults(config *model.Config) {
	config.ServiceSettings.EnableCommands = model.NewPointer(false)
	config.ServiceSettings.SiteURL = model.NewPointer("https://a.example")
	config.SqlSettings.DataSourceReplicas = []string{"one", "two"}
	config.SqlSettings.ReplicaLagSettings = []*model.ReplicaLagSettings{
		{DataSource: model.NewPointer("one"), QueryTimeLag: model.NewPointer("")},
		{QueryAbsoluteLag: model.NewPointer("select 1")},
	}
	config.PluginSettings.Plugins["com.example.one"] = map[string]any{
		"text": "a", "flag": false, "number": 7.5, "list": []any{"a", "b"}, "deep": map[string]any{"nothing": nil},
	}
	config.PluginSettings.PluginStates["com.example.one"] = &model.PluginState{Enable: true}
	config.PluginSettings.PluginStates["com.example.two"] = &model.PluginState{Enable: false}
	config.LdapSettings.MaximumLoginAttempts = model.NewPointer(0)
}

// sameSettings compares what pointers point to: on the wire a list without elements is as good as
// none, and so is what is zero.
func sameSettings(one, other reflect.Value, path string) error {
	switch one.Kind() {
	case reflect.Struct:
		for index := range one.NumField() {
			path := path + "." + one.Type().Field(index).Name
			if err := sameSettings(one.Field(index), other.Field(index), path); err != nil {
				return err
			}
		}
	case reflect.Pointer, reflect.Interface:
		if one.IsNil() && (other.IsNil() || other.Elem().IsZero()) {
			return nil
		}
		if one.IsNil() || other.IsNil() || one.Elem().Type() != other.Elem().Type() {
			return fmt.Errorf("%s is %v, and was %v", path, other, one)
		}
		return sameSettings(one.Elem(), other.Elem(), path)
	case reflect.Slice:
		if one.Len() != other.Len() {
			return fmt.Errorf("%s is %v, and was %v", path, other, one)
		}
		for index := range one.Len() {
			if err := sameSettings(one.Index(index), other.Index(index), fmt.Sprint(path, "[", index, "]")); err != nil {
				return err
			}
		}
	case reflect.Map:
		if one.Len() != other.Len() {
			return fmt.Errorf("%s is %v, and was %v", path, other, one)
		}
		for _, key := range one.MapKeys() {
			now := other.MapIndex(key)
			if !now.IsValid() {
				return fmt.Errorf("%s has no %s", path, key)
			}
			if err := sameSettings(one.MapIndex(key), now, fmt.Sprint(path, "[", key, "]")); err != nil {
				return err
			}
		}
	default:
		if !one.Equal(other) {
			return fmt.Errorf("%s is %v, and was %v", path, other, one)
		}
	}
	return nil
}
