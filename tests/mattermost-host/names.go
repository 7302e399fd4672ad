package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// renamed are the fields whose name in the contract does not follow from their name in Go. It is
// written down here once more, so that the plugin's own table is held against another one.
var renamed = map[string]string{
	"FileData.Body":                               "data",
	"PushNotification.IsCRTEnabled":               "is_crt",
	"GroupSyncable.Type":                          "syncable_type",
	"OAuthApp.MattermostAppID":                    "mattermostAppId",
	"SearchParams.OrTerms":                        "is_or_search",
	"SearchParams.ExcludedDate":                   "excluded_dates",
	"GetFileInfosOptions.UserIds":                 "user_id",
	"GetFileInfosOptions.ChannelIds":              "channel_id",
	"PropertyFieldSearchOpts.TargetIDs":           "target_id",
	"PropertyValueSearchOpts.TargetIDs":           "target_id",
	"SidebarCategoryWithChannels.Channels":        "channel_ids",
	"ChannelStats.PinnedPostCount":                "pinnedpost_count",
	"DialogElement.SubType":                       "subtype",
	"RegisterPluginOpts.Displayname":              "display_name",
	"PushNotification.ContentAvailable":           "cont_ava",
	"Session.IsOAuth":                             "is_oauth",
	"AuditRecord.EventName":                       "event",
	"GetFileInfosOptions.SortDescending":          "sort_order",
	"GetPostsSinceForSyncCursor.LastPostUpdateID": "last_post_id",
}

// nested are the fields of the contract that are fields of a struct within.
var nested = map[string][2]string{
	"AuditRecord.user_id":                {"Actor", "UserId"},
	"AuditRecord.session_id":             {"Actor", "SessionId"},
	"AuditRecord.client":                 {"Actor", "Client"},
	"AuditRecord.ip_address":             {"Actor", "IpAddress"},
	"GroupSearchOpts.page_opts_page":     {"PageOpts", "Page"},
	"GroupSearchOpts.page_opts_per_page": {"PageOpts", "PerPage"},
}

// different are the fields that one side has as a text or a number, and the other as something else
// that has another meaning. What becomes of them is tested where there is a way between the two.
var different = []string{
	"badge", "sorting", "home", "cont_ava", "sort_order",
	"omit_connection_id", "first_inaccessible_post_time", "excluded_after_date", "excluded_before_date", "excluded_dates",
}

// letters are enumerations of the contract, which are texts in Go.
var letters = map[string]string{"CHANNEL_TYPE_OPEN": "O", "TEAM_TYPE_OPEN": "O"}

var (
	plural  = regexp.MustCompile(`IDs$`)
	lowerUp = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	upLower = regexp.MustCompile(`([A-Z]+)([A-Z][a-z])`)
)

// fieldOf returns the field of a struct that is one of the contract.
func fieldOf(structure reflect.Type, name string) (reflect.StructField, bool) {
	if path, ok := nested[structure.Name()+"."+name]; ok {
		outer, _ := structure.FieldByName(path[0])
		if outer.Type.Kind() == reflect.Pointer {
			outer.Type = outer.Type.Elem()
		}
		inner, ok := outer.Type.FieldByName(path[1])
		inner.Index = append(outer.Index, inner.Index...)
		inner.Name = path[0]
		return inner, ok
	}
	for _, field := range reflect.VisibleFields(structure) {
		known, ok := renamed[structure.Name()+"."+field.Name]
		if !ok {
			known = plural.ReplaceAllString(field.Name, "Ids")
			known = lowerUp.ReplaceAllString(known, "${1}_${2}")
			known = strings.ToLower(upLower.ReplaceAllString(known, "${1}_${2}"))
		}
		if known == name && field.IsExported() && !field.Anonymous && field.Type.Kind() != reflect.Func {
			return field, true
		}
	}
	return reflect.StructField{}, false
}

// A fitting is a comparison, or the making, of values. Faults are by the place where they are.
type fitting struct {
	faults []string
	// What the contract has, and Go has no field for.
	lost map[string]bool
}

func (fitting *fitting) fault(path, format string, values ...any) {
	fitting.faults = append(fitting.faults, path+": "+fmt.Sprintf(format, values...))
}

func (fitting *fitting) lose(structure reflect.Type, name string) {
	if fitting.lost == nil {
		fitting.lost = map[string]bool{}
	}
	fitting.lost[structure.Name()+"."+name] = true
}

// document returns the JSON in a field of bytes.
func document(value any) []byte {
	text, _ := value.(string)
	decoded, _ := base64.StdEncoding.DecodeString(text)
	return decoded
}

var (
	rawType  = reflect.TypeFor[json.RawMessage]()
	timeType = reflect.TypeFor[time.Time]()
)

