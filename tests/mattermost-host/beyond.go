package main

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// What newer servers send and take, by the rule for all hooks: the arguments and the results are
// fields A, B, C.
type (
	one[T any]   struct{ A T }
	asked[T any] struct {
		A *plugin.Context
		B T
	}
	askedTwice[T any] struct {
		A    *plugin.Context
		B, C T
	}
	askedOfFile struct {
		A    *plugin.Context
		B    *model.FileInfo
		C, D string
	}
	verdict[T any] struct {
		A T
		B string
	}
)

// ofDraft has what the messages have no field for as well.
func ofDraft(message string) *model.Draft {
	return &model.Draft{
		Message: message, UserId: "user", RootId: "root", CreateAt: 7, FileIds: []string{"file"},
		Props:    map[string]any{"attachments": []*model.SlackAttachment{{Text: "typed"}}, "count": 7},
		Metadata: &model.PostMetadata{Emojis: []*model.Emoji{{Name: "smile"}}},
		Priority: map[string]any{"priority": "urgent"},
	}
}

// kept says whether a draft has all that no handler changed.
func kept(draft *model.Draft) error {
	attachments, ok := draft.Props["attachments"].([]*model.SlackAttachment)
	switch {
	case !ok || len(attachments) != 1 || attachments[0].Text != "typed":
		return fmt.Errorf("the attachments are %#v", draft.Props["attachments"])
	case draft.Props["count"] != 7:
		return fmt.Errorf("the count is %#v", draft.Props["count"])
	case draft.Metadata == nil || len(draft.Metadata.Emojis) != 1:
		return fmt.Errorf("the metadata are %v", draft.Metadata)
	case draft.CreateAt != 7 || len(draft.FileIds) != 1 || draft.Priority["priority"] != "urgent":
		return fmt.Errorf("%v", draft)
	}
	return nil
}

