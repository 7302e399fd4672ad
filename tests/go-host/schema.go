package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"reflect"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// hooksService is the service of the hooks.
const hooksService = "mattermost.pluginapi.v1.PluginHooks"

// schema has the hooks, read from the descriptor set that the binary prints: no generated code.
type schema struct {
	service protoreflect.ServiceDescriptor
}

func loadSchema(program string) (*schema, error) {
	printed, err := exec.Command(program, "proto").Output()
	if err != nil {
		return nil, fmt.Errorf("%s proto: %w", program, err)
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(printed, &set); err != nil {
		return nil, err
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		return nil, err
	}
	found, err := files.FindDescriptorByName(hooksService)
	if err != nil {
		return nil, err
	}
	service, ok := found.(protoreflect.ServiceDescriptor)
	if !ok {
		return nil, fmt.Errorf("%s is no service", hooksService)
	}
	return &schema{service}, nil
}

// messages makes the two messages of a method.
func (s *schema) messages(method string) (request, reply *dynamicpb.Message, err error) {
	found := s.service.Methods().ByName(protoreflect.Name(method))
	if found == nil {
		return nil, nil, fmt.Errorf("there is no hook %s", method)
	}
	return dynamicpb.NewMessage(found.Input()), dynamicpb.NewMessage(found.Output()), nil
}

// call calls a hook. Request and reply are JSON with the names of the .proto files.
func (s *schema) call(ctx context.Context, conn grpc.ClientConnInterface, method, request string) (map[string]any, error) {
	in, out, err := s.messages(method)
	if err != nil {
		return nil, err
	}
	if err := protojson.Unmarshal([]byte(request), in); err != nil {
		return nil, err
	}
	if err := conn.Invoke(ctx, "/"+hooksService+"/"+method, in, out); err != nil {
		return nil, err
	}
	return asMap(out)
}

func asMap(message proto.Message) (fields map[string]any, err error) {
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(message)
	if err != nil {
		return nil, err
	}
	return fields, json.Unmarshal(text, &fields)
}

// answers holds what a hook answers.
func (p *Plugin) answers(method, request, expected string) {
	reply, err := p.call(method, request)
	if err != nil {
		p.t.Errorf("%s: %v", method, err)
		return
	}
	var fields map[string]any
	p.t.ok(json.Unmarshal([]byte(expected), &fields), "the expected reply")
	if !reflect.DeepEqual(reply, fields) {
		p.t.Errorf("%s of %.200s: expected %s, got %.500v", method, request, expected, reply)
	}
}

// call calls a hook of this plugin.
func (p *Plugin) call(method, request string) (map[string]any, error) {
	return p.t.hooks.call(context.Background(), p.conn, method, request)
}
