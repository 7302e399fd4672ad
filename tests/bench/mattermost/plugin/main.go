// The plugin of the benchmark in Go, on Mattermost's own packages: what Hookwright is measured beside
// over net/rpc.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// build is which build this is; it is set by the linker.
var build = "unknown"

const (
	badWord = "badword"
	mask    = "*******"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "build-id" {
		fmt.Println(build)
		return
	}
	go endWith(os.Getppid())
	plugin.ClientMain(&hooks{})
}

// endWith ends this process when its parent has ended.
func endWith(parent int) {
	for os.Getppid() == parent {
		time.Sleep(500 * time.Millisecond)
	}
	os.Exit(1)
}

type hooks struct{ plugin.MattermostPlugin }

func (*hooks) MessageWillBePosted(_ *plugin.Context, post *model.Post) (*model.Post, string) {
	if judge(post) {
		return post, ""
	}
	return nil, ""
}

// judge is the body of the handler: whether it has rewritten the post.
func judge(post *model.Post) bool {
	bad := strings.Contains(post.Message, badWord)
	if bad {
		post.Message = strings.ReplaceAll(post.Message, badWord, mask)
	}
	return bad
}
