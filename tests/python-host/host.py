"""Launches a binary as a go-plugin host does, and ends it."""

import contextlib
import os
import pathlib
import subprocess
import tempfile
import threading

import grpc

# How long anything may take that is expected to happen. Only a failing case waits that long.
PATIENCE = 30

# Where the binaries are; set at start.
BINARIES = pathlib.Path()

COOKIE = ("MATTERMOST_PLUGIN", "Securely message teams, anywhere.")

# Messages of any size, as hosts in Go have it.
OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]

# gRPC's C core makes `:authority` of the path of a unix socket, and that is no valid one.
AUTHORITY = ("grpc.default_authority", "localhost")


def environment(**settings):
    """What a host gives, without what this process has of the same kind."""
    ours = ("PLUGIN_", "MATTERMOST_", "HOOKWRIGHT_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return inherited | {COOKIE[0]: COOKIE[1], "PLUGIN_PROTOCOL_VERSIONS": "1"} | settings


class Plugin:
    """A process that has said where it listens."""

    def __init__(self, program, arguments=(), **settings):
        self.process = subprocess.Popen(
            [BINARIES / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(**settings),
        )
        self._lines = []
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read_stderr, daemon=True)
        self._reader.start()
        # Should it say nothing and not end either, it is ended.
        impatience = threading.Timer(PATIENCE, self.process.kill)
        impatience.start()
        self.line = self.process.stdout.readline().decode()
        impatience.cancel()
        if not self.line.endswith("\n"):
            self.kill()
            raise AssertionError(f"no handshake but {self.line!r}; on stderr: {self.stderr()}")
        self.fields = self.line.rstrip("\n").split("|")

    def _read_stderr(self):
        for line in self.process.stderr:
            with self._more:
                self._lines.append(line.decode())
                self._more.notify_all()

    def stderr(self):
        """All that it has written there so far."""
        with self._more:
            return "".join(self._lines)

    def logged(self, *texts):
        """Waits for a line on stderr that holds all of these texts, and returns it."""

        def find():
            return next((line for line in self._lines if all(text in line for text in texts)), None)

        with self._more:
            if not self._more.wait_for(find, timeout=PATIENCE):
                raise AssertionError(f"nothing on stderr with {texts}: {''.join(self._lines)}")
            return find()

    @property
    def target(self):
        """Where it listens, as gRPC writes it."""
        network, address = self.fields[2:4]
        return f"unix:{address}" if network == "unix" else address

    def channel(self, *options, credentials=None):
        """A new channel to it."""
        options = [*OPTIONS, AUTHORITY, *options]
        if credentials:
            return grpc.secure_channel(self.target, credentials, options)
        return grpc.insecure_channel(self.target, options)

    def ended(self):
        """Waits until it has ended, and returns its exit code."""
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def kill(self):
        """Ends it, if it has not."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self._reader.join(PATIENCE)
        self.process.stderr.close()


@contextlib.contextmanager
def plugin(program="fixture-http", **settings):
    """A plugin process and a channel to it; both gone afterwards, whatever happens."""
    process = Plugin(program, **settings)
    try:
        with process.channel() as channel:
            yield process, channel
    finally:
        process.kill()


@contextlib.contextmanager
def socket_folder():
    """A folder for unix sockets, with a short path; it has to be empty in the end."""
    with tempfile.TemporaryDirectory(prefix="hw", dir="/tmp") as folder:
        yield folder
        left = os.listdir(folder)
        if left:
            raise AssertionError(f"left behind: {left}")
