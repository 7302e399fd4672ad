package main

import (
	"strings"

	"github.com/hashicorp/go-hclog"
)

// logCases are about the plugin's records in the host's log. That each line of the plugin became one
// record, at its level and with its fields, is looked at after every case.
var logCases = []testCase{
	{"log_each_level_is_the_hosts_level", logLevels},
	{"log_what_is_below_the_level_is_not_written", logBelow},
	{"log_fields_of_each_kind", logFields},
	{"log_reserved_names_are_made_harmless", logReserved},
	{"log_non_ascii_and_newlines_and_control_characters", logOddText},
	{"log_a_message_of_100_kib_is_one_record", logLong},
	{"log_400_records_of_eight_threads_do_not_mix", logThreads},
	{"log_a_panic_in_a_thread_is_an_error", logPanic},
}

const loud = "MATTERMOST_PLUGIN_LOG_LEVEL=trace"

func logLevels(t *T) {
	p := t.launch("fixture-talk", with(loud))
	p.tell("log", []byte("at each level"))
	p.kill()
	var levels []string
	for _, one := range p.log.of(true) {
		if one.message == "at each level" {
			levels = append(levels, one.level.String())
		}
	}
	equal(t, "levels", strings.Join(levels, " "), "error warn info debug trace")
}

func logBelow(t *T) {
	p := t.launch("fixture-talk", with("MATTERMOST_PLUGIN_LOG_LEVEL=warn"))
	p.tell("log", []byte("at each level"))
	p.kill()
	for _, one := range p.log.of(true) {
		if one.level < hclog.Warn {
			t.Errorf("%v", one)
		}
	}
}

func logFields(t *T) {
	p := t.launch("fixture-talk")
	p.tell("fields", []byte("a \"text\" with \\ and ü"))
	p.kill()
	said := p.log.find("with fields")
	if said == nil {
		t.Fatalf("there is no record")
	}
	for name, expected := range map[string]any{
		"text": "a \"text\" with \\ and ü", "whole": -7.0, "float": 2.5, "flag": true, "debug": `Some("x")`,
		"error": "broken", "hook": "OnPluginClusterEvent", "plugin": "com.example.talk",
	} {
		equal(t, name, said.fields[name], expected)
	}
}

func logReserved(t *T) {
	p := t.launch("fixture-talk")
	p.tell("reserved", nil)
	p.pings()
	p.kill()
	said := p.log.find("with reserved names")
	if said == nil {
		t.Fatalf("there is no record")
	}
	equal(t, "level", said.level, hclog.Info)
	equal(t, "message", said.message, "with reserved names")
}

func logOddText(t *T) {
	p := t.launch("fixture-talk")
	text := "ünïcödé 日本語 🦀\nsecond line\r\n\ttab \x00 \x1b[31m \u2028 \"quoted\" \\"
	p.tell("log", []byte(text))
	p.tell("fields", []byte(text))
	p.kill()
	if p.log.find(text) == nil {
		t.Errorf("the message did not come as it was")
	}
	if said := p.log.find("with fields"); said == nil || said.fields["text"] != text {
		t.Errorf("the field did not come as it was: %v", said)
	}
}

func logLong(t *T) {
	p := t.launch("fixture-talk")
	text := strings.Repeat("long ", 20*1024)
	p.tell("log", []byte(text))
	p.tell("fields", []byte(text))
	p.kill()
	// The host cannot take a line of more than 64 KiB, so it is cut, and is still a record.
	said := p.log.find("long long")
	if said == nil || said.level != hclog.Error || len(said.message) < 10_000 {
		t.Errorf("the message came as %.200s", said)
	}
	if said := p.log.find("with fields"); said == nil || said.level != hclog.Info {
		t.Errorf("the record with a long field came as %.200s", said)
	}
}

func logThreads(t *T) {
	p := t.launch("fixture-talk")
	p.tell("threads", nil)
	p.kill()
	count := 0
	for _, one := range p.log.of(true) {
		if one.message == "from a thread" {
			count++
		}
	}
	equal(t, "records", count, 400)
}

func logPanic(t *T) {
	p := t.launch("fixture-talk")
	p.tell("panic in a thread", nil)
	p.pings()
	p.kill()
	if said := p.log.find("words of a thread"); said == nil || said.level != errorLevel {
		t.Errorf("the panic came as %v", said)
	}
}

// pings holds that a plugin answers of which nothing else is known.
func (p *Plugin) pings() {
	if err := p.ping(); err != nil {
		p.t.Errorf("ping: %v", err)
	}
}
