"""Messages as large as the contract allows, and larger."""

import grpc

import host
import schema
from case import case, equal, holds, status

HOOKS = f"{schema.MATTERMOST}.PluginHooks"
LARGEST = 64 * 1024 * 1024


def request_of(size):
    """A request of exactly this size, encoded."""
    request = schema.message("MessageWillBeUpdatedRequest", newPost={"message": "rewrite "})
    # The lengths of the post and of its text are written with one byte each now, and four then.
    request.new_post.message += "x" * (size - request.ByteSize() - 6)
    equal(request.ByteSize(), size)
    return request


def update(channel):
    """The hook, taking a whole request."""
    return channel.unary_unary(
        f"/{HOOKS}/MessageWillBeUpdated",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=schema.message("MessageWillBeUpdatedResponse").FromString,
    )


@case
def messages_of_64_mib_both_ways():
    with host.plugin() as (_, channel):
        # The reply is the request's post with some words more, and less the request's own frame.
        request = request_of(LARGEST - 100)
        reply = update(channel)(request, timeout=host.PATIENCE)
        equal(reply.modified_post.message == f"{request.new_post.message} by trouble", True)
        # To the byte: it is decoded and handled, and only the reply has no room.
        call = lambda: update(channel)(request_of(LARGEST), timeout=host.PATIENCE)
        holds(status(grpc.StatusCode.RESOURCE_EXHAUSTED, call), "the reply has")


@case
def a_request_that_is_too_large():
    with host.plugin() as (_, channel):
        call = lambda: update(channel)(request_of(LARGEST + 1), timeout=host.PATIENCE)
        holds(status(grpc.StatusCode.RESOURCE_EXHAUSTED, call), "the request has")
        assert schema.Service(channel, HOOKS).Implemented().hooks


@case
def a_reply_that_is_too_large():
    with host.plugin() as (_, channel):
        hooks = schema.Service(channel, HOOKS)
        call = lambda: hooks.MessageWillBePosted({"post": {"message": "large"}})
        holds(status(grpc.StatusCode.RESOURCE_EXHAUSTED, call), "MessageWillBePosted")
        assert hooks.Implemented().hooks