// fill sets a value of Go to what the JSON of the contract says.
func (fitting *fitting) fill(into reflect.Value, value any, path string) {
	switch given := value.(type) {
	case nil:
		return
	case map[string]any:
		fitting.fillObject(into, given, path)
		return
	case []any:
		if into.Kind() != reflect.Slice {
			fitting.fault(path, "a list for %s", into.Type())
			return
		}
		list := reflect.MakeSlice(into.Type(), len(given), len(given))
		for index, one := range given {
			fitting.fill(list.Index(index), one, path)
		}
		into.Set(list)
		return
	}
	text, _ := value.(string)
	switch into.Type() {
	case rawType:
		encoded, _ := json.Marshal(value)
		into.SetBytes(encoded)
		return
	case timeType:
		into.Set(reflect.ValueOf(time.UnixMilli(whole(value))))
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		fitting.fill(into.Elem(), value, path)
	case reflect.Interface:
		into.Set(reflect.ValueOf(value))
	case reflect.Struct:
		if strings.HasSuffix(path, "_json") {
			if err := json.Unmarshal(document(value), into.Addr().Interface()); err != nil {
				fitting.fault(path, "%v", err)
			}
			return
		}
		into.Field(0).SetString(text)
	case reflect.String:
		if letter, ok := letters[text]; ok {
			text = letter
		}
		into.SetString(text)
	case reflect.Bool:
		into.SetBool(value == true)
	case reflect.Slice:
		if into.Type().Elem().Kind() == reflect.Uint8 {
			into.SetBytes(document(value))
			return
		}
		into.Set(reflect.Append(reflect.Zero(into.Type()), reflect.ValueOf(text).Convert(into.Type().Elem())))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		into.SetInt(whole(value))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		into.SetUint(uint64(whole(value)))
	default:
		fitting.fault(path, "%v for %s", value, into.Type())
	}
}

func (fitting *fitting) fillObject(into reflect.Value, object map[string]any, path string) {
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		fitting.fillObject(into.Elem(), object, path)
	case reflect.Interface:
		into.Set(reflect.ValueOf(object))
	case reflect.Map:
		into.Set(reflect.MakeMap(into.Type()))
		for key, value := range object {
			one := reflect.New(into.Type().Elem()).Elem()
			fitting.fill(one, value, path+"."+key)
			into.SetMapIndex(reflect.ValueOf(key).Convert(into.Type().Key()), one)
		}
	case reflect.Slice:
		if into.Type().Elem().Kind() != reflect.Uint8 {
			fitting.fill(into, onlyList(object), path)
			return
		}
		// JSON as such.
		encoded, _ := json.Marshal(object)
		into.SetBytes(encoded)
	case reflect.Struct:
		if document, ok := onlyDocument(object); ok {
			fitting.fill(into, document, path+"_json")
			return
		}
		for _, name := range slices.Sorted(maps.Keys(object)) {
			field, ok := fieldOf(into.Type(), name)
			if !ok {
				fitting.lose(into.Type(), name)
				continue
			}
			if slices.Contains(different, name) {
				continue
			}
			fitting.fill(within(into, field.Index), object[name], path+"."+name)
		}
	default:
		fitting.fault(path, "an object for %s", into.Type())
	}
}

// within returns a field, of embedded structs as well, which are made if they are not there.
func within(structure reflect.Value, index []int) reflect.Value {
	for depth, number := range index {
		if depth > 0 && structure.Kind() == reflect.Pointer {
			if structure.IsNil() {
				structure.Set(reflect.New(structure.Type().Elem()))
			}
			structure = structure.Elem()
		}
		structure = structure.Field(number)
	}
	return structure
}

// onlyDocument returns the one field of a message that is JSON as bytes.
func onlyDocument(object map[string]any) (any, bool) {
	for name, value := range object {
		if len(object) == 1 && strings.HasSuffix(name, "_json") {
			return value, true
		}
	}
	return nil, false
}

// onlyList returns the one field of a message that is a list, which maps of the contract need.
func onlyList(object map[string]any) any {
	for _, value := range object {
		if list, ok := value.([]any); ok && len(object) == 1 {
			return list
		}
	}
	return nil
}

