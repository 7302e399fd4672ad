package main

import (
	"fmt"

	saml2 "github.com/mattermost/gosaml2"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

var (
	context = &plugin.Context{SessionId: "session", RequestId: "request", IPAddress: "10.0.0.1"}
	post    = func() *model.Post { return &model.Post{Id: "post", Message: "hello", ChannelId: "channel"} }
	user    = &model.User{Id: "user", Username: "ada", Props: model.StringMap{"key": "value"}}
	channel = &model.Channel{Id: "channel", Type: model.ChannelTypePrivate}
	remote  = &model.RemoteCluster{RemoteId: "remote", Name: "other"}
)

// calls has every hook that is one call and one result, and tells who does what.
var calls = map[string]func(plugin.Hooks){
	"OnConfigurationChange":  func(hooks plugin.Hooks) { hooks.OnConfigurationChange() },
	"ExecuteCommand":         func(hooks plugin.Hooks) { hooks.ExecuteCommand(context, &model.CommandArgs{Command: "/x"}) },
	"UserHasBeenCreated":     func(hooks plugin.Hooks) { hooks.UserHasBeenCreated(context, user) },
	"UserWillLogIn":          func(hooks plugin.Hooks) { hooks.UserWillLogIn(context, user) },
	"UserHasLoggedIn":        func(hooks plugin.Hooks) { hooks.UserHasLoggedIn(context, user) },
	"MessageWillBePosted":    func(hooks plugin.Hooks) { hooks.MessageWillBePosted(context, post()) },
	"MessageWillBeUpdated":   func(hooks plugin.Hooks) { hooks.MessageWillBeUpdated(context, post(), post()) },
	"MessageHasBeenPosted":   func(hooks plugin.Hooks) { hooks.MessageHasBeenPosted(context, post()) },
	"MessageHasBeenUpdated":  func(hooks plugin.Hooks) { hooks.MessageHasBeenUpdated(context, post(), post()) },
	"MessagesWillBeConsumed": func(hooks plugin.Hooks) { hooks.MessagesWillBeConsumed([]*model.Post{post()}) },
	"MessageHasBeenDeleted":  func(hooks plugin.Hooks) { hooks.MessageHasBeenDeleted(context, post()) },
	"ChannelHasBeenCreated":  func(hooks plugin.Hooks) { hooks.ChannelHasBeenCreated(context, channel) },
	"UserHasJoinedChannel":   func(hooks plugin.Hooks) { hooks.UserHasJoinedChannel(context, &model.ChannelMember{UserId: "u"}, user) },
	"UserHasLeftChannel":     func(hooks plugin.Hooks) { hooks.UserHasLeftChannel(context, &model.ChannelMember{UserId: "u"}, nil) },
	"UserHasJoinedTeam":      func(hooks plugin.Hooks) { hooks.UserHasJoinedTeam(context, &model.TeamMember{UserId: "u"}, user) },
	"UserHasLeftTeam":        func(hooks plugin.Hooks) { hooks.UserHasLeftTeam(context, &model.TeamMember{UserId: "u"}, nil) },
	"ReactionHasBeenAdded":   func(hooks plugin.Hooks) { hooks.ReactionHasBeenAdded(context, &model.Reaction{EmojiName: "x"}) },
	"ReactionHasBeenRemoved": func(hooks plugin.Hooks) { hooks.ReactionHasBeenRemoved(context, &model.Reaction{EmojiName: "x"}) },
	"OnPluginClusterEvent": func(hooks plugin.Hooks) {
		hooks.OnPluginClusterEvent(context, model.PluginClusterEvent{Id: "event", Data: []byte{1}})
	},
	"OnWebSocketConnect":    func(hooks plugin.Hooks) { hooks.OnWebSocketConnect("connection", "user") },
	"OnWebSocketDisconnect": func(hooks plugin.Hooks) { hooks.OnWebSocketDisconnect("connection", "user") },
	"WebSocketMessageHasBeenPosted": func(hooks plugin.Hooks) {
		request := &model.WebSocketRequest{Seq: 1, Action: "act", Data: map[string]any{"key": "value"}}
		hooks.WebSocketMessageHasBeenPosted("connection", "user", request)
	},
	"RunDataRetention":       func(hooks plugin.Hooks) { hooks.RunDataRetention(1, 2) },
	"OnInstall":              func(hooks plugin.Hooks) { hooks.OnInstall(context, model.OnInstallEvent{UserId: "user"}) },
	"OnSendDailyTelemetry":   func(hooks plugin.Hooks) { hooks.OnSendDailyTelemetry() },
	"OnCloudLimitsUpdated":   func(hooks plugin.Hooks) { hooks.OnCloudLimitsUpdated(&model.ProductLimits{}) },
	"UserHasBeenDeactivated": func(hooks plugin.Hooks) { hooks.UserHasBeenDeactivated(context, user) },
	"ConfigurationWillBeSaved": func(hooks plugin.Hooks) {
		config := &model.Config{}
		config.SetDefaults()
		hooks.ConfigurationWillBeSaved(config)
	},
	"EmailNotificationWillBeSent": func(hooks plugin.Hooks) {
		hooks.EmailNotificationWillBeSent(&model.EmailNotification{PostId: "post"})
	},
	"NotificationWillBePushed": func(hooks plugin.Hooks) {
		hooks.NotificationWillBePushed(&model.PushNotification{Message: "push"}, "user")
	},
	"OnSharedChannelsSyncMsg": func(hooks plugin.Hooks) {
		hooks.OnSharedChannelsSyncMsg(&model.SyncMsg{Id: "sync"}, remote)
	},
	"OnSharedChannelsPing": func(hooks plugin.Hooks) { hooks.OnSharedChannelsPing(remote) },
	"PreferencesHaveChanged": func(hooks plugin.Hooks) {
		hooks.PreferencesHaveChanged(context, []model.Preference{{UserId: "user", Name: "name"}})
	},
	"OnSharedChannelsAttachmentSyncMsg": func(hooks plugin.Hooks) {
		hooks.OnSharedChannelsAttachmentSyncMsg(&model.FileInfo{Id: "file"}, post(), remote)
	},
	"OnSharedChannelsProfileImageSyncMsg": func(hooks plugin.Hooks) {
		hooks.OnSharedChannelsProfileImageSyncMsg(user, remote)
	},
	"GenerateSupportData": func(hooks plugin.Hooks) { hooks.GenerateSupportData(context) },
	"OnSAMLLogin": func(hooks plugin.Hooks) {
		hooks.OnSAMLLogin(context, user, &saml2.AssertionInfo{NameID: "name"})
	},
}

var _ = register(testCase{"every hook reaches its handler", "fixture-parity", func(server *server) error {
	for hook, call := range calls {
		if err := server.script(hook, answer("Plain")); err != nil {
			return err
		}
		call(server.hooks())
		if times, _, err := server.told(hook); err != nil || times == 0 {
			return fmt.Errorf("%s: no handler was called: %v", hook, err)
		}
	}
	return server.environment.PerformHealthCheck(pluginID)
}})
