package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
)

// Of the server's API a plugin has what the cases need; another method ends this program with a trace
// that names it.

// try installs and activates a bundle of anybody's, as a server does, and says what became of it: the
// hooks that the server would send, the answer to a post, and what was logged.
func try(bundle, post string, out io.Writer) error {
	server, err := newServer()
	if err != nil {
		return err
	}
	defer server.close()
	manifest, err := server.installFile(bundle)
	if err != nil {
		return fmt.Errorf("%s: %w", bundle, err)
	}
	// What a plugin says of why it does not start is in the log.
	defer func() { fmt.Fprint(out, server.log.String()) }()
	_, activated, err := server.environment.Activate(manifest.Id)
	if err == nil && !activated {
		err = fmt.Errorf("it has no part for a server")
	}
	if err != nil {
		return fmt.Errorf("%s was not activated: %w", manifest.Id, err)
	}
	defer server.environment.Deactivate(manifest.Id)
	hooks, err := server.environment.HooksForPlugin(manifest.Id)
	if err != nil {
		return err
	}
	implemented, err := hooks.Implemented()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s %s is active, with %s\n", manifest.Id, manifest.Version, strings.Join(implemented, ", "))
	if post == "" || !slices.Contains(implemented, "MessageWillBePosted") {
		return nil
	}
	changed, reason := hooks.MessageWillBePosted(context, &model.Post{Message: post, ChannelId: channelID})
	answer, err := json.Marshal(map[string]any{"reason": reason, "post": changed})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "the post is answered %s\n", answer)
	return server.environment.PerformHealthCheck(manifest.Id)
}
