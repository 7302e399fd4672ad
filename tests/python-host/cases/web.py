"""ServeHTTP: a stream both ways."""

import queue
import zlib

import grpc

import host
import schema
from case import case, equal, holds

HOOKS = f"{schema.MATTERMOST}.PluginHooks"
CHUNK = 64 * 1024


class Upload:
    """An HTTP request whose body is sent piece by piece, when the case says so."""

    def __init__(self, channel, method, path, length=-1, headers=None):
        self._pieces = queue.SimpleQueue()
        self._send(
            init={
                "method": method,
                "url": path,
                "requestUri": path,
                "proto": "HTTP/1.1",
                "protoMajor": 1,
                "protoMinor": 1,
                "host": "chat.example.com",
                "contentLength": str(length),
                "headers": [{"key": name, "values": values} for name, values in (headers or {}).items()],
            }
        )
        self.responses = schema.Service(channel, HOOKS).ServeHTTP(iter(self._pieces.get, None))

    def _send(self, **fields):
        self._pieces.put(schema.message("ServeHTTPRequest", **fields))

    def send(self, chunk):
        message = schema.message("ServeHTTPRequest")
        message.body_chunk = chunk
        self._pieces.put(message)

    def finish(self):
        """Says that the body is complete, and no more comes."""
        self._send(bodyComplete=True)
        self._pieces.put(None)

    def rest(self):
        """The rest of the response's body; fails if its end was not said."""
        body, complete = b"", False
        for response in self.responses:
            assert not complete, "a message after the last one"
            body += response.body_chunk
            complete = response.body_complete
        assert complete, "the body was cut off"
        return body


def fetch(channel, method, path, body=b"", headers=None):
    """A whole request: the status, the headers and the body of the response."""
    upload = Upload(channel, method, path, len(body), headers)
    for start in range(0, len(body), CHUNK):
        upload.send(body[start : start + CHUNK])
    upload.finish()
    first = next(upload.responses)
    fields = {header.key.lower(): list(header.values) for header in first.init.headers}
    rest = b"" if first.body_complete else upload.rest()
    return first.init.status_code, fields, first.body_chunk + rest


@case
def http_answer():
    with host.plugin() as (_, channel):
        code, _, body = fetch(channel, "GET", "/")
        equal((code, body), (200, b"the root"))
        code, headers, body = fetch(channel, "GET", "/cookies")
        equal((code, body), (799, b"ok"))
        equal(headers["set-cookie"], ["b=2", "a=1", "c=3"])
        code, _, _ = fetch(channel, "GET", "/no/such/page")
        equal(code, 404)


@case
def http_request_arrives_whole():
    with host.plugin() as (_, channel):
        _, _, body = fetch(channel, "PUT", "/about?q=1", headers={"Accept": ["a", "b"]})
        text = body.decode()
        for part in ("PUT", "/about?q=1", 'host=Some("chat.example.com")', 'accept=["a", "b"]'):
            holds(text, part)


@case
def http_large_bodies_both_ways():
    sent = bytes(place % 251 for place in range(251)) * 40_000
    with host.plugin() as (_, channel):
        code, _, body = fetch(channel, "POST", "/echo", sent)
        equal((code, len(body), zlib.crc32(body)), (200, len(sent), zlib.crc32(sent)))
        code, _, body = fetch(channel, "POST", "/count", sent)
        equal((code, body), (200, str(len(sent)).encode()))
        code, _, body = fetch(channel, "GET", f"/bytes/{len(sent)}")
        equal(body == sent, True)


@case
def http_answers_while_the_request_goes_on():
    with host.plugin() as (_, channel):
        upload = Upload(channel, "POST", "/events")
        equal(next(upload.responses).init.status_code, 200)
        for text in (b"one", b"two", b"three"):
            upload.send(text)
            received = b""
            while not received.endswith(b"\n\n"):
                received += next(upload.responses).body_chunk
            equal(received, b"data: " + text + b"\n\n")
        upload.finish()
        equal(upload.rest(), b"")


@case
def http_early_answer():
    with host.plugin() as (_, channel):
        upload = Upload(channel, "POST", "/early", length=1 << 40)
        upload.send(b"x" * CHUNK)
        first = next(upload.responses)
        equal(first.init.status_code, 200)
        body = first.body_chunk + (b"" if first.body_complete else upload.rest())
        equal(body, b"no need to read it")
        equal(upload.responses.code(), grpc.StatusCode.OK)
        upload.finish()


@case
def http_client_leaves():
    with host.plugin() as (_, channel):
        upload = Upload(channel, "GET", "/for-ever")
        upload.finish()
        equal(next(upload.responses).init.status_code, 200)
        upload.responses.cancel()
        code, _, _ = fetch(channel, "GET", "/")
        equal(code, 200)


@case
def http_handler_panics():
    with host.plugin() as (_, channel):
        code, _, _ = fetch(channel, "GET", "/panic")
        equal(code, 500)
        code, _, _ = fetch(channel, "GET", "/")
        equal(code, 200)
