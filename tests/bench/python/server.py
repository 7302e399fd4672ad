"""A plugin server in Python, as a servicer on grpc.aio is written: `server.py async|thread`.

The handler is awaited under a time limit, or runs in `asyncio.to_thread` if it is an ordinary function.
The messages are made of the descriptors beside this file, which is what generated code does as well.
"""

import asyncio
import os
import pathlib
import sys
import threading
import time

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

HERE = pathlib.Path(__file__).parent
PACKAGE = "mattermost.pluginapi.v1"
BAD_WORD, MASK = "badword", "*******"
LIMIT = 30
# What is measured is how calls are answered, and not how they are refused.
PENDING = [(f"grpc.server.max_pending_requests{limit}", 8192) for limit in ("", "_hard_limit")]


def messages():
    """A function from the name of a message to its class."""
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString((HERE / "descriptors.bin").read_bytes()).file:
        pool.Add(file)
    return lambda name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{name}"))


MESSAGE = messages()
Posted = MESSAGE("MessageWillBePostedResponse")
Activated = MESSAGE("OnActivateResponse")


def judge(post):
    """The body of the handler: whether it has rewritten the post."""
    bad = BAD_WORD in post.message
    if bad:
        post.message = post.message.replace(BAD_WORD, MASK)
    return bad


async def judge_async(post):
    return judge(post)


def activate():
    """The body of the other handler."""


async def activate_async():
    return activate()


async def invoke(handler, *arguments):
    """Runs a handler under its time limit, where it belongs."""
    if asyncio.iscoroutinefunction(handler):
        run = handler(*arguments)
    else:
        run = asyncio.to_thread(handler, *arguments)
    return await asyncio.wait_for(run, LIMIT)


async def answered(context, handler, *arguments):
    """The same; what it raises is the status of the call."""
    try:
        return await invoke(handler, *arguments)
    except Exception as error:
        await context.abort(grpc.StatusCode.INTERNAL, str(error))


class Servicer:
    """The hooks."""

    def __init__(self, posted, activated):
        self.posted, self.activated = posted, activated

    async def MessageWillBePosted(self, request, context):
        post = request.post
        changed = await answered(context, self.posted, post)
        return Posted(modified_post=post) if changed else Posted()

    async def OnActivate(self, request, context):
        await answered(context, self.activated)
        return Activated()


def methods(servicer):
    """The handlers of the service, by the names of its methods."""
    return {
        name: grpc.unary_unary_rpc_method_handler(
            getattr(servicer, name),
            request_deserializer=MESSAGE(f"{name}Request").FromString,
            response_serializer=lambda reply: reply.SerializeToString(),
        )
        for name in ("MessageWillBePosted", "OnActivate")
    }


def end_with(parent):
    """Ends this process when its parent has ended."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


async def serve(*handlers):
    server = grpc.aio.server(options=PENDING)
    service = f"{PACKAGE}.PluginHooks"
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(service, methods(Servicer(*handlers)))])
    if os.environ.get("HOOKWRIGHT_LISTEN") == "unix":
        address = f"{os.environ['PLUGIN_UNIX_SOCKET_DIR']}/python{os.getpid()}"
        server.add_insecure_port(f"unix:{address}")
        line = f"1|1|unix|{address}|grpc"
    else:
        line = f"1|1|tcp|127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}|grpc"
    await server.start()
    print(line, flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    if sys.argv[1] == "build-id":
        print((HERE / "build-id").read_text())
    else:
        threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
        asyncio.run(serve(*{"async": (judge_async, activate_async), "thread": (judge, activate)}[sys.argv[1]]))
