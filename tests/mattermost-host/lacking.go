package main

import (
	"fmt"

	"github.com/mattermost/mattermost/server/public/model"
)

// attached are the attachments of a post, which have to be of the type that the server registers.
func attached(post *model.Post) ([]*model.SlackAttachment, error) {
	attachments, ok := post.GetProp("attachments").([]*model.SlackAttachment)
	if !ok {
		return nil, fmt.Errorf("the attachments are %#v", post.GetProp("attachments"))
	}
	return attachments, nil
}

// rich is a post with attachments of every kind of field.
func rich(message string) *model.Post {
	post := typedPost()
	post.Message = message
	post.AddProp("count", 7)
	post.AddProp("attachments", []*model.SlackAttachment{{
		Id: 3, Text: "typed", Timestamp: int64(5),
		Fields:  []*model.SlackAttachmentField{{Title: "field", Value: "value", Short: true}},
		Actions: []*model.PostAction{{Id: "act", Integration: &model.PostActionIntegration{URL: "/act", Context: map[string]any{"key": "value"}}}},
	}})
	return post
}

// changes has what becomes of a rich post whose message is the key.
var changes = map[string]func(*model.Post) error{
	"another": func(post *model.Post) error {
		attachments, err := attached(post)
		if err != nil {
			return err
		}
		if len(attachments) != 2 || attachments[1].Text != "another" {
			return fmt.Errorf("%v", attachments)
		}
		return same(attachments[0], "")
	},
	"colour": func(post *model.Post) error {
		attachments, err := attached(post)
		if err != nil {
			return err
		}
		if len(attachments) != 1 {
			return fmt.Errorf("%v", attachments)
		}
		return same(attachments[0], "good")
	},
	"none": func(post *model.Post) error {
		if left := post.GetProp("attachments"); left != nil {
			return fmt.Errorf("%#v", left)
		}
		return nil
	},
	"count": func(post *model.Post) error {
		if post.GetProp("count") != 8.0 {
			return fmt.Errorf("the count is %#v", post.GetProp("count"))
		}
		return kept7(post, false)
	},
	"text": func(post *model.Post) error {
		if post.Message != "changed" {
			return fmt.Errorf("%q", post.Message)
		}
		return kept7(post, true)
	},
	"nothing": func(post *model.Post) error { return kept7(post, true) },
}

func same(attachment *model.SlackAttachment, color string) error {
	if attachment.Id != 3 || attachment.Text != "typed" || attachment.Color != color {
		return fmt.Errorf("%v", attachment)
	}
	if len(attachment.Fields) != 1 || attachment.Fields[0].Value != "value" || !bool(attachment.Fields[0].Short) {
		return fmt.Errorf("fields: %v", attachment.Fields)
	}
	if len(attachment.Actions) != 1 || attachment.Actions[0].Integration.Context["key"] != "value" {
		return fmt.Errorf("actions: %v", attachment.Actions)
	}
	return nil
}

// kept7 says whether a post has what no handler has changed, of the very types.
func kept7(post *model.Post, withCount bool) error {
	if withCount && post.GetProp("count") != 7 {
		return fmt.Errorf("the count is %#v", post.GetProp("count"))
	}
	attachments, err := attached(post)
	if err != nil {
		return err
	}
	if len(attachments) != 1 || attachments[0].Timestamp != int64(5) {
		return fmt.Errorf("%#v", attachments[0])
	}
	return same(attachments[0], "")
}

var _ = register(
	testCase{"attachments and properties are changed as what they are, and others stay", "fixture-beyond", func(server *server) error {
		for message, check := range changes {
			now, reason := server.hooks().MessageWillBePosted(context, rich(message))
			if reason != "" || now == nil {
				return fmt.Errorf("%s: %v, %q", message, now, reason)
			}
			if err := check(now); err != nil {
				return fmt.Errorf("%s, posted: %w", message, err)
			}
			now, reason = server.hooks().MessageWillBeUpdated(context, rich(message), post())
			if reason != "" || now == nil {
				return fmt.Errorf("%s: %v, %q", message, now, reason)
			}
			if err := check(now); err != nil {
				return fmt.Errorf("%s, updated: %w", message, err)
			}
		}
		return nil
	}},
	testCase{"mentions of a command are known by their names", "fixture-beyond", func(server *server) error {
		args := &model.CommandArgs{Command: "/x @ada ~town"}
		args.AddUserMention("ada", "user-id")
		args.AddChannelMention("town", "channel-id")
		response, err := server.hooks().ExecuteCommand(context, args)
		if err != nil || response.Text != `{"ada": "user-id"} {"town": "channel-id"}` {
			return fmt.Errorf("%v, %v", response, err)
		}
		response, err = server.hooks().ExecuteCommand(context, &model.CommandArgs{Command: "/x"})
		if err != nil || response.Text != "{} {}" {
			return fmt.Errorf("%v, %v", response, err)
		}
		return nil
	}},
	testCase{"handlers read what the messages have no field for", "fixture-beyond", func(server *server) error {
		request := &model.WebSocketRequest{Seq: 1, Action: "act", Locale: "de", Session: model.Session{
			Id: "secret", Roles: "system_user", Props: model.StringMap{"csrf": "secret"},
			TeamMembers: []*model.TeamMember{{TeamId: "team"}},
		}}
		server.hooks().WebSocketMessageHasBeenPosted("connection", "user", request)
		server.hooks().MessageHasBeenPosted(context, rich("hello"))
		for message, expected := range map[string]map[string]any{
			"a session": {"roles": "system_user", "locale": "de", "team": "team", "props": "1"},
			"beyond": {
				"emoji": "smile", "names": `Some(["not in the contract"])`, "typed": "typed",
				"none": "None", "misread": "true",
			},
		} {
			if err := server.records(message, expected); err != nil {
				return err
			}
		}
		return nil
	}},
)

// records waits for a record with these fields.
func (server *server) records(message string, expected map[string]any) error {
	var record map[string]any
	for range 10_000 {
		if record = server.log.find(message); record != nil {
			break
		}
		if err := server.environment.PerformHealthCheck(pluginID); err != nil {
			return err
		}
	}
	for name, value := range expected {
		if fmt.Sprint(record[name]) != fmt.Sprint(value) {
			return fmt.Errorf("%s is %v, not %v, in %v", name, record[name], value, record)
		}
	}
	return nil
}
