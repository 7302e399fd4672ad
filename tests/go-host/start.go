package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/hashicorp/go-plugin"
)

// startCases are about what keeps a plugin from starting: each fault is told, and the exit code is
// not 0.
var startCases = []testCase{
	{"start_without_a_cookie_it_gives_advice_and_ends_with_1", noCookie},
	{"start_a_wrong_cookie_is_refused_by_the_real_host_too", wrongCookie},
	{"start_a_setting_that_cannot_be_used_is_named_and_ends_with_2", wrongSetting},
	{"start_ports_that_make_no_range_are_refused", wrongPorts},
	{"start_a_multiplexing_that_is_no_boolean_is_refused", wrongMultiplex},
	{"start_a_certificate_that_is_none_is_refused", wrongCertificate},
	{"start_an_unknown_group_is_refused", unknownGroup},
	{"start_a_socket_path_of_200_bytes_is_refused", longPath},
	{"start_a_wrong_checksum_is_not_launched", wrongChecksum},
}

// byHand runs a binary as a shell would, and returns what it printed and its exit code.
func (t *T) byHand(program string, variables ...string) (stdout, stderr string, code int) {
	var out, errors bytes.Buffer
	cmd := exec.Command(t.program(program))
	cmd.Env = append(os.Environ(), variables...)
	cmd.Stdout, cmd.Stderr = &out, &errors
	t.ok(cmd.Start(), "running "+program)
	alarm := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait()
	alarm.Stop()
	return out.String(), errors.String(), cmd.ProcessState.ExitCode()
}

const cookieAdvice = "This binary is a plugin. These are not meant to be executed directly."

func noCookie(t *T) {
	for _, program := range []string{"hookwright", "fixture"} {
		for _, cookie := range []string{"", "MATTERMOST_PLUGIN=", "MATTERMOST_PLUGIN=hello", "BASIC_PLUGIN=hello"} {
			stdout, stderr, code := t.byHand(program, cookie)
			equal(t, "exit code with "+cookie, code, 1)
			equal(t, "stdout with "+cookie, stdout, "")
			if !strings.HasPrefix(stderr, cookieAdvice) {
				t.Errorf("stderr with %s: %q", cookie, stderr)
			}
		}
	}
}

// failsToStart launches a plugin that does not start, and returns what the host says.
func (p *Plugin) failsToStart() error {
	err := p.connect()
	if err == nil {
		p.t.Fatalf("it started")
	}
	return err
}

// endedWith holds the exit code, as the host has logged it.
func (p *Plugin) endedWith(status string) {
	p.expected = append(p.expected, "plugin process exited")
	p.waitFor("plugin process exited")
	if ended := p.log.find("plugin process exited"); ended != nil {
		equal(p.t, "how it ended", ended.fields["error"], any(status))
	}
}

// complained holds that the plugin told the host why, in a record at ERROR.
func (p *Plugin) complained(about ...string) {
	p.waitFor(about[0])
	said := p.log.find(about[0])
	if said == nil {
		return
	}
	equal(p.t, "level of "+said.message, said.level, errorLevel)
	for _, text := range about {
		if !strings.Contains(said.message, text) {
			p.t.Errorf("%q does not say %q", said.message, text)
		}
	}
}

func wrongCookie(t *T) {
	p := t.prepare("fixture", func(config *plugin.ClientConfig) {
		config.MagicCookieValue = "Securely message teams, somewhere."
	})
	// The advice is plain text.
	p.foreign = 4
	err := p.failsToStart()
	p.endedWith("exit status 1")
	if text := err.Error(); !strings.Contains(text, "Failed to read any lines from plugin's stdout") &&
		!strings.Contains(text, "plugin exited before we could connect") {
		t.Errorf("the host said %v", err)
	}
	if p.log.find(cookieAdvice) == nil {
		t.Errorf("the host does not have the advice")
	}
}

func wrongSetting(t *T) {
	for variable, value := range map[string]string{
		"HOOKWRIGHT_LISTEN":              "udp",
		"MATTERMOST_PLUGIN_HOOK_TIMEOUT": "soon",
		"MATTERMOST_PLUGIN_LOG_LEVEL":    "loud",
	} {
		p := t.prepare("fixture", with(variable+"="+value))
		p.failsToStart()
		p.endedWith("exit status 2")
		p.complained(variable, value)
	}
}

func wrongPorts(t *T) {
	p := t.prepare("fixture", func(config *plugin.ClientConfig) {
		config.MinPort, config.MaxPort = 25000, 10000
	})
	p.failsToStart()
	p.endedWith("exit status 2")
	p.complained("PLUGIN_MIN_PORT", "25000", "10000")
}

func wrongMultiplex(t *T) {
	p := t.prepare("fixture", with("PLUGIN_MULTIPLEX_GRPC=perhaps"))
	p.failsToStart()
	p.endedWith("exit status 2")
	p.complained("PLUGIN_MULTIPLEX_GRPC", "perhaps")
}

func wrongCertificate(t *T) {
	for _, certificate := range []string{
		"not a certificate",
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"-----BEGIN CERTIFICATE-----\n",
	} {
		p := t.prepare("fixture", with("PLUGIN_CLIENT_CERT="+certificate))
		p.failsToStart()
		p.endedWith("exit status 2")
		p.complained("PLUGIN_CLIENT_CERT")
	}
}

func unknownGroup(t *T) {
	p := t.prepare("fixture", with("HOOKWRIGHT_LISTEN=unix"), func(config *plugin.ClientConfig) {
		config.UnixSocketConfig = &plugin.UnixSocketConfig{Group: "no-such-group"}
	})
	p.failsToStart()
	p.endedWith("exit status 3")
	p.complained("no-such-group")
}

func longPath(t *T) {
	long := t.dir + "/" + strings.Repeat("d", 200-len(t.dir))
	t.ok(os.Mkdir(long, 0o700), "the folder")
	var printed lockedBuffer
	p := t.prepare("fixture", func(config *plugin.ClientConfig) {
		config.UnixSocketConfig = &plugin.UnixSocketConfig{TempDir: long}
	}, byRunner(&printed, nil))
	p.failsToStart()
	p.endedWith("exit status 3")
	p.complained("the path of the unix socket has")
	equal(t, "stdout", string(printed.bytes()), "")
	p.end()
	t.ok(os.RemoveAll(long), "removing the folder")
}

func wrongChecksum(t *T) {
	p := t.prepare("fixture", func(config *plugin.ClientConfig) {
		config.SecureConfig = &plugin.SecureConfig{Checksum: make([]byte, 32), Hash: sha256.New()}
	})
	if err := p.failsToStart(); !errors.Is(err, plugin.ErrChecksumsDoNotMatch) {
		t.Errorf("the host said %v", err)
	}
	equal(t, "process id", p.pid, 0)
}
