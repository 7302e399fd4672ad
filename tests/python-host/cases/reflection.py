"""Reflection, with Python's own reflection client (v1alpha), and v1 by what that tells."""

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

import host
import schema
from case import case, equal, holds, status

SERVED = [
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
    "hookwright.events.v1.Events",
    "hookwright.hooks.v1.Hooks",
    f"{schema.MATTERMOST}.PluginHooks",
    "plugin.GRPCBroker",
    "plugin.GRPCController",
    "plugin.GRPCStdio",
]
V1 = "grpc.reflection.v1.ServerReflection"


@case
def reflection_lists_what_is_served():
    with host.plugin(HOOKWRIGHT_REFLECTION="on") as (_, channel):
        database = ProtoReflectionDescriptorDatabase(channel)
        services = database.get_services()
        equal(sorted(set(services) | set(SERVED)), sorted(services), "all are there")
        pool = descriptor_pool.DescriptorPool(database)
        for service in services:
            for method in pool.FindServiceByName(service).methods:
                # Needs the files of both messages, and all that those import.
                message_factory.GetMessageClass(method.input_type)().SerializeToString()
                message_factory.GetMessageClass(method.output_type)().SerializeToString()
        assert f"{schema.MATTERMOST}.PluginAPI" not in services


@case
def reflection_is_enough_to_call_a_hook():
    with host.plugin(HOOKWRIGHT_REFLECTION="on") as (_, channel):
        pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
        hooks = schema.Service(channel, f"{schema.MATTERMOST}.PluginHooks", pool)
        reply = hooks.MessageWillBePosted({"post": {"message": "reject"}})
        equal(reply.rejection_reason, "Please mind your language.")


@case
def reflection_of_what_is_not_there():
    with host.plugin(HOOKWRIGHT_REFLECTION="on") as (_, channel):
        pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
        for find in (pool.FindMessageTypeByName, pool.FindServiceByName, pool.FindFileByName):
            try:
                find("no.such.Thing")
            except KeyError as error:
                holds(str(error), "no.such.Thing")
            else:
                raise AssertionError("it was found")


@case
def reflection_in_version_1():
    with host.plugin(HOOKWRIGHT_REFLECTION="on") as (_, channel):
        pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
        request = message_factory.GetMessageClass(
            pool.FindMessageTypeByName("grpc.reflection.v1.ServerReflectionRequest")
        )
        asked = [
            request(list_services=""),
            request(file_containing_symbol="no.such.Thing"),
            request(file_containing_symbol=f"{schema.MATTERMOST}.Post"),
        ]
        service = schema.Service(channel, V1, pool)
        listed, unknown, found = service.ServerReflectionInfo(iter(asked))
        equal({one.name for one in listed.list_services_response.service} >= set(SERVED), True)
        equal(unknown.error_response.error_code, grpc.StatusCode.NOT_FOUND.value[0])
        equal(len(found.file_descriptor_response.file_descriptor_proto), 1)


@case
def reflection_is_off_unless_asked_for():
    with host.plugin() as (_, channel):
        database = ProtoReflectionDescriptorDatabase(channel)
        status(grpc.StatusCode.UNIMPLEMENTED, lambda: list(database.get_services()))
