package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
)

// A reading is an API that reads what it is lent, or a part of it.
type reading struct {
	*api
	// It stops after so many bytes, if it is not 0.
	until int64
	// And fails with this.
	failure error
	seen    int64
}

// read counts the bytes, and looks at each.
func (reading *reading) read(from io.Reader) error {
	reading.seen = 0
	buffer := make([]byte, 100_000)
	for {
		if reading.until != 0 && reading.seen >= reading.until {
			return reading.failure
		}
		n, err := from.Read(buffer)
		for index, one := range buffer[:n] {
			if want := byte((reading.seen + int64(index)) % 251); one != want {
				return fmt.Errorf("byte %d is %d", reading.seen+int64(index), one)
			}
		}
		reading.seen += int64(n)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func appError(err error) *model.AppError {
	if err == nil {
		return nil
	}
	return model.NewAppError("Reading", "app.reading", nil, err.Error(), 400)
}

func (reading *reading) UploadData(session *model.UploadSession, from io.Reader) (*model.FileInfo, error) {
	// A plain error would end the connection, which is the server's own fault.
	if err := appError(reading.read(from)); err != nil {
		return nil, err
	}
	return &model.FileInfo{Id: "from " + session.Id}, nil
}

func (reading *reading) InstallPlugin(from io.Reader, replace bool) (*model.Manifest, *model.AppError) {
	return &model.Manifest{Id: fmt.Sprint("replaced ", replace)}, appError(reading.read(from))
}

var _ = register(testCase{"32 MiB are lent to the server, which may stop in the middle", "fixture-api", func(server *server) error {
	reading := &reading{api: server.api}
	if err := server.offer(reading); err != nil {
		return err
	}
	ids := map[string]string{"UploadData": "from session", "InstallPlugin": "replaced true"}
	for method, id := range ids {
		for range 2 {
			reading.until = 0
			var came cameOf
			if err := server.asked("/api/large?"+method, &came); err != nil {
				return err
			}
			if reading.seen != 32<<20 || came.Seen["id"] != id {
				return fmt.Errorf("%s: %d bytes, %v %s", method, reading.seen, came.Seen, came.Failed)
			}
			reading.until, reading.failure = 5<<20, errors.New("the disk is full")
			came = cameOf{}
			if err := server.asked("/api/large?"+method, &came); err != nil {
				return err
			}
			if came.Seen != nil || !strings.Contains(came.Failed, "the disk is full") {
				return fmt.Errorf("%s stops in the middle: %v %s", method, came.Seen, came.Failed)
			}
		}
	}
	return server.environment.PerformHealthCheck(pluginID)
}})
