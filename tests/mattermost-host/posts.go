package main

import (
	"fmt"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// A hook that fails lets a post through: only what the plugin makes of one tells that it was asked.
func (server *server) filter() error {
	server.api.config = map[string]any{"rejected_words": "scammer"}
	return server.hooks().OnConfigurationChange()
}

// filters says whether a post with the word is refused, and one without it is not.
func (server *server) filters(text string) error {
	for _, message := range []string{text, text + " scammer"} {
		asked := &model.Post{Message: message}
		asked.AddProp("attachments", []*model.SlackAttachment{{Text: "typed"}})
		now, reason := server.hooks().MessageWillBePosted(&plugin.Context{RequestId: "r"}, asked)
		if (reason != "") != (message != text) || (reason == "" && now != nil && now.Message != text) {
			return fmt.Errorf("a post of %d bytes: %q", len(message), reason)
		}
	}
	return nil
}

var _ = register(
	testCase{"a bundle is activated, and a post goes through", "hookwright", func(server *server) error {
		if err := server.filter(); err != nil {
			return err
		}
		if err := server.filters("hello"); err != nil {
			return err
		}
		serving := server.log.find("serving")
		if serving == nil {
			return fmt.Errorf("there is no record of serving")
		}
		return nil
	}},
	testCase{"large posts and many posts leave the session alive", "hookwright", func(server *server) error {
		if err := server.filter(); err != nil {
			return err
		}
		for range 2 {
			if err := server.filters(strings.Repeat("x ", 2<<20)); err != nil {
				return err
			}
		}
		for number := range 1000 {
			if err := server.filters(fmt.Sprint("post ", number)); err != nil {
				return err
			}
		}
		return server.environment.PerformHealthCheck(pluginID)
	}},
)
