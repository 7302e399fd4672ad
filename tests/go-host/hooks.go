package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// hookCases are about hooks of each class, called over the host's connection.
var hookCases = []testCase{
	{"hooks_implemented_lists_them", implemented},
	{"hooks_notify_lifecycle_value_and_gather", classes},
	{"hooks_filter_allows_rejects_and_rewrites", filters},
	{"hooks_of_the_binary_itself", ofTheBinary},
	{"hooks_a_panic_is_an_error_in_the_hosts_log_and_the_plugin_serves_on", panics},
	{"hooks_the_callers_deadline_holds", deadline},
	{"hooks_an_unknown_method_is_unimplemented", unknownMethod},
	{"hooks_messages_of_64_mib_both_ways", largeMessages},
	{"hooks_a_message_above_the_limit_is_refused_and_the_plugin_serves_on", tooLarge},
	{"hooks_500_calls_at_a_time", manyCalls},
}

func implemented(t *T) {
	p := t.launch("fixture")
	reply, err := p.call("Implemented", `{}`)
	t.ok(err, "Implemented")
	listed := fmt.Sprint(reply["hooks"])
	for _, hook := range []string{"OnActivate", "MessageWillBePosted", "ExecuteCommand", "OnSAMLLogin"} {
		if !strings.Contains(listed, hook) {
			t.Errorf("%s is not in %s", hook, listed)
		}
	}
}

func classes(t *T) {
	p := t.launch("fixture")
	p.answers("OnConfigurationChange", `{}`, `{}`)
	p.answers("OnActivate", `{}`, `{}`)
	p.answers("MessageHasBeenPosted", `{"post": {"message": "hello"}}`, `{}`)
	p.answers("ReactionHasBeenAdded", `{"reaction": {"emoji_name": "+1"}}`, `{}`)
	p.answers("ExecuteCommand", `{"args": {"command": "decline"}}`, `{"response": {"text": "answered by the second"}}`)
	p.answers("RunDataRetention", `{"batch_size": 6}`, `{"deleted_count": "7"}`)
	p.answers("OnSharedChannelsPing", `{"remote_cluster": {"name": "alive"}}`, `{"healthy": true}`)
	p.answers("OnSharedChannelsPing", `{"remote_cluster": {"name": "dead"}}`, `{}`)
	reply, err := p.call("OnSAMLLogin", `{"user": {"username": "denied"}, "assertion": {"assertion_json": "e30="}}`)
	if err != nil || reply["error"] == nil {
		t.Errorf("OnSAMLLogin: %v %v", reply, err)
	}
	p.answers("OnDeactivate", `{}`, `{}`)
	p.kill()
	p.endedWith0()
	// Fields of each kind come through to the host's log.
	if said := p.log.find("reacted"); said == nil || said.fields["emoji"] != "+1" || said.fields["hook"] != "ReactionHasBeenAdded" {
		t.Errorf("the record: %v", said)
	}
}

func filters(t *T) {
	p := t.launch("fixture")
	p.answers("MessageWillBePosted", `{"post": {"message": "hello"}}`, `{}`)
	p.answers("MessageWillBePosted", `{"post": {"message": "reject"}}`, `{"rejection_reason": "Please mind your language."}`)
	p.answers("MessageWillBePosted", `{"post": {"message": "dismiss"}}`, `{"rejection_reason": "plugin.message_will_be_posted.dismiss_post"}`)
	p.answers("MessageWillBePosted", `{"post": {"message": "same"}}`, `{}`)
	p.answers("MessageWillBePosted", `{"post": {"message": "rewrite"}}`, `{"modified_post": {"message": "rewrite by trouble and second"}}`)
	p.answers("MessageWillBeUpdated", `{"new_post": {"message": "reject"}}`, `{"rejection_reason": "Please mind your language."}`)
	p.answers("UserWillLogIn", `{"user": {"username": "reject"}}`, `{"rejection_reason": "not today"}`)
	p.answers("UserWillLogIn", `{"user": {"username": "anna"}}`, `{}`)
}

