package main

import (
	"fmt"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

var _ = register(
	testCase{"a bundle is activated, and a post goes through", "hookwright", func(server *server) error {
		post := &model.Post{Id: "p", Message: "hello"}
		post.AddProp("attachments", []*model.SlackAttachment{{Text: "typed"}})
		now, reason := server.hooks().MessageWillBePosted(&plugin.Context{RequestId: "r"}, post)
		if reason != "" || (now != nil && now.Message != "hello") {
			return fmt.Errorf("%v, %q", now, reason)
		}
		serving := server.log.find("serving")
		if serving == nil {
			return fmt.Errorf("there is no record of serving")
		}
		return nil
	}},
	testCase{"large posts and many posts leave the session alive", "hookwright", func(server *server) error {
		for range 2 {
			post := &model.Post{Message: strings.Repeat("x", 4<<20)}
			if _, reason := server.hooks().MessageWillBePosted(&plugin.Context{}, post); reason != "" {
				return fmt.Errorf("refused: %q", reason)
			}
		}
		for number := range 2000 {
			post := &model.Post{Message: fmt.Sprint("post ", number)}
			if _, reason := server.hooks().MessageWillBePosted(&plugin.Context{}, post); reason != "" {
				return fmt.Errorf("refused: %q", reason)
			}
		}
		return server.environment.PerformHealthCheck(pluginID)
	}},
)