// compare holds a value of Go against what the JSON of the contract says.
func (fitting *fitting) compare(got reflect.Value, want any, path string) {
	for got.Kind() == reflect.Pointer || got.Kind() == reflect.Interface {
		if reader, ok := got.Interface().(io.Reader); ok {
			content, err := io.ReadAll(reader)
			if err != nil {
				fitting.fault(path, "%v", err)
			}
			got = reflect.ValueOf(content)
			break
		}
		if got.IsNil() {
			fitting.fault(path, "is nil, and not %v", want)
			return
		}
		got = got.Elem()
	}
	text, _ := want.(string)
	if letter, ok := letters[text]; ok {
		text = letter
	}
	switch got.Kind() {
	case reflect.Struct:
		if moment, ok := got.Interface().(time.Time); ok {
			got = reflect.ValueOf(moment.UnixMilli())
			fitting.compare(got, want, path)
			return
		}
		fitting.compareStruct(got, want, path)
	case reflect.Map:
		object, _ := want.(map[string]any)
		if list, ok := want.([]any); ok {
			object = map[string]any{}
			for _, key := range list {
				object[key.(string)] = true
			}
		}
		if len(object) != got.Len() {
			fitting.fault(path, "%v, and not %v", got, want)
		}
		for _, key := range got.MapKeys() {
			fitting.compare(got.MapIndex(key), object[key.String()], path+"."+key.String())
		}
	case reflect.Slice:
		fitting.compareSlice(got, want, path)
	case reflect.String:
		if got.String() != text {
			fitting.fault(path, "%q, and not %v", got, want)
		}
	case reflect.Bool:
		if got.Bool() != (want == true) {
			fitting.fault(path, "%v, and not %v", got, want)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if got.Int() != whole(want) {
			fitting.fault(path, "%v, and not %v", got, want)
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if got.Uint() != uint64(whole(want)) {
			fitting.fault(path, "%v, and not %v", got, want)
		}
	case reflect.Float64:
		if number, _ := want.(float64); got.Float() != number {
			fitting.fault(path, "%v, and not %v", got, want)
		}
	default:
		fitting.fault(path, "%v, and not %v", got, want)
	}
}

func (fitting *fitting) compareSlice(got reflect.Value, want any, path string) {
	if got.Type() == rawType {
		var value any
		if json.Unmarshal(got.Bytes(), &value) != nil || !reflect.DeepEqual(value, want) {
			fitting.fault(path, "%q, and not %v", got.Bytes(), want)
		}
		return
	}
	if got.Type().Elem().Kind() == reflect.Uint8 {
		_, isText := want.(string)
		encoded, _ := json.Marshal(want)
		if (isText && string(got.Bytes()) != string(document(want))) || (!isText && string(got.Bytes()) != string(encoded)) {
			fitting.fault(path, "%q, and not %v", got.Bytes(), want)
		}
		return
	}
	if text, ok := want.(string); ok {
		want = []any{text}
	}
	if object, ok := want.(map[string]any); ok {
		want = onlyList(object)
	}
	list, _ := want.([]any)
	if got.Len() != len(list) {
		fitting.fault(path, "%d elements, and not %v", got.Len(), want)
		return
	}
	for index := range list {
		fitting.compare(got.Index(index), list[index], path)
	}
}

func (fitting *fitting) compareStruct(got reflect.Value, want any, path string) {
	object, ok := want.(map[string]any)
	if document, only := onlyDocument(object); only {
		want, ok, path = document, false, path+"_json"
	}
	if !ok {
		if !strings.HasSuffix(path, "_json") {
			fitting.compare(got.Field(0), want, path)
			return
		}
		encoded, _ := json.Marshal(got.Interface())
		fitting.compareJSON(encoded, document(want), path)
		return
	}
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		field, ok := fieldOf(got.Type(), name)
		if !ok {
			fitting.lose(got.Type(), name)
			continue
		}
		seen[field.Name] = true
		one, err := got.FieldByIndexErr(field.Index)
		if err != nil {
			fitting.fault(path+"."+name, "is nil, and not %v", object[name])
			continue
		}
		if !slices.Contains(different, name) {
			fitting.compare(one, object[name], path+"."+name)
		}
	}
	for _, field := range reflect.VisibleFields(got.Type()) {
		one, err := got.FieldByIndexErr(field.Index)
		isOwn := field.IsExported() && !field.Anonymous && field.Type.Kind() != reflect.Struct
		if err == nil && isOwn && !seen[field.Name] && !one.IsZero() {
			fitting.fault(path, "%s is %v, which nobody said", field.Name, one)
		}
	}
}

// compareJSON holds of a document those members that it has against those of another one.
func (fitting *fitting) compareJSON(got, want []byte, path string) {
	var has, wanted map[string]any
	if err := json.Unmarshal(got, &has); err != nil {
		fitting.fault(path, "%q: %v", got, err)
		return
	}
	json.Unmarshal(want, &wanted)
	found := 0
	var within func(has, wanted map[string]any, path string)
	within = func(has, wanted map[string]any, path string) {
		for name, value := range wanted {
			one, ok := has[name]
			inner, isObject := one.(map[string]any)
			switch object, _ := value.(map[string]any); {
			case !ok:
			case isObject:
				within(inner, object, path+"."+name)
			case !reflect.DeepEqual(one, value):
				fitting.fault(path+"."+name, "%v, and not %v", one, value)
			default:
				found++
			}
		}
	}
	within(has, wanted, path)
	if found == 0 {
		fitting.fault(path, "%s has nothing of %s", got, want)
	}
}

// whole is a number in the JSON of the contract, which has larger ones as texts.
func whole(value any) int64 {
	switch value := value.(type) {
	case float64:
		return int64(value)
	case string:
		number, _ := strconv.ParseInt(value, 10, 64)
		return number
	}
	return 0
}
