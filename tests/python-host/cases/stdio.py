"""What a plugin prints, as the host reads it."""

import host
import schema
from case import case, equal

STDOUT, STDERR = 1, 2


@case
def what_a_plugin_prints_arrives_byte_for_byte():
    size = 200_000
    with host.plugin() as (plugin, channel):
        hooks = schema.Service(channel, f"{schema.MATTERMOST}.PluginHooks")
        stream = schema.Service(channel, "plugin.GRPCStdio").StreamStdio()
        hooks.MessageHasBeenPosted({"post": {"message": f"print bytes: {size}"}})
        hooks.MessageHasBeenPosted({"post": {"message": "complain: no newline"}})
        schema.Service(channel, "plugin.GRPCController").Shutdown()
        printed = {STDOUT: b"", STDERR: b""}
        for data in stream:
            printed[data.channel] += data.data
        equal(printed[STDOUT] == bytes(place % 251 for place in range(size)), True, "all bytes")
        equal(printed[STDERR], b"no newline")
        equal(plugin.ended(), 0)
        equal(plugin.process.stdout.read(), b"", "the real stdout")
