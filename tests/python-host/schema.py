"""Messages and methods made at run time of the descriptors that the binary prints.

Nothing is generated from `.proto` files, so what is tried here is what the binary says of itself.
"""

import functools
import subprocess

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

import host

MATTERMOST = "mattermost.pluginapi.v1"


@functools.cache
def printed():
    """The pool of what `hookwright proto` prints."""
    result = subprocess.run(
        [host.BINARIES / "hookwright", "proto"], stdout=subprocess.PIPE, check=True, timeout=host.PATIENCE
    )
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(result.stdout).file:
        pool.Add(file)
    return pool


class Service:
    """The methods of one service over a channel, by their names: `service.OnActivate(timeout=3)`."""

    def __init__(self, channel, name, pool=None):
        self.channel = channel
        self.descriptor = (pool or printed()).FindServiceByName(name)

    def __getattr__(self, name):
        method = self.descriptor.methods_by_name[name]
        kinds = {
            (False, False): self.channel.unary_unary,
            (False, True): self.channel.unary_stream,
            (True, True): self.channel.stream_stream,
        }
        call = kinds[method.client_streaming, method.server_streaming](
            f"/{self.descriptor.full_name}/{name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=message_factory.GetMessageClass(method.output_type).FromString,
        )
        if method.client_streaming:
            return lambda requests, timeout=host.PATIENCE: call(requests, timeout=timeout)
        request = message_factory.GetMessageClass(method.input_type)

        def unary(fields=None, timeout=host.PATIENCE, start=False):
            message = json_format.ParseDict(fields or {}, request())
            return (call.future if start else call)(message, timeout=timeout)

        return unary


def message(name, **fields):
    """A message of Mattermost's package."""
    kind = message_factory.GetMessageClass(printed().FindMessageTypeByName(f"{MATTERMOST}.{name}"))
    return json_format.ParseDict(fields, kind())
