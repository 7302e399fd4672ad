package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// httpCases are about the stream of ServeHTTP.
var httpCases = []testCase{
	{"http_a_request_and_its_response", aRequest},
	{"http_a_body_of_8_mib_is_echoed_while_it_is_sent", longBody},
	{"http_a_host_that_leaves_in_the_middle_is_let_go", leavesInTheMiddle},
	{"http_a_panic_in_a_handler_is_a_500", httpPanic},
}

// httpStream is one HTTP request on its way.
type httpStream struct {
	t      *T
	stream grpc.ClientStream
}

func (p *Plugin) request(ctx context.Context, method, path string, body bool) *httpStream {
	stream, err := p.conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true},
		"/"+hooksService+"/ServeHTTP")
	p.t.ok(err, "ServeHTTP")
	s := &httpStream{p.t, stream}
	s.send(fmt.Sprintf(`{"init": {"method": %q, "url": %q, "request_uri": %q, "proto": "HTTP/1.1",
		"proto_major": 1, "proto_minor": 1, "host": "example.com"}, "body_complete": %t}`, method, path, path, !body), nil)
	return s
}

// send sends one message, with a chunk of the body.
func (s *httpStream) send(text string, chunk []byte) {
	in, _, err := s.t.hooks.messages("ServeHTTP")
	s.t.ok(err, "ServeHTTP")
	s.t.ok(protojson.Unmarshal([]byte(text), in), "the message")
	if chunk != nil {
		in.Set(in.Descriptor().Fields().ByName("body_chunk"), protoreflect.ValueOfBytes(chunk))
	}
	if err := s.stream.SendMsg(in); err != nil && !errors.Is(err, io.EOF) {
		s.t.Errorf("sending: %v", err)
	}
}

// response reads all of the response.
func (s *httpStream) response() (code int, body []byte, err error) {
	for {
		_, out, err := s.t.hooks.messages("ServeHTTP")
		s.t.ok(err, "ServeHTTP")
		if err := s.stream.RecvMsg(out); err != nil {
			if errors.Is(err, io.EOF) {
				return code, body, nil
			}
			return code, body, err
		}
		if start := field(out, "init"); out.Has(start) {
			message := out.Get(start).Message()
			code = int(message.Get(message.Descriptor().Fields().ByName("status_code")).Int())
		}
		body = append(body, out.Get(field(out, "body_chunk")).Bytes()...)
	}
}

func field(message *dynamicpb.Message, name protoreflect.Name) protoreflect.FieldDescriptor {
	return message.Descriptor().Fields().ByName(name)
}

func aRequest(t *T) {
	p := t.launch("fixture-http")
	for path, expected := range map[string]string{
		"/": "the root", "/other/place?q=1": "other got /other/place?q=1 and 0 bytes",
	} {
		s := p.request(context.Background(), "GET", path, false)
		t.ok(s.stream.CloseSend(), "closing")
		code, body, err := s.response()
		t.ok(err, path)
		equal(t, path, fmt.Sprint(code, " ", string(body)), "200 "+expected)
	}
}

func longBody(t *T) {
	p := t.launch("fixture-http")
	s := p.request(context.Background(), "POST", "/echo", true)
	whole := make([]byte, 8*mebibyte)
	for place := range whole {
		whole[place] = byte(place % 251)
	}
	go func() {
		for place := 0; place < len(whole); place += 64 * 1024 {
			s.send(`{}`, whole[place:place+64*1024])
		}
		s.send(`{"body_complete": true}`, nil)
		_ = s.stream.CloseSend()
	}()
	code, body, err := s.response()
	t.ok(err, "/echo")
	equal(t, "status", code, 200)
	if !bytes.Equal(body, whole) {
		t.Errorf("%d other bytes came back", len(body))
	}
}

func leavesInTheMiddle(t *T) {
	p := t.launch("fixture-http")
	p.serves()
	before := threads(p.pid)
	for range 100 {
		ctx, leave := context.WithCancel(context.Background())
		s := p.request(ctx, "POST", "/echo", true)
		s.send(`{}`, []byte("and then"))
		leave()
		_, _, err := s.response()
		equal(t, "status", status.Code(err), codes.Canceled)
	}
	p.serves()
	if now := threads(p.pid); now > before+8 {
		t.Errorf("%d threads before, %d after", before, now)
	}
	if took := p.kill(); took > time.Second {
		t.Errorf("kill took %v", took)
	}
	p.endedWith0()
}

func httpPanic(t *T) {
	p := t.launch("fixture-http")
	s := p.request(context.Background(), "GET", "/panic", false)
	code, _, err := s.response()
	t.ok(err, "/panic")
	equal(t, "status", code, 500)
	p.waitFor("secret words")
	p.serves()
}