// newer has what newer servers do with each hook that they have and older ones lack.
var newer = []func(rawHooks) error{
	func(hooks rawHooks) error {
		file := askedOfFile{context, &model.FileInfo{Name: "refused"}, "user", "thumbnail"}
		var reply one[string]
		if err := hooks.Call("Plugin.FileWillBeDownloaded", file, &reply); err != nil || reply.A != "user thumbnail request" {
			return fmt.Errorf("%q, %v", reply.A, err)
		}
		reply, file.B = one[string]{}, &model.FileInfo{Name: "allowed"}
		if err := hooks.Call("Plugin.FileWillBeDownloaded", file, &reply); err != nil || reply.A != "" {
			return fmt.Errorf("allowed: %q, %v", reply.A, err)
		}
		return nil
	},
	func(hooks rawHooks) error {
		member := &model.ChannelMember{
			UserId: "user", Roles: "channel_user", ExplicitRoles: "explicit", SchemeUser: true,
			NotifyProps: model.StringMap{"desktop": "all"},
		}
		// As the server does, the answer is decoded over what was sent.
		reply := verdict[*model.ChannelMember]{A: member}
		err := hooks.Call("Plugin.ChannelMemberWillBeAdded", asked[*model.ChannelMember]{context, member}, &reply)
		now := reply.A
		if err != nil || reply.B != "" || now.Roles != "channel_user channel_admin" || now.SchemeUser {
			return fmt.Errorf("%v, %q, %v", now, reply.B, err)
		}
		if now.ExplicitRoles != "explicit" || now.NotifyProps["desktop"] != "all" || now.UserId != "user" {
			return fmt.Errorf("not kept: %v", now)
		}
		allowed := &model.ChannelMember{UserId: "allowed"}
		reply = verdict[*model.ChannelMember]{}
		err = hooks.Call("Plugin.ChannelMemberWillBeAdded", asked[*model.ChannelMember]{context, allowed}, &reply)
		if err != nil || reply.A != nil || reply.B != "" {
			return fmt.Errorf("allowed: %v, %v", reply, err)
		}
		return nil
	},
	func(hooks rawHooks) error {
		member := &model.TeamMember{UserId: "user", Roles: "team_user", ExplicitRoles: "explicit", CreateAt: 7}
		reply := verdict[*model.TeamMember]{A: member}
		err := hooks.Call("Plugin.TeamMemberWillBeAdded", asked[*model.TeamMember]{context, member}, &reply)
		if err != nil || reply.A.Roles != "team_guest" || reply.A.ExplicitRoles != "explicit" || reply.A.CreateAt != 7 {
			return fmt.Errorf("%v, %v", reply, err)
		}
		reply = verdict[*model.TeamMember]{}
		refused := asked[*model.TeamMember]{context, &model.TeamMember{UserId: "refused"}}
		if err := hooks.Call("Plugin.TeamMemberWillBeAdded", refused, &reply); err != nil || reply.B != "not here" {
			return fmt.Errorf("refused: %v, %v", reply, err)
		}
		return nil
	},
	func(hooks rawHooks) error {
		for hook, reason := range map[string]string{
			"Plugin.ChannelWillBeArchived": "it stays", "Plugin.ChannelWillBeRestored": "it stays away",
		} {
			for name, expected := range map[string]string{"refused": reason, "other": ""} {
				var reply one[string]
				channel := &model.Channel{Name: name}
				if err := hooks.Call(hook, asked[*model.Channel]{context, channel}, &reply); err != nil || reply.A != expected {
					return fmt.Errorf("%s: %q, %v", hook, reply.A, err)
				}
			}
		}
		return nil
	},
	func(hooks rawHooks) error {
		policy := "policy"
		channel := &model.Channel{
			Name: "name", DisplayName: "new", Header: "header", Type: model.ChannelTypePrivate,
			Props: map[string]any{"count": 7}, PolicyID: &policy,
		}
		old := &model.Channel{Name: "name", DisplayName: "old"}
		var reply verdict[*model.Channel]
		err := hooks.Call("Plugin.ChannelWillBeUpdated", askedTwice[*model.Channel]{context, channel, old}, &reply)
		now := reply.A
		if err != nil || reply.B != "" || now == nil || now.DisplayName != "new (was old)" || now.Header != "" {
			return fmt.Errorf("%v, %q, %v", now, reply.B, err)
		}
		if now.Type != model.ChannelTypePrivate || now.Props["count"] != 7 || now.PolicyID == nil || *now.PolicyID != policy {
			return fmt.Errorf("not kept: %v", now)
		}
		return nil
	},
	func(hooks rawHooks) error {
		post := &model.ScheduledPost{Draft: *ofDraft("hello"), Id: "id", ScheduledAt: 41, ErrorCode: "none"}
		var reply verdict[*model.ScheduledPost]
		err := hooks.Call("Plugin.ScheduledPostWillBeCreated", asked[*model.ScheduledPost]{context, post}, &reply)
		now := reply.A
		if err != nil || reply.B != "" || now == nil || now.Message != "hello later" || now.ScheduledAt != 42 {
			return fmt.Errorf("%v, %q, %v", now, reply.B, err)
		}
		if now.Id != "id" || now.ErrorCode != "none" || now.RootId != "root" {
			return fmt.Errorf("not kept: %v", now)
		}
		return kept(&now.Draft)
	},
	func(hooks rawHooks) error {
		var reply verdict[*model.Draft]
		err := hooks.Call("Plugin.DraftWillBeUpserted", asked[*model.Draft]{context, ofDraft(" hello ")}, &reply)
		now := reply.A
		if err != nil || reply.B != "" || now == nil || now.Message != "hello" || now.RootId != "" {
			return fmt.Errorf("%v, %q, %v", now, reply.B, err)
		}
		if err := kept(now); err != nil {
			return err
		}
		for message, reason := range map[string]string{"refused": "never", "allowed": ""} {
			reply = verdict[*model.Draft]{}
			draft := asked[*model.Draft]{context, ofDraft(message)}
			if err := hooks.Call("Plugin.DraftWillBeUpserted", draft, &reply); err != nil || reply.A != nil || reply.B != reason {
				return fmt.Errorf("%s: %v, %v", message, reply, err)
			}
		}
		return nil
	},
	func(hooks rawHooks) error {
		question := typedPost()
		question.Message = "who reads this?"
		other := &model.Post{Id: "other", Message: "other"}
		var reply one[[]*model.Post]
		posts := asked[[]*model.Post]{context, []*model.Post{other, question}}
		err := hooks.Call("Plugin.MessagesWillBeConsumedWithContext", posts, &reply)
		if err != nil || len(reply.A) != 1 || reply.A[0].Message != "for request" || reply.A[0].Id != "post" {
			return fmt.Errorf("%v, %v", reply.A, err)
		}
		return untouched(reply.A[0])
	},
}

var _ = register(
	testCase{"the hooks of newer servers are answered as they take it", "fixture-beyond", func(server *server) error {
		hooks, end, err := server.raw()
		if err != nil {
			return err
		}
		defer end()
		var names []string
		if err := hooks.Call("Plugin.Implemented", struct{}{}, &names); err != nil {
			return err
		}
		for _, name := range []string{"ChannelWillBeRestored", "MessagesWillBeConsumedWithContext", "ServeMetrics"} {
			if !slices.Contains(names, name) {
				return fmt.Errorf("%s is not implemented: %v", name, names)
			}
		}
		for number, check := range newer {
			if err := check(hooks); err != nil {
				return fmt.Errorf("%d: %w", number, err)
			}
		}
		return nil
	}},
	testCase{"a plugin's own metrics stand beside those of the runtime", "fixture-beyond", func(server *server) error {
		for path, expected := range map[string]string{
			"/own": "pages{path=\"/own\"} 1\n", "/hookwright": "hookwright_", "/": "hookwright_",
		} {
			response := httptest.NewRecorder()
			server.hooks().ServeMetrics(&plugin.Context{}, response, httptest.NewRequest("GET", path, nil))
			if response.Code != 200 || !strings.Contains(response.Body.String(), expected) {
				return fmt.Errorf("%s: %d %q", path, response.Code, response.Body)
			}
		}
		return nil
	}},
)
