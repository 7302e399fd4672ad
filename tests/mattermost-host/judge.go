package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/stretchr/testify/mock"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
	"github.com/mattermost/mattermost/server/public/plugin/plugintest"
)

// ownCases are the methods that are no arguments and results by the names of the contract.
var ownCases = []string{"LoadPluginConfiguration", "PluginHTTP", "LogDebug", "LogInfo", "LogWarn", "LogError"}

// onlyInContract are the fields for which Go has none: newer ones, and another model of audits.
var onlyInContract = []string{
	"AppError.params",
	"AuditRecord.api_path", "AuditRecord.create_at", "AuditRecord.id", "AuditRecord.level",
	"Channel.auto_translation", "Channel.policy_is_active",
	"CommandArgs.channel_mention", "CommandArgs.t", "CommandArgs.user_mention",
	"RegisterPluginOpts.description",
	"SlackAttachment.attachments", "SlackAttachment.channel_id", "SlackAttachment.goto_location",
	"SlackAttachment.icon_url", "SlackAttachment.props", "SlackAttachment.response_type",
	"SlackAttachment.trigger_id", "SlackAttachment.type", "SlackAttachment.username", "SlackAttachment.skip_slack_parsing",
	"WebsocketBroadcast.contention_free_broadcast",
}

// isLost says whether what the plugin sees may lack a field: Go has none, has it as something else,
// or has a pointer to false, which it does not send.
func isLost(path, name string, value any) bool {
	isAttachment := strings.HasSuffix(path, ".attachments") && slices.Contains(onlyInContract, "SlackAttachment."+name)
	isText := name == "t" || name == "user_mention" || name == "channel_mention"
	isNewer := isText || name == "auto_translation" || name == "policy_is_active" || name == "params"
	return value == nil || value == false || isAttachment || isNewer || slices.Contains(different, name)
}

// A judge is an API whose every method answers as it is told, and compares what it is given.
type judge struct {
	plugintest.API
	plain *api

	mutex   sync.Mutex
	records [][]any
}

func (judge *judge) LoadPluginConfiguration(destination any) error {
	return judge.plain.LoadPluginConfiguration(destination)
}

// The plugin's own records come here as well.
func (judge *judge) log(values ...any) {
	judge.mutex.Lock()
	defer judge.mutex.Unlock()
	if values[1] == "the msg" {
		judge.records = append(judge.records, values)
	}
}

func (judge *judge) LogDebug(text string, pairs ...any) {
	judge.log(append([]any{"LogDebug", text}, pairs...)...)
}
func (judge *judge) LogInfo(text string, pairs ...any) {
	judge.log(append([]any{"LogInfo", text}, pairs...)...)
}
func (judge *judge) LogWarn(text string, pairs ...any) {
	judge.log(append([]any{"LogWarn", text}, pairs...)...)
}
func (judge *judge) LogError(text string, pairs ...any) {
	judge.log(append([]any{"LogError", text}, pairs...)...)
}

// offer activates the plugin anew, with another API.
func (server *server) offer(other plugin.API) error {
	server.environment.Deactivate(pluginID)
	server.offered = other
	return server.activate()
}

// A namedValue is a field of a message of the contract.
type namedValue struct {
	name  string
	value any
	// The message that it is, if it is one.
	message string
}

// sampled asks the plugin for the fields of a message, in their order.
func (server *server) sampled(message, flags string) ([]namedValue, error) {
	var pairs [][3]any
	if err := server.asked("/api/sample?"+message+flags, &pairs); err != nil {
		return nil, err
	}
	fields := make([]namedValue, 0, len(pairs))
	for _, pair := range pairs {
		name, _ := pair[0].(string)
		message, _ := pair[2].(string)
		fields = append(fields, namedValue{name, pair[1], message})
	}
	return fields, nil
}

func (server *server) asked(url string, into any) error {
	response := server.ask("GET", url, nil)
	if response.Code != http.StatusOK {
		return fmt.Errorf("%s answers %d: %s", url, response.Code, response.Body)
	}
	return json.Unmarshal(response.Body.Bytes(), into)
}

// An appFault is an error as the plugin sees it.
type appFault struct {
	Id, Message, Where string
	DetailedError      string `json:"detailed_error"`
	StatusCode         int    `json:"status_code"`
}

// cameOf is what a call of the API came to in the plugin.
type cameOf struct {
	Seen   map[string]any
	Error  *appFault
	Failed string
}

var errorType = reflect.TypeFor[error]()

func isError(result reflect.Type) bool { return result.Implements(errorType) }

