package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

// record is one line of the host's log.
type record struct {
	logger  string
	level   hclog.Level
	message string
	fields  map[string]any
}

func (r record) String() string {
	return fmt.Sprintf("[%s] %s: %q %v", r.level, r.logger, r.message, r.fields)
}

// records is the log of one host, as its own logger was given it.
type records struct {
	mutex sync.Mutex
	all   []record
	// What a plugin wrote to its stderr, byte for byte.
	stderr lockedBuffer
}

// logger makes a logger for a host, every record of which is kept.
func (r *records) logger() hclog.Logger {
	logger := hclog.NewInterceptLogger(&hclog.LoggerOptions{
		Name: "host", Level: hclog.Trace, Output: discard{},
	})
	logger.RegisterSink(r)
	return logger
}

// Accept keeps a record.
func (r *records) Accept(name string, level hclog.Level, message string, fields ...interface{}) {
	kept := record{logger: name, level: level, message: message, fields: map[string]any{}}
	for i := 0; i+1 < len(fields); i += 2 {
		kept.fields[fmt.Sprint(fields[i])] = fields[i+1]
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.all = append(r.all, kept)
}

// of returns the records of the host itself, or those that it made of its plugin's lines.
func (r *records) of(plugin bool) (found []record) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, one := range r.all {
		own := one.logger == "host" || one.logger == "host.stdio" || one.logger == "host.yamux"
		if own != plugin {
			found = append(found, one)
		}
	}
	return found
}

// find returns the first record, of host or plugin, whose message has this text in it.
func (r *records) find(text string) *record {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for i := range r.all {
		if strings.Contains(r.all[i].message, text) {
			return &r.all[i]
		}
	}
	return nil
}

func (r *records) String() string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	var text strings.Builder
	for _, one := range r.all {
		fmt.Fprintln(&text, "   ", one)
	}
	return text.String()
}

// checkLines holds that each line of the plugin's stderr became one record: at its level, with its
// message and all its fields, in order. Lines that are no records of ours have to be expected.
func (r *records) checkLines(t *T, foreign int) {
	lines := bytes.Split(bytes.TrimSuffix(r.stderr.bytes(), []byte{'\n'}), []byte{'\n'})
	if len(lines) == 1 && len(lines[0]) == 0 {
		lines = nil
	}
	seen := r.of(true)
	if len(seen) != len(lines) {
		t.Errorf("the plugin logged %d lines, and the host %d records", len(lines), len(seen))
		return
	}
	var strange [][]byte
	for i, line := range lines {
		var fields map[string]any
		if json.Unmarshal(line, &fields) != nil || fields["@message"] == nil {
			strange = append(strange, line)
			continue
		}
		checkRecord(t, seen[i], fields)
	}
	if len(strange) > foreign {
		t.Errorf("%d lines of the plugin's stderr are no records, such as %.200q", len(strange), strange[0])
	}
}

// hclogTime is what the host requires of a timestamp: six digits, or the line is shown raw.
const hclogTime = "2006-01-02T15:04:05.000000Z07:00"

func checkRecord(t *T, seen record, fields map[string]any) {
	equal(t, "message", any(seen.message), fields["@message"])
	equal(t, "level of "+seen.message, any(seen.level.String()), fields["@level"])
	stamp, err := time.Parse(hclogTime, fmt.Sprint(fields["@timestamp"]))
	if err != nil {
		t.Errorf("the time of %q: %v", seen.message, err)
	}
	equal(t, "time of "+seen.message, seen.fields["timestamp"], any(stamp.Format(hclog.TimeFormat)))
	if _, taken := fields["timestamp"]; taken {
		t.Errorf("%q has a field `timestamp`, which is the host's", seen.message)
	}
	for name, value := range fields {
		if strings.HasPrefix(name, "@") && name != "@module" && name != "@caller" {
			continue
		}
		expected, _ := json.Marshal(value)
		got, _ := json.Marshal(seen.fields[name])
		if !bytes.Equal(expected, got) {
			t.Errorf("the field %s of %q: the plugin wrote %s, and the host has %s", name, seen.message, expected, got)
		}
	}
}

// discard is an io.Writer that hclog does not know, so that it does not switch itself off.
type discard struct{}

func (discard) Write(data []byte) (int, error) { return len(data), nil }

// lockedBuffer is a buffer for one who writes and one who reads.
type lockedBuffer struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(data []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.Write(data)
}

func (b *lockedBuffer) bytes() []byte {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return bytes.Clone(b.buffer.Bytes())
}
