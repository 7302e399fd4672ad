"""Health, with Python's own health client."""

import signal

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

import host
import schema
from case import case, equal, status

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
SERVICE_UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


def of(service):
    return health_pb2.HealthCheckRequest(service=service)


@case
def health_check():
    with host.plugin() as (_, channel):
        health = health_pb2_grpc.HealthStub(channel)
        for name in ("plugin", ""):
            equal(health.Check(of(name), timeout=host.PATIENCE).status, SERVING, repr(name))
        unknown = lambda: health.Check(of("nothing"), timeout=host.PATIENCE)
        status(grpc.StatusCode.NOT_FOUND, unknown)


@case
def health_list():
    with host.plugin() as (_, channel):
        health = health_pb2_grpc.HealthStub(channel)
        statuses = health.List(health_pb2.HealthListRequest(), timeout=host.PATIENCE).statuses
        equal({name: one.status for name, one in statuses.items()}, {"plugin": SERVING, "": SERVING})


@case
def health_watch():
    with host.plugin(HOOKWRIGHT_DRAIN_TIMEOUT="10min") as (plugin, channel):
        health = health_pb2_grpc.HealthStub(channel)
        known = [health.Watch(of(name), timeout=host.PATIENCE) for name in ("plugin", "")]
        unknown = health.Watch(of("nothing"), timeout=host.PATIENCE)
        equal([next(one).status for one in known], [SERVING, SERVING])
        equal(next(unknown).status, SERVICE_UNKNOWN)

        hooks = schema.Service(channel, f"{schema.MATTERMOST}.PluginHooks")
        call = hooks.MessageWillBeUpdated({"newPost": {"message": "wait for ever"}}, start=True)
        plugin.logged("begins to wait")
        plugin.process.send_signal(signal.SIGTERM)
        equal([next(one).status for one in known], [NOT_SERVING, NOT_SERVING])
        equal(health.Check(of("plugin"), timeout=host.PATIENCE).status, NOT_SERVING)

        call.cancel()
        equal([list(one) for one in [*known, unknown]], [[], [], []], "after the end")
        equal(plugin.ended(), 0)


@case
def health_watched_by_the_channel_itself():
    """gRPC's client-side health checking: a channel that watches, and says so when it may be used."""
    config = '{"healthCheckConfig": {"serviceName": "plugin"}, "loadBalancingConfig": [{"round_robin": {}}]}'
    with host.plugin() as (plugin, _):
        with plugin.channel(("grpc.service_config", config)) as watching:
            grpc.channel_ready_future(watching).result(timeout=host.PATIENCE)
            assert schema.Service(watching, f"{schema.MATTERMOST}.PluginHooks").Implemented().hooks
