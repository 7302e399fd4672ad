"""A hook of each class, with messages made of the descriptors."""

import asyncio
import concurrent.futures
import json
import tempfile

import grpc

import host
import schema
from case import case, equal, holds

HOOKS = f"{schema.MATTERMOST}.PluginHooks"


def post(message):
    return {"post": {"id": "post1", "message": message}}


@case
def implemented_hooks():
    with host.plugin() as (_, channel):
        reply = schema.Service(channel, HOOKS).Implemented()
        names = list(reply.hooks)
        equal(names, sorted(set(names)))
        for name in ("OnActivate", "MessageWillBePosted", "ServeHTTP", "RunDataRetention"):
            assert name in names, name
        assert "Implemented" not in names


@case
def lifecycle_hook():
    with host.plugin() as (plugin, channel):
        hooks = schema.Service(channel, HOOKS)
        equal(hooks.OnActivate().HasField("error"), False)
        equal(hooks.OnConfigurationChange().HasField("error"), False)
        equal(hooks.OnDeactivate().HasField("error"), False)
        plugin.logged("second was deactivated")


@case
def filter_hook():
    with host.plugin() as (_, channel):
        hooks = schema.Service(channel, HOOKS)
        reply = hooks.MessageWillBePosted(post("hello"))
        equal((reply.HasField("modified_post"), reply.rejection_reason), (False, ""))
        reply = hooks.MessageWillBePosted(post("rewrite"))
        equal(reply.modified_post.id, "post1")
        equal(reply.modified_post.message, "rewrite by trouble and second")
        reply = hooks.MessageWillBePosted(post("reject"))
        equal(reply.rejection_reason, "Please mind your language.")
        reply = hooks.MessageWillBePosted(post("dismiss"))
        equal(reply.rejection_reason, "plugin.message_will_be_posted.dismiss_post")
        reply = hooks.MessageWillBeUpdated({"newPost": {"message": "rewrite"}, "oldPost": {"message": "x"}})
        equal(reply.modified_post.message, "rewrite by trouble")


@case
def gate_hook():
    with host.plugin() as (_, channel):
        hooks = schema.Service(channel, HOOKS)
        equal(hooks.UserWillLogIn({"user": {"username": "ada"}}).rejection_reason, "")
        equal(hooks.UserWillLogIn({"user": {"username": "reject"}}).rejection_reason, "not today")


@case
def notify_hook():
    with host.plugin() as (plugin, channel):
        reply = schema.Service(channel, HOOKS).ReactionHasBeenAdded({"reaction": {"emojiName": "+1"}})
        equal(reply.ListFields(), [])
        record = json.loads(plugin.logged('"reacted"'))
        equal((record["@level"], record["emoji"], record["hook"]), ("info", "+1", "ReactionHasBeenAdded"))


@case
def value_hook():
    with host.plugin() as (_, channel):
        hooks = schema.Service(channel, HOOKS)
        args = {"args": {"command": "caller"}, "pluginContext": {"requestId": "r1"}}
        equal(hooks.ExecuteCommand(args).response.text, "r1")
        # The first plugin has no answer, so the second one is asked.
        equal(hooks.ExecuteCommand({"args": {"command": "decline"}}).response.text, "answered by the second")
        equal(hooks.ExecuteCommand({"args": {"command": "everyone declines"}}).HasField("response"), False)


@case
def gather_hook():
    with host.plugin() as (_, channel):
        hooks = schema.Service(channel, HOOKS)
        equal(hooks.RunDataRetention({"nowTime": 1, "batchSize": 41}).deleted_count, 42)
        equal(hooks.OnSharedChannelsPing({"remoteCluster": {"name": "alive"}}).healthy, True)
        equal(hooks.OnSharedChannelsPing({"remoteCluster": {"name": "dead"}}).healthy, False)


@case
def a_hook_that_nobody_handles():
    with host.plugin() as (_, channel):
        reply = schema.Service(channel, HOOKS).ChannelHasBeenCreated({"channel": {"id": "c"}})
        equal(reply.ListFields(), [])


@case
def text_of_every_kind_comes_back_as_it_was():
    texts = ["\0", "\u200d\u202e", "👩‍👩‍👧‍👦", "שלום", "a" * 70_000, "\U0010ffff", "\r\n\t", "|"]
    with host.plugin() as (_, channel):
        hooks = schema.Service(channel, HOOKS)
        for text in texts:
            reply = hooks.MessageWillBeUpdated({"newPost": {"message": f"rewrite {text}"}})
            equal(reply.modified_post.message, f"rewrite {text} by trouble")


@case
def many_calls_at_a_time_over_one_channel():
    with host.plugin() as (_, channel):
        hooks = schema.Service(channel, HOOKS)

        def ask(number):
            return hooks.MessageWillBePosted(post(f"rewrite {number}")).modified_post.message

        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            replies = list(pool.map(ask, range(1000)))
        equal(replies, [f"rewrite {number} by trouble and second" for number in range(1000)])


@case
def asyncio_client():
    async def ask(target):
        async with grpc.aio.insecure_channel(target, [*host.OPTIONS, host.AUTHORITY]) as channel:
            hooks = schema.Service(channel, HOOKS)
            calls = [hooks.MessageWillBePosted(post(f"rewrite {number}")) for number in range(100)]
            return [reply.modified_post.message for reply in await asyncio.gather(*calls)]

    with host.plugin() as (plugin, _):
        replies = asyncio.run(ask(plugin.target))
        equal(replies[99], "rewrite 99 by trouble and second")
        equal(len(set(replies)), 100)


@case
def the_bundle_filters_by_its_operators_words():
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write('[plugins."com.hookwright.content-filter"]\nrejected_words = ["scammer"]\n')
        file.flush()
        with host.plugin("hookwright", HOOKWRIGHT_CONFIG=file.name) as (plugin, channel):
            hooks = schema.Service(channel, HOOKS)
            equal(hooks.OnActivate().HasField("error"), False)
            reply = hooks.MessageWillBePosted(post("What a scammer!"))
            equal(reply.rejection_reason, "Please mind your language.")
            equal(hooks.MessageWillBePosted(post("What a day!")).rejection_reason, "")
            holds(plugin.logged('"serving"'), plugin.fields[3])
