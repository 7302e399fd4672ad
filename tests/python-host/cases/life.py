"""The end of the process."""

import signal

import grpc

import host
import schema
from case import case, equal, status

HOOKS = f"{schema.MATTERMOST}.PluginHooks"
CONTROLLER = "plugin.GRPCController"


@case
def shutdown_by_the_controller():
    with host.plugin() as (plugin, channel):
        schema.Service(channel, CONTROLLER).Shutdown()
        equal(plugin.ended(), 0)
        hooks = schema.Service(channel, HOOKS)
        status(grpc.StatusCode.UNAVAILABLE, lambda: hooks.Implemented())
        # The handshake is all that was ever on stdout.
        equal(plugin.process.stdout.read(), b"")


@case
def shutdown_waits_for_the_calls_under_way():
    with host.plugin() as (plugin, channel):
        hooks = schema.Service(channel, HOOKS)
        call = hooks.MessageWillBeUpdated({"newPost": {"message": "wait a while"}}, start=True)
        plugin.logged("begins to wait")
        schema.Service(channel, CONTROLLER).Shutdown()
        assert call.done(), "the reply to Shutdown came before that of the call"
        equal(call.result().rejection_reason, "")
        equal(plugin.ended(), 0)


@case
def calls_are_refused_while_it_stops():
    with host.plugin(HOOKWRIGHT_DRAIN_TIMEOUT="10min") as (plugin, channel):
        hooks = schema.Service(channel, HOOKS)
        call = hooks.MessageWillBeUpdated({"newPost": {"message": "wait for ever"}}, start=True)
        plugin.logged("begins to wait")
        plugin.process.send_signal(signal.SIGTERM)
        plugin.logged('"stopping"')
        status(grpc.StatusCode.UNAVAILABLE, lambda: hooks.MessageWillBePosted({"post": {"message": "late"}}))
        call.cancel()
        equal(plugin.ended(), 0)


@case
def a_terminal_does_not_interrupt_it():
    with host.plugin() as (plugin, channel):
        hooks = schema.Service(channel, HOOKS)
        plugin.process.send_signal(signal.SIGINT)
        assert hooks.Implemented().hooks
        schema.Service(channel, CONTROLLER).Shutdown()
        equal(plugin.ended(), 0)


@case
def a_host_may_come_back():
    with host.plugin() as (plugin, channel):
        schema.Service(channel, HOOKS).Implemented()
        channel.close()
        with plugin.channel() as again:
            assert schema.Service(again, HOOKS).Implemented().hooks
