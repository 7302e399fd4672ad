package main

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
)

// Numbers of fields in the contract's messages.
const (
	postID, postMessage     = 1, 11
	pushMessage, pushServer = 8, 3
)

func typedPost() *model.Post {
	post := post()
	post.Hashtags = "#old"
	post.Filenames = model.StringArray{"not in the contract"}
	post.AddProp("attachments", []*model.SlackAttachment{{Text: "typed"}})
	post.Metadata = &model.PostMetadata{Emojis: []*model.Emoji{{Name: "smile"}}}
	return post
}

// untouched says whether a post has all that the contract's message lacks.
func untouched(post *model.Post) error {
	attachments, ok := post.GetProp("attachments").([]*model.SlackAttachment)
	switch {
	case !ok || len(attachments) != 1 || attachments[0].Text != "typed":
		return fmt.Errorf("the attachments are %#v", post.GetProp("attachments"))
	case len(post.Filenames) != 1:
		return fmt.Errorf("the filenames are %v", post.Filenames)
	case post.Metadata == nil || len(post.Metadata.Emojis) != 1:
		return fmt.Errorf("the metadata are %v", post.Metadata)
	}
	return nil
}

var _ = register(
	testCase{"a rejected post is rejected for the handler's reason", "fixture-parity", func(server *server) error {
		if err := server.script("MessageWillBePosted", answer(map[string]any{"Reject": "no"})); err != nil {
			return err
		}
		if _, reason := server.hooks().MessageWillBePosted(context, typedPost()); reason != "no" {
			return fmt.Errorf("the reason is %q", reason)
		}
		return nil
	}},
	testCase{"a post is changed in place, emptied fields included", "fixture-parity", func(server *server) error {
		// Without hashtags, which are emptied so; and without props.
		changed := message(map[int]string{postID: "post", postMessage: "changed", 8: "channel"})
		if err := server.script("MessageWillBePosted", answer(map[string]any{"Message": changed})); err != nil {
			return err
		}
		now, reason := server.hooks().MessageWillBePosted(context, typedPost())
		if reason != "" || now == nil || now.Message != "changed" || now.Hashtags != "" {
			return fmt.Errorf("%v, %q", now, reason)
		}
		if now.GetProp("attachments") != nil {
			return fmt.Errorf("the attachments are still %v", now.GetProp("attachments"))
		}
		if len(now.Filenames) != 1 {
			return fmt.Errorf("the filenames are %v", now.Filenames)
		}
		return nil
	}},
	testCase{"an allowed edit is the whole post as it was", "fixture-parity", func(server *server) error {
		if err := server.script("MessageWillBeUpdated", answer("Plain")); err != nil {
			return err
		}
		edited := typedPost()
		now, reason := server.hooks().MessageWillBeUpdated(context, edited, post())
		if reason != "" || now == nil {
			return fmt.Errorf("%v, %q", now, reason)
		}
		if now.Message != edited.Message || now.Hashtags != edited.Hashtags {
			return fmt.Errorf("%v", now)
		}
		return untouched(now)
	}},
	testCase{"a changed push notification keeps what the contract lacks", "fixture-parity", func(server *server) error {
		changed := message(map[int]string{pushMessage: "changed"})
		if err := server.script("NotificationWillBePushed", answer(map[string]any{"Message": changed})); err != nil {
			return err
		}
		push := &model.PushNotification{Message: "old", ServerId: "server", Signature: "signed"}
		now, reason := server.hooks().NotificationWillBePushed(push, "user")
		if reason != "" || now == nil || now.Message != "changed" || now.ServerId != "" || now.Signature != "signed" {
			return fmt.Errorf("%v, %q", now, reason)
		}
		return nil
	}},
	testCase{"a configuration comes back whole, zeros included", "fixture-parity", func(server *server) error {
		config := &model.Config{}
		config.SetDefaults()
		beyondDefaults(config)
		if err := server.script("ConfigurationWillBeSaved", answer("Plain")); err != nil {
			return err
		}
		if now, err := server.hooks().ConfigurationWillBeSaved(config); err != nil || now != nil {
			return fmt.Errorf("unchanged: %v, %v", now, err)
		}
		json := []byte(`{"TeamSettings": {"SiteName": "changed"}}`)
		wrapped := message(map[int]string{1: string(json)})
		if err := server.script("ConfigurationWillBeSaved", answer(map[string]any{"Message": wrapped})); err != nil {
			return err
		}
		now, err := server.hooks().ConfigurationWillBeSaved(config)
		if err != nil || now == nil {
			return fmt.Errorf("changed: %v, %v", now, err)
		}
		if *now.TeamSettings.SiteName != "changed" {
			return fmt.Errorf("the name is %q", *now.TeamSettings.SiteName)
		}
		*now.TeamSettings.SiteName = *config.TeamSettings.SiteName
		return sameSettings(reflect.ValueOf(*config), reflect.ValueOf(*now), "Config")
	}},
	testCase{"a file is read, and another takes its place", "fixture-parity", func(server *server) error {
		content := strings.Repeat("content", 100_000)
		info := func() *model.FileInfo { return &model.FileInfo{Name: "a.txt", Path: "kept", Size: int64(len(content))} }
		if err := server.script("FileWillBeUploaded", answer("Plain")); err != nil {
			return err
		}
		var output bytes.Buffer
		now, reason := server.hooks().FileWillBeUploaded(context, info(), strings.NewReader(content), &output)
		if reason != "" || output.Len() != 0 || (now != nil && now.Name != "a.txt") {
			return fmt.Errorf("unchanged: %v, %q, %d bytes", now, reason, output.Len())
		}
		other := answer(map[string]any{"Upload": []any{message(map[int]string{8: "b.txt"}), numbers([]byte("other"))}})
		if err := server.script("FileWillBeUploaded", other); err != nil {
			return err
		}
		now, reason = server.hooks().FileWillBeUploaded(context, info(), strings.NewReader(content), &output)
		if reason != "" || output.String() != "other" || now == nil || now.Name != "b.txt" || now.Path != "kept" {
			return fmt.Errorf("changed: %v, %q, %q", now, reason, output.String())
		}
		if err := server.script("FileWillBeUploaded", answer(map[string]any{"Reject": "no"})); err != nil {
			return err
		}
		_, reason = server.hooks().FileWillBeUploaded(context, info(), strings.NewReader(content), &output)
		if reason != "no" {
			return fmt.Errorf("rejected: %q", reason)
		}
		return nil
	}},
	testCase{"errors, numbers and files come as the host has them", "fixture-parity", func(server *server) error {
		fail := map[string]any{"Fail": []any{"Invalid", "it failed"}}
		for _, hook := range []string{"RunDataRetention", "ExecuteCommand"} {
			if err := server.script(hook, fail); err != nil {
				return err
			}
		}
		if _, err := server.hooks().RunDataRetention(1, 2); err == nil || !strings.Contains(err.Error(), "it failed") {
			return fmt.Errorf("RunDataRetention: %v", err)
		}
		_, appErr := server.hooks().ExecuteCommand(context, &model.CommandArgs{Command: "/x"})
		if appErr == nil || appErr.StatusCode != 400 || !strings.Contains(appErr.Error(), "it failed") {
			return fmt.Errorf("ExecuteCommand: %v", appErr)
		}
		if err := server.script("RunDataRetention", answer(map[string]any{"Number": 7})); err != nil {
			return err
		}
		if count, err := server.hooks().RunDataRetention(1, 2); err != nil || count != 7 {
			return fmt.Errorf("RunDataRetention: %d, %v", count, err)
		}
		file := message(map[int]string{1: "name", 2: "data"})
		if err := server.script("GenerateSupportData", answer(map[string]any{"Messages": []any{file}})); err != nil {
			return err
		}
		files, err := server.hooks().GenerateSupportData(context)
		if err != nil || len(files) != 1 || string(files[0].Body) != "data" {
			return fmt.Errorf("GenerateSupportData: %v, %v", files, err)
		}
		return nil
	}},
)
