"""What a caller is told when something fails, and that the others do not notice."""

import grpc

import host
import schema
from case import case, equal, holds, status

HOOKS = f"{schema.MATTERMOST}.PluginHooks"


def alive(hooks):
    reply = hooks.MessageWillBePosted({"post": {"message": "rewrite"}})
    equal(reply.modified_post.message, "rewrite by trouble and second")


@case
def an_error_in_the_reply():
    with host.plugin() as (_, channel):
        hooks = schema.Service(channel, HOOKS)
        error = hooks.ExecuteCommand({"args": {"command": "app error"}}).error
        equal((error.id, error.message, error.status_code), ("example.too_many", "Too many words.", 429))
        equal(error.where, "count_words")
        equal(dict(error.params), {"Most": 3.0, "Of": "words"})


@case
def an_error_as_a_status():
    expected = {
        "invalid": grpc.StatusCode.INVALID_ARGUMENT,
        "denied": grpc.StatusCode.PERMISSION_DENIED,
        "missing": grpc.StatusCode.NOT_FOUND,
        "unimplemented": grpc.StatusCode.UNIMPLEMENTED,
        "error": grpc.StatusCode.INTERNAL,
        "panic": grpc.StatusCode.INTERNAL,
    }
    with host.plugin() as (_, channel):
        hooks = schema.Service(channel, HOOKS)
        for what, code in expected.items():
            text = status(code, lambda: hooks.UserHasBeenCreated({"user": {"username": what}}))
            holds(text, "UserHasBeenCreated: ")
        alive(hooks)


@case
def no_path_of_the_machine_leaves_the_process():
    with host.plugin() as (_, channel):
        hooks = schema.Service(channel, HOOKS)
        call = lambda: hooks.UserHasBeenCreated({"user": {"username": "path"}})
        text = status(grpc.StatusCode.INTERNAL, call)
        holds(text, "cannot open [path]")


@case
def a_panic_is_told_and_logged_at_error():
    with host.plugin() as (plugin, channel):
        hooks = schema.Service(channel, HOOKS)
        error = hooks.ExecuteCommand({"args": {"command": "panic"}}).error
        equal(error.status_code, 500)
        holds(plugin.logged("the handler's own words"), '"@level":"error"')
        alive(hooks)


@case
def the_callers_deadline_ends_the_handler():
    with host.plugin(HOOKWRIGHT_DEADLINE_MARGIN="0s") as (plugin, channel):
        hooks = schema.Service(channel, HOOKS)
        update = {"newPost": {"message": "wait for ever"}}
        status(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: hooks.MessageWillBeUpdated(update, timeout=0.3))
        plugin.logged("dropped while it waited")
        alive(hooks)


@case
def the_callers_deadline_less_the_margin_is_answered_in_time():
    with host.plugin(HOOKWRIGHT_DEADLINE_MARGIN="2s") as (_, channel):
        hooks = schema.Service(channel, HOOKS)
        # Its own status, with its own words, is there before the client gives up.
        update = {"newPost": {"message": "wait for ever"}}
        text = status(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: hooks.MessageWillBeUpdated(update, timeout=4))
        holds(text, "MessageWillBeUpdated")


@case
def a_cancelled_call_ends_its_handler():
    with host.plugin() as (plugin, channel):
        hooks = schema.Service(channel, HOOKS)
        call = hooks.MessageWillBeUpdated({"newPost": {"message": "wait for ever"}}, start=True)
        plugin.logged("begins to wait")
        call.cancel()
        plugin.logged("dropped while it waited")
        alive(hooks)


@case
def bytes_that_are_no_message():
    with host.plugin() as (_, channel):
        call = channel.unary_unary(f"/{HOOKS}/MessageWillBePosted")
        text = status(grpc.StatusCode.INVALID_ARGUMENT, lambda: call(b"\xff\xff\xff", timeout=host.PATIENCE))
        holds(text, "MessageWillBePosted")
        alive(schema.Service(channel, HOOKS))


@case
def a_compressed_request():
    with host.plugin() as (_, channel):
        call = channel.unary_unary(f"/{HOOKS}/Implemented")
        gzip = lambda: call(b"", timeout=host.PATIENCE, compression=grpc.Compression.Gzip)
        # Not spoken, said as the protocol has it, and no harm done.
        holds(status(grpc.StatusCode.UNIMPLEMENTED, gzip), "gzip")
        alive(schema.Service(channel, HOOKS))
