package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	health "google.golang.org/grpc/health/grpc_health_v1"
	reflection "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/reflection/grpc_reflection_v1alpha"
	"google.golang.org/grpc/status"
)

// healthCases are about the services that tools ask.
var healthCases = []testCase{
	{"health_check_knows_plugin_and_the_whole_and_nothing_else", healthCheck},
	{"health_list_names_all_services", healthList},
	{"health_watch_tells_at_once_and_of_the_end", healthWatch},
	{"reflection_is_off_unless_asked_for", reflectionOff},
	{"reflection_v1_lists_the_services", reflectionV1},
	{"reflection_v1alpha_lists_the_services", reflectionV1Alpha},
}

func healthCheck(t *T) {
	p := t.launch("fixture")
	client := health.NewHealthClient(p.conn)
	for _, service := range []string{"plugin", ""} {
		reply, err := client.Check(context.Background(), &health.HealthCheckRequest{Service: service})
		t.ok(err, "Check "+service)
		equal(t, "status of "+service, reply.Status, health.HealthCheckResponse_SERVING)
	}
	_, err := client.Check(context.Background(), &health.HealthCheckRequest{Service: "nobody"})
	equal(t, "nobody", status.Code(err), codes.NotFound)
}

func healthList(t *T) {
	p := t.launch("fixture")
	reply, err := health.NewHealthClient(p.conn).List(context.Background(), &health.HealthListRequest{})
	t.ok(err, "List")
	for _, service := range []string{"plugin", ""} {
		if reply.Statuses[service].GetStatus() != health.HealthCheckResponse_SERVING {
			t.Errorf("%q is not listed as serving: %v", service, reply.Statuses)
		}
	}
}

func healthWatch(t *T) {
	p := t.launch("fixture", with("HOOKWRIGHT_DRAIN_TIMEOUT=2s"))
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	watch, err := health.NewHealthClient(p.conn).Watch(ctx, &health.HealthCheckRequest{Service: "plugin"})
	t.ok(err, "Watch")
	reply, err := watch.Recv()
	t.ok(err, "the first status")
	equal(t, "status", reply.Status, health.HealthCheckResponse_SERVING)

	go func() { _, _ = p.call("MessageWillBeUpdated", `{"new_post": {"message": "wait a while"}}`) }()
	p.waitFor("begins to wait")
	ended := make(chan time.Duration, 1)
	go func() { ended <- p.kill() }()
	reply, err = watch.Recv()
	t.ok(err, "the second status")
	equal(t, "status while it stops", reply.Status, health.HealthCheckResponse_NOT_SERVING)
	if took := <-ended; took > 2*time.Second {
		t.Errorf("a watch held up the end for %v", took)
	}
	p.endedWith0()
}

var reflectable = []string{
	"grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
	"hookwright.events.v1.Events", "hookwright.hooks.v1.Hooks", hooksService,
	"plugin.GRPCBroker", "plugin.GRPCController", "plugin.GRPCStdio",
}

const reflected = "HOOKWRIGHT_REFLECTION=on"

func reflectionOff(t *T) {
	p := t.launch("fixture")
	_, err := listServices(p.conn)
	equal(t, "status", status.Code(err), codes.Unimplemented)
}

func listServices(conn grpc.ClientConnInterface) (names []string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	stream, err := reflection.NewServerReflectionClient(conn).ServerReflectionInfo(ctx)
	if err != nil {
		return nil, err
	}
	_ = stream.Send(&reflection.ServerReflectionRequest{
		MessageRequest: &reflection.ServerReflectionRequest_ListServices{},
	})
	reply, err := stream.Recv()
	if err != nil {
		return nil, err
	}
	for _, service := range reply.GetListServicesResponse().GetService() {
		names = append(names, service.Name)
	}
	return names, nil
}

func reflectionV1(t *T) {
	p := t.launch("fixture", with(reflected))
	names, err := listServices(p.conn)
	t.ok(err, "listing")
	checkServices(t, names)
}

func checkServices(t *T, names []string) {
	slices.Sort(names)
	equal(t, "services", strings.Join(names, " "), strings.Join(reflectable, " "))
}

func reflectionV1Alpha(t *T) {
	p := t.launch("fixture", with(reflected))
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	stream, err := grpc_reflection_v1alpha.NewServerReflectionClient(p.conn).ServerReflectionInfo(ctx)
	t.ok(err, "the stream")
	t.ok(stream.Send(&grpc_reflection_v1alpha.ServerReflectionRequest{
		MessageRequest: &grpc_reflection_v1alpha.ServerReflectionRequest_ListServices{},
	}), "sending")
	reply, err := stream.Recv()
	t.ok(err, "listing")
	var names []string
	for _, service := range reply.GetListServicesResponse().GetService() {
		names = append(names, service.Name)
	}
	checkServices(t, names)

	t.ok(stream.Send(&grpc_reflection_v1alpha.ServerReflectionRequest{
		MessageRequest: &grpc_reflection_v1alpha.ServerReflectionRequest_FileContainingSymbol{
			FileContainingSymbol: hooksService,
		},
	}), "sending")
	reply, err = stream.Recv()
	t.ok(err, "the hooks' file")
	if len(reply.GetFileDescriptorResponse().GetFileDescriptorProto()) == 0 {
		t.Errorf("no descriptors: %s", fmt.Sprint(reply))
	}
}
