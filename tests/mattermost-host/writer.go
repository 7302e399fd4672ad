package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/rpc"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/mattermost/mattermost/server/public/plugin"
)

// A responseWriter is that of newer servers, which know how to flush, or of older ones.
type responseWriter struct {
	mutex  sync.Mutex
	header http.Header
	calls  []string
	body   strings.Builder
}

type flushingWriter struct{ *responseWriter }

func (writer *responseWriter) called(what string) {
	writer.mutex.Lock()
	defer writer.mutex.Unlock()
	writer.calls = append(writer.calls, what)
}

func (writer *responseWriter) Header(_ struct{}, reply *http.Header) error {
	writer.called("Header")
	*reply = writer.header
	return nil
}

func (writer *responseWriter) SyncHeader(header http.Header, _ *struct{}) error {
	writer.called("SyncHeader")
	writer.header = header
	return nil
}

func (writer *responseWriter) WriteHeader(status int, _ *struct{}) error {
	writer.called(fmt.Sprint("WriteHeader ", status))
	return nil
}

func (writer *responseWriter) Write(data []byte, _ *struct{}) error {
	writer.called("Write")
	writer.body.Write(data)
	return nil
}

func (writer flushingWriter) Flush(_ struct{}, _ *struct{}) error {
	writer.called("Flush")
	return nil
}

// A tapped stream keeps what was read of it.
type tapped struct {
	io.ReadWriteCloser
	read bytes.Buffer
}

func (stream *tapped) Read(piece []byte) (int, error) {
	length, err := stream.ReadWriteCloser.Read(piece)
	stream.read.Write(piece[:length])
	return length, err
}

// page asks for a page as a server does, and fails unless the plugin closes both streams. It returns
// all that the plugin wrote.
func (hooks rawHooks) page(service any, path string, body io.Reader) (string, error) {
	arguments := plugin.Z_ServeHTTPArgs{
		ResponseWriterStream: hooks.broker.NextId(),
		RequestBodyStream:    hooks.broker.NextId(),
		Request:              &plugin.HTTPRequestSubset{Method: "POST", URL: &url.URL{Path: path}, ProtoMajor: 1, ProtoMinor: 1},
		Context:              &plugin.Context{},
	}
	server := rpc.NewServer()
	if err := server.RegisterName("Plugin", service); err != nil {
		return "", err
	}
	written := &tapped{}
	closed := make(chan error, 2)
	go func() {
		stream, err := hooks.broker.Accept(arguments.ResponseWriterStream)
		if err == nil {
			// Until the other side closes.
			written.ReadWriteCloser = stream
			server.ServeConn(written)
		}
		closed <- err
	}()
	go func() {
		stream, err := hooks.broker.Accept(arguments.RequestBodyStream)
		if err == nil {
			err = lend(stream, body)
			stream.Close()
		}
		closed <- err
	}()
	var reply struct{}
	err := hooks.Call("Plugin.ServeHTTP", arguments, &reply)
	err = errors.Join(err, <-closed, <-closed)
	return written.read.String(), err
}

// lend gives a body in pieces of 4 bytes, whatever is asked for, until the stream is closed.
func lend(stream io.ReadWriter, body io.Reader) error {
	asked, piece := make([]byte, 1), make([]byte, 4)
	for {
		// Of a number each byte but the last one is large.
		if _, err := stream.Read(asked); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("the stream of the body: %w", err)
		}
		if asked[0] >= 0x80 {
			continue
		}
		for {
			length, err := body.Read(piece)
			if length == 0 || err != nil {
				return nil
			}
			if _, err := stream.Write(piece[:length]); err != nil {
				return nil
			}
		}
	}
}

var _ = register(
	testCase{"a server that can flush is asked to when there is no more for now, and an older one once", "fixture-http", func(server *server) error {
		hooks, end, err := server.raw()
		if err != nil {
			return err
		}
		defer end()
		head := []string{"Header", "SyncHeader", "WriteHeader 200"}
		older := &responseWriter{header: http.Header{"X-Server": {"set before"}}}
		for _, asked := range []int{1, 0} {
			older.calls = nil
			written, err := hooks.page(older, "/events", strings.NewReader("12345678"))
			if err != nil {
				return err
			}
			if !slices.Equal(older.calls[:3], head) || strings.Count(written, "Plugin.Flush") != asked {
				return fmt.Errorf("not %d times: %v, %q", asked, older.calls, written)
			}
		}
		return nil
	}},
	testCase{"the head is fetched before it is changed, and what there is goes out at once", "fixture-http", func(server *server) error {
		hooks, end, err := server.raw()
		if err != nil {
			return err
		}
		defer end()
		writer := flushingWriter{&responseWriter{header: http.Header{"X-Server": {"set before"}}}}
		if _, err := hooks.page(writer, "/events", strings.NewReader("12345678")); err != nil {
			return err
		}
		if !slices.Equal(writer.calls[:4], []string{"Header", "SyncHeader", "WriteHeader 200", "Flush"}) {
			return fmt.Errorf("%v", writer.calls)
		}
		if writer.header.Get("X-Server") != "set before" || writer.header.Get("Content-Type") != "text/event-stream" {
			return fmt.Errorf("%v", writer.header)
		}
		if !strings.Contains(writer.body.String(), "1234") {
			return fmt.Errorf("%q", writer.body.String())
		}
		return nil
	}},
	testCase{"the stream of a body that is not read to its end is closed", "fixture-http", func(server *server) error {
		hooks, end, err := server.raw()
		if err != nil {
			return err
		}
		defer end()
		for _, path := range []string{"/early", "/nothing/is/here"} {
			writer := &responseWriter{}
			if _, err := hooks.page(writer, path, strings.NewReader(strings.Repeat("x", 1<<20))); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		return nil
	}},
)
