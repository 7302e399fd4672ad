"""The first line, over both networks, and who is turned away."""

import subprocess

import grpc

import host
import schema
from case import case, equal, holds, status

HOOKS = f"{schema.MATTERMOST}.PluginHooks"


@case
def handshake_over_tcp():
    with host.plugin(PLUGIN_MIN_PORT="10000", PLUGIN_MAX_PORT="25000") as (plugin, channel):
        equal(plugin.fields[:3], ["1", "1", "tcp"])
        address, port = plugin.fields[3].split(":")
        equal(address, "127.0.0.1")
        assert 10000 <= int(port) <= 25000, port
        # No certificate was asked for: its field is there, and empty.
        equal(plugin.fields[4:], ["grpc", ""])
        assert schema.Service(channel, HOOKS).Implemented().hooks


@case
def handshake_over_a_unix_socket():
    with host.socket_folder() as folder:
        with host.plugin(PLUGIN_UNIX_SOCKET_DIR=folder) as (plugin, channel):
            equal(plugin.fields[:3], ["1", "1", "unix"])
            equal(plugin.fields[3].rsplit("/", 1)[0], folder)
            assert schema.Service(channel, HOOKS).Implemented().hooks
            schema.Service(channel, "plugin.GRPCController").Shutdown()
            equal(plugin.ended(), 0)


@case
def unix_socket_without_an_authority():
    """Why the option grpc.default_authority is needed, as docs/settings.md says."""
    with host.socket_folder() as folder:
        with host.plugin(PLUGIN_UNIX_SOCKET_DIR=folder) as (plugin, channel):
            with grpc.insecure_channel(plugin.target) as careless:
                try:
                    schema.Service(careless, HOOKS).Implemented()
                except grpc.RpcError as error:
                    assert error.code() in (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAVAILABLE), error
                else:
                    raise AssertionError("it works without the option: the page is out of date")
            # The process does not mind.
            schema.Service(channel, "plugin.GRPCController").Shutdown()
            equal(plugin.ended(), 0)


@case
def without_the_cookie_it_does_not_serve():
    for cookie in (None, "wrong"):
        environment = host.environment()
        environment.pop(host.COOKIE[0])
        if cookie:
            environment[host.COOKIE[0]] = cookie
        result = subprocess.run(
            [host.BINARIES / "hookwright"], capture_output=True, env=environment, timeout=host.PATIENCE
        )
        equal((result.returncode, result.stdout), (1, b""), f"cookie {cookie}")
        holds(result.stderr.decode(), "plugin")


@case
def two_channels_at_a_time():
    with host.plugin() as (plugin, channel):
        with plugin.channel(("grpc.use_local_subchannel_pool", 1)) as other:
            first, second = (schema.Service(one, HOOKS).Implemented().hooks for one in (channel, other))
            equal(list(first), list(second))


@case
def nothing_else_is_served():
    with host.plugin() as (_, channel):
        call = channel.unary_unary("/mattermost.pluginapi.v1.PluginAPI/GetServerVersion")
        status(grpc.StatusCode.UNIMPLEMENTED, lambda: call(b"", timeout=host.PATIENCE))
        call = channel.unary_unary(f"/{HOOKS}/OnNothing")
        status(grpc.StatusCode.UNIMPLEMENTED, lambda: call(b"", timeout=host.PATIENCE))
