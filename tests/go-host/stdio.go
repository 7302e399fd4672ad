package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"time"
)

// stdioCases are about what a plugin prints after the handshake.
var stdioCases = []testCase{
	{"stdio_what_is_printed_comes_byte_for_byte_on_its_channel", byteForByte},
	{"stdio_what_programs_of_the_plugin_print_comes_too", byPrograms},
	{"stdio_what_is_printed_just_before_the_end_comes", lastWords},
	{"stdio_lines_of_any_length_do_not_block_the_plugin", longLines},
	{"stdio_a_host_that_does_not_read_blocks_no_handler", unread},
	{"stdio_a_grandchild_does_not_hold_up_the_end", grandchild},
	{"stdio_programs_inherit_neither_the_hosts_pipes_nor_its_variables", inheritance},
}

// tell tells the talkative fixture to do something.
func (p *Plugin) tell(what string, data []byte) {
	p.answers("OnPluginClusterEvent", fmt.Sprintf(`{"event": {"id": %q, "data": %q}}`, what,
		base64.StdEncoding.EncodeToString(data)), `{}`)
	if said := p.log.find("nothing called"); said != nil {
		p.t.Fatalf("%v", said)
	}
}

// prints holds what came on a channel, in the end.
func (p *Plugin) prints(what string, came *lockedBuffer, expected []byte) {
	p.t.eventually(10*time.Second, func() string {
		if got := came.bytes(); !bytes.Equal(got, expected) {
			return fmt.Sprintf("%s: expected %d bytes %.60q, got %d bytes %.60q", what, len(expected), expected, len(got), got)
		}
		return ""
	})
}

// someBytes are the same in each run.
func someBytes(many int) []byte {
	random := rand.NewChaCha8([32]byte{1})
	some := make([]byte, many)
	_, _ = random.Read(some)
	return some
}

func byteForByte(t *T) {
	p := t.launch("fixture-talk")
	var out, err []byte
	for _, piece := range [][]byte{
		[]byte("no end of line"), []byte("\n"), []byte("\r\n\x00\xff\xfe|1|1|tcp|"), someBytes(100_000), []byte("ünï\n\n"),
	} {
		p.tell("stdout", piece)
		out = append(out, piece...)
		p.tell("stderr", piece)
		err = append(err, piece...)
	}
	p.prints("stdout", &p.out, out)
	p.prints("stderr", &p.err, err)
	p.kill()
	p.endedWith0()
	p.prints("stdout", &p.out, out)
}

func byPrograms(t *T) {
	p := t.launch("fixture-talk")
	p.tell("program", []byte(`printf 'to stdout\n'; printf 'to stderr' >&2`))
	p.prints("stdout", &p.out, []byte("to stdout\n"))
	p.prints("stderr", &p.err, []byte("to stderr"))
	p.kill()
	p.endedWith0()
}

func lastWords(t *T) {
	for range 30 {
		p := t.launch("fixture-talk")
		p.answers("OnDeactivate", `{}`, `{}`)
		p.kill()
		equal(t, "stdout", string(p.out.bytes()), "last words, without an end of line")
	}
}

func longLines(t *T) {
	p := t.launch("fixture-talk")
	// More than the host's own reader of stdout would take in one line, and more than a pipe holds.
	line := append(bytes.Repeat([]byte("x"), 300_000), '\n')
	p.tell("stdout", line)
	p.tell("stderr", line)
	p.prints("stdout", &p.out, line)
	p.prints("stderr", &p.err, line)
	p.kill()
	p.endedWith0()
}

func unread(t *T) {
	// Reattached later or never: nobody reads the stream of a host that has only launched it.
	p := t.prepare("fixture-talk")
	_, err := p.client.Start()
	t.ok(err, "launching")
	other := t.connectTo(p.client.ReattachConfig().Addr)
	for range 8 {
		if err := other.tell("stdout", someBytes(mebibyte)); err != nil {
			t.Errorf("printing: %v", err)
		}
	}
	p.kill()
	p.endedWith0()
}

func grandchild(t *T) {
	p := t.launch("fixture-talk")
	p.tell("grandchild", []byte(`exec <&-; echo started; exec sleep 60`))
	p.prints("stdout", &p.out, []byte("started\n"))
	if took := p.kill(); took > 1500*time.Millisecond {
		t.Errorf("kill took %v", took)
	}
	p.endedWith0()
	// It is the test's own to end.
	for pid, what := range marked(markName + "=" + t.dir) {
		if strings.Contains(what, "sleep 60") {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

func inheritance(t *T) {
	p := t.launch("fixture-talk", with("PLUGIN_MULTIPLEX_GRPC=false"))
	p.tell("program", []byte(`env; ls -l /proc/self/fd`))
	t.eventually(10*time.Second, func() string {
		if !strings.Contains(string(p.out.bytes()), " 0 -> ") {
			return "there is no list of descriptors"
		}
		return ""
	})
	printed := string(p.out.bytes())
	for _, variable := range []string{"PLUGIN_MIN_PORT", "PLUGIN_PROTOCOL_VERSIONS", "PLUGIN_MULTIPLEX_GRPC", "MATTERMOST_PLUGIN="} {
		if strings.Contains(printed, "\n"+variable) {
			t.Errorf("the program has the variable %s", variable)
		}
	}
	own := hostPipes()
	for line := range strings.Lines(printed) {
		if _, link, found := strings.Cut(strings.TrimSpace(line), " -> "); found && own[link] {
			t.Errorf("the program has the host's %s", strings.TrimSpace(line))
		}
	}
	p.kill()
	p.endedWith0()
}

// inheritedPipes are those that this process was started with, and that all of its children have.
var inheritedPipes map[string]bool

func init() { inheritedPipes = hostPipes() }

// hostPipes are the pipes that this process, the host, has made.
func hostPipes() map[string]bool {
	found := map[string]bool{}
	entries, _ := os.ReadDir("/proc/self/fd")
	for _, entry := range entries {
		link, err := os.Readlink("/proc/self/fd/" + entry.Name())
		if err == nil && strings.HasPrefix(link, "pipe:") && !inheritedPipes[link] {
			found[link] = true
		}
	}
	return found
}