func ofTheBinary(t *T) {
	p := t.launch("hookwright")
	p.answers("OnConfigurationChange", `{}`, `{}`)
	p.answers("OnActivate", `{}`, `{}`)
	p.answers("MessageWillBePosted", `{"post": {"message": "hello"}}`, `{}`)
	reply, err := p.call("Implemented", `{}`)
	t.ok(err, "Implemented")
	if hooks, _ := reply["hooks"].([]any); !slices.Contains(hooks, any("ServeHTTP")) {
		t.Errorf("ServeHTTP is not in %v", hooks)
	}
	p.answers("OnDeactivate", `{}`, `{}`)
	p.kill()
	p.endedWith0()
}

func panics(t *T) {
	p := t.launch("fixture")
	// The policy is to go on as if the plugin had not been there.
	p.answers("MessageWillBePosted", `{"post": {"message": "panic"}}`, `{}`)
	p.waitFor("the handler's own words")
	if said := p.log.find("the handler's own words"); said != nil {
		equal(t, "level", said.level, errorLevel)
	}
	p.serves()
	p.kill()
	p.endedWith0()
}

func deadline(t *T) {
	p := t.launch("fixture")
	ctx, cancel := context.WithTimeout(context.Background(), 700*time.Millisecond)
	defer cancel()
	_, err := t.hooks.call(ctx, p.conn, "UserWillLogIn", `{"user": {"username": "block until cancelled"}}`)
	// It answers before the deadline, with a refusal, or the deadline ends the call.
	if err != nil && status.Code(err) != codes.DeadlineExceeded {
		t.Errorf("got %v", err)
	}
	p.serves()
	p.kill()
	p.endedWith0()
}

func unknownMethod(t *T) {
	p := t.launch("fixture")
	in, out, err := t.hooks.messages("OnActivate")
	t.ok(err, "OnActivate")
	for _, method := range []string{"/" + hooksService + "/NoSuchHook", "/no.such.Service/Method"} {
		err := p.conn.Invoke(context.Background(), method, in, out)
		equal(t, method, status.Code(err), codes.Unimplemented)
	}
	p.serves()
}

const mebibyte = 1 << 20

func largeMessages(t *T) {
	p := t.launch("fixture")
	for _, letters := range []int{5 * mebibyte, 64*mebibyte - 100} {
		text := "rewrite " + strings.Repeat("x", letters)
		reply, err := p.call("MessageWillBePosted", fmt.Sprintf(`{"post": {"message": %q}}`, text))
		t.ok(err, fmt.Sprintf("a message of %d", letters))
		post, _ := reply["modified_post"].(map[string]any)
		if post["message"] != text+" by trouble and second" {
			t.Errorf("other %d letters came back", letters)
		}
	}
}

func tooLarge(t *T) {
	p := t.launch("fixture")
	text := strings.Repeat("x", 65*mebibyte)
	_, err := p.call("MessageWillBePosted", fmt.Sprintf(`{"post": {"message": %q}}`, text))
	equal(t, "a request that is too large", status.Code(err), codes.ResourceExhausted)
	p.serves()
}

func manyCalls(t *T) {
	// As many may wait as there are: what finds no room is left out of the chain.
	p := t.launch("fixture", with("HOOKWRIGHT_SYNC_WAITING=500"))
	p.serves()
	var calls sync.WaitGroup
	for number := range 500 {
		calls.Go(func() {
			text := fmt.Sprintf("rewrite %d", number)
			p.answers("MessageWillBePosted", fmt.Sprintf(`{"post": {"message": %q}}`, text),
				fmt.Sprintf(`{"modified_post": {"message": "%s by trouble and second"}}`, text))
		})
	}
	calls.Wait()
	p.kill()
	p.endedWith0()
}
