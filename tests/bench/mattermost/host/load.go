package main

import (
	"fmt"
	"math/bits"
	"strings"
	"sync"
	"time"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// digits is how many binary digits of a latency count: three decimal ones.
const digits = 11

// A lap is what came of one order.
type lap struct {
	Calls int64 `json:"calls"`
	// From the first call to the last answer.
	Nanoseconds int64 `json:"nanoseconds"`
	// How many calls took so long, in nanoseconds.
	Latencies map[int64]int64 `json:"latencies"`
}

// load calls from so many goroutines. Each calls again when it has its answer.
func (server *server) load(callers int, length time.Duration) (*lap, error) {
	var (
		group     sync.WaitGroup
		latencies = make([]map[int64]int64, callers)
		faults    = make(chan error, callers)
		begun     = time.Now()
		until     = begun.Add(length)
	)
	for caller := range callers {
		latencies[caller] = map[int64]int64{}
		group.Go(func() {
			if err := server.call(latencies[caller], until); err != nil {
				faults <- err
			}
		})
	}
	group.Wait()
	lap := &lap{Nanoseconds: int64(time.Since(begun)), Latencies: map[int64]int64{}}
	for _, of := range latencies {
		for took, count := range of {
			lap.Latencies[took] += count
			lap.Calls += count
		}
	}
	select {
	case err := <-faults:
		return nil, err
	default:
		// A call that fails is taken for one that lets the post pass; only the log tells them apart.
		return lap, server.log.fault()
	}
}

func (server *server) call(latencies map[int64]int64, until time.Time) error {
	context, one := context(), post(false)
	message := one.Message
	called := time.Now()
	for called.Before(until) {
		now, reason := server.hooks.MessageWillBePosted(context, one)
		if now == nil || now.Message != message || reason != "" {
			return fmt.Errorf("the plugin answers %v and %q", now, reason)
		}
		answered := time.Now()
		took := answered.Sub(called).Nanoseconds()
		rest := max(0, bits.Len64(uint64(took))-digits)
		latencies[took>>rest<<rest]++
		called = answered
	}
	return nil
}

// check sends a post that the plugin has to rewrite: what is measured next does its work.
func (server *server) check() error {
	now, reason := server.hooks.MessageWillBePosted(context(), post(true))
	if now == nil || !strings.HasSuffix(now.Message, "*******") || reason != "" {
		return fmt.Errorf("the plugin answers %v and %q, expected a post that was rewritten", now, reason)
	}
	return server.log.fault()
}

// post is the one that Hookwright is measured with over gRPC: 200 bytes, with the bad word or without.
func post(bad bool) *model.Post {
	text := strings.Repeat("The quick brown fox jumps over it. ", 6)[:200]
	if bad {
		text = text[:200-len("badword")] + "badword"
	}
	id := func(letter string) string { return strings.Repeat(letter, 26) }
	return &model.Post{
		Id: id("p"), CreateAt: 1_700_000_000_000, UpdateAt: 1_700_000_000_000, UserId: id("u"),
		ChannelId: id("c"), Message: text, PendingPostId: id("u") + ":1700000000000",
	}
}

func context() *plugin.Context {
	return &plugin.Context{
		SessionId: strings.Repeat("s", 26), RequestId: strings.Repeat("r", 26), IPAddress: "192.0.2.17",
		AcceptLanguage: "en-US,en;q=0.9", UserAgent: "Mozilla/5.0 (X11; Linux x86_64)",
	}
}
