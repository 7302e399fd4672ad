package main

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/stretchr/testify/mock"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/plugin"
)

// refused are methods, and what of their arguments Go has nothing for.
var refused = map[string]string{
	"SearchPostsInTeam":                "SearchParams.",
	"GetGroups":                        "GroupSearchOpts.",
	"CreateDefaultSyncableMemberships": "CreateDefaultMembershipParams.",
}

// properties has five fields and five values, in the order in which the store has them.
type properties struct {
	*api
	// The ids after which pages were asked for.
	after []string
	// Asked for after this id, it fails.
	broken string
}

func (properties *properties) page(id string, createAt int64, perPage int) ([]string, error) {
	all := []string{"a", "b", "c", "d", "e"}
	properties.after = append(properties.after, id)
	if id != "" && id == properties.broken {
		return nil, fmt.Errorf("no page after %s", id)
	}
	from := slices.Index(all, id) + 1
	if createAt != int64(from) {
		return nil, fmt.Errorf("%q was not made at %d", id, createAt)
	}
	return all[from:min(from+perPage, len(all))], nil
}

func (properties *properties) SearchPropertyFields(groupID string, opts model.PropertyFieldSearchOpts) ([]*model.PropertyField, error) {
	ids, err := properties.page(opts.Cursor.PropertyFieldID, opts.Cursor.CreateAt, opts.PerPage)
	var found []*model.PropertyField
	for _, id := range ids {
		found = append(found, &model.PropertyField{ID: id, GroupID: groupID, CreateAt: int64(id[0]-'a') + 1})
	}
	return found, err
}

func (properties *properties) SearchPropertyValues(groupID string, opts model.PropertyValueSearchOpts) ([]*model.PropertyValue, error) {
	ids, err := properties.page(opts.Cursor.PropertyValueID, opts.Cursor.CreateAt, opts.PerPage)
	var found []*model.PropertyValue
	for _, id := range ids {
		found = append(found, &model.PropertyValue{ID: id, GroupID: groupID, CreateAt: int64(id[0]-'a') + 1})
	}
	return found, err
}

var _ = register(
	testCase{"a call that asks for what Go has nothing for is not made", "fixture-api", func(server *server) error {
		judge := &judge{plain: server.api}
		if err := server.offer(judge); err != nil {
			return err
		}
		made := model.NewAppError("Where", "it.was.made", nil, "", http.StatusTeapot)
		for name, message := range refused {
			method, _ := reflect.TypeFor[plugin.API]().MethodByName(name)
			results := server.results(&fitting{}, method, nil, made)
			judge.On(name, slices.Repeat([]any{mock.Anything}, method.Type.NumIn())...).Return(results...)
			text := fmt.Sprintf("%s: this server has nothing for %s", name, message)
			refusals := 0
			// One of the two has the flags on.
			for _, flags := range []string{"", "&flipped"} {
				var came cameOf
				if err := server.asked("/api/call?"+name+flags, &came); err != nil {
					return err
				}
				if strings.HasPrefix(came.Failed, text) {
					refusals++
				}
			}
			calls := len(slices.DeleteFunc(slices.Clone(judge.Calls), func(call mock.Call) bool { return call.Method != name }))
			if refusals == 0 || refusals+calls != 2 {
				return fmt.Errorf("%s: refused %d times, and made %d times", name, refusals, calls)
			}
		}
		return server.environment.PerformHealthCheck(pluginID)
	}},
	testCase{"a page is walked to by the cursor", "fixture-api", func(server *server) error {
		pages := [][]string{{"a", "b"}, {"c", "d"}, {"e"}, {}, {}}
		asked := [][]string{{""}, {"", "b"}, {"", "b", "d"}, {"", "b", "d"}, {"", "b", "d"}}
		for number, page := range pages {
			offered := &properties{api: server.api}
			if err := server.offer(offered); err != nil {
				return err
			}
			var came struct {
				Seen struct{ Fields, Values []string }
			}
			if err := server.asked(fmt.Sprintf("/api/page?%d", number), &came); err != nil {
				return err
			}
			twice := append(slices.Clone(asked[number]), asked[number]...)
			switch {
			case !reflect.DeepEqual(came.Seen.Fields, page), !reflect.DeepEqual(came.Seen.Values, page):
				return fmt.Errorf("page %d: %v", number, came)
			case !slices.Equal(offered.after, twice):
				return fmt.Errorf("page %d: asked after %q", number, offered.after)
			}
		}
		if err := server.offer(&properties{api: server.api, broken: "b"}); err != nil {
			return err
		}
		var came cameOf
		if err := server.asked("/api/page?2", &came); err != nil {
			return err
		}
		if !strings.Contains(came.Failed, "no page after b") {
			return fmt.Errorf("%v %q", came.Seen, came.Failed)
		}
		return nil
	}},
)
