"""What a case is, and how it says what it expects."""

import grpc

CASES = {}


def case(function):
    """Registers a case; its name is the function's, as words."""
    name = function.__name__.replace("_", "-")
    assert name not in CASES, name
    CASES[name] = function
    return function


def equal(found, expected, what=""):
    """Fails unless the two are equal."""
    if found != expected:
        raise AssertionError(f"{what}{': ' if what else ''}found {shown(found)}, expected {shown(expected)}")


def holds(text, part):
    """Fails unless the text has the part in it."""
    if part not in text:
        raise AssertionError(f"{part!r} is not in {shown(text)}")


def status(code, call):
    """Fails unless the call ends with this code; returns the status's text."""
    try:
        result = call()
    except grpc.RpcError as error:
        if error.code() != code:
            raise AssertionError(f"found {error.code()} ({shown(error.details())}), expected {code}") from None
        return error.details()
    raise AssertionError(f"found {shown(result)}, expected {code}")


def shown(value):
    """The value, cut off where it is long."""
    text = repr(value)
    return text if len(text) <= 600 else f"{text[:600]}... ({len(text)} characters)"