// judged calls one method, and returns what is wrong with it.
func (server *server) judged(judge *judge, method reflect.Method, flags string, failure error) (*fitting, error) {
	fitting := &fitting{}
	sent, err := server.sampled(method.Name+"Request", flags+"&over-net-rpc")
	if err != nil {
		return nil, err
	}
	sent = slices.DeleteFunc(sent, func(field namedValue) bool { return field.name == "context" })
	replied, err := server.sampled(method.Name+"Response", flags)
	if err != nil {
		return nil, err
	}
	results := server.results(fitting, method, replied, failure)
	asked := false
	expect := judge.On(method.Name, slices.Repeat([]any{mock.Anything}, method.Type.NumIn())...)
	expect.Return(results...).Run(func(given mock.Arguments) {
		asked = true
		if len(sent) > len(given) && len(given) == 1 {
			whole := map[string]any{}
			for _, field := range sent {
				whole[field.name] = field.value
			}
			fitting.compare(reflect.ValueOf(given[0]), whole, method.Name)
			return
		}
		for index, one := range given {
			if index < len(sent) {
				fitting.compare(reflect.ValueOf(one), sent[index].value, method.Name+"."+sent[index].name)
			}
		}
		if len(sent) != len(given) {
			fitting.fault(method.Name, "%d arguments, and not %v", len(given), sent)
		}
	})
	defer expect.Unset()
	var came cameOf
	if err := server.asked("/api/call?"+method.Name+flags+"&over-net-rpc", &came); err != nil {
		return nil, err
	}
	if !asked {
		fitting.fault(method.Name, "it was not called")
	}
	if failure != nil {
		fitting.compareFailure(method.Name, came, failure)
		return fitting, nil
	}
	if came.Seen == nil {
		fitting.fault(method.Name, "%v %s", came.Error, came.Failed)
		return fitting, nil
	}
	expected := map[string]any{}
	for _, field := range replied {
		expected[field.name] = field.value
	}
	fitting.compareSeen(came.Seen, expected, method.Name)
	return fitting, nil
}

// results are what the method returns.
func (server *server) results(fitting *fitting, method reflect.Method, replied []namedValue, failure error) []any {
	var results []any
	for index := range method.Type.NumOut() {
		result := reflect.New(method.Type.Out(index)).Elem()
		switch {
		case isError(result.Type()):
			if failure == nil {
				results = append(results, nil)
				continue
			}
			results = append(results, failure)
			continue
		case failure != nil:
		case index < len(replied):
			fitting.fill(result, replied[index].value, replied[index].name)
		default:
			fitting.fault(method.Name, "the contract has no result for %s", result.Type())
		}
		results = append(results, result.Interface())
	}
	return results
}

func (fitting *fitting) compareFailure(path string, came cameOf, failure error) {
	expected, ok := failure.(*model.AppError)
	switch {
	case came.Error == nil:
		fitting.fault(path, "no error: %v %s", came.Seen, came.Failed)
	case !ok && came.Error.DetailedError != failure.Error():
		fitting.fault(path, "%+v", *came.Error)
	case ok && *came.Error != (appFault{expected.Id, expected.Message, expected.Where, expected.DetailedError, expected.StatusCode}):
		fitting.fault(path, "%+v, and not %+v", *came.Error, *expected)
	}
}

// compareSeen compares two objects of the contract. What was lost on the way is known already.
func (fitting *fitting) compareSeen(seen, expected any, path string) {
	switch expected := expected.(type) {
	case map[string]any:
		object, _ := seen.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(expected)) {
			switch value, ok := object[name]; {
			case !ok && isLost(path, name, expected[name]):
			case !ok:
				fitting.fault(path+"."+name, "is lost")
			case strings.HasSuffix(name, "_json"):
				fitting.compareJSON(document(value), document(expected[name]), path+"."+name)
			default:
				fitting.compareSeen(value, expected[name], path+"."+name)
			}
		}
		for name := range object {
			if _, ok := expected[name]; !ok {
				fitting.fault(path+"."+name, "is %v, which nobody said", object[name])
			}
		}
	case []any:
		list, _ := seen.([]any)
		if len(list) != len(expected) {
			fitting.fault(path, "%v, and not %v", seen, expected)
			return
		}
		for index := range expected {
			fitting.compareSeen(list[index], expected[index], path)
		}
	default:
		if !reflect.DeepEqual(seen, expected) {
			fitting.fault(path, "%v, and not %v", seen, expected)
		}
	}
}
