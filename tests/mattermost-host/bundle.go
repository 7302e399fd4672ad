package main

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/mattermost/mattermost/server/public/model"
	"github.com/mattermost/mattermost/server/public/utils"
)

// isPacked has the names of the cases whose binary packs its own bundle, which is then uploaded.
var isPacked = map[string]bool{}

func registerPacked(cases ...testCase) bool {
	for _, one := range cases {
		isPacked[one.name] = true
	}
	return register(cases...)
}

// upload installs the bundle that a binary packs.
func upload(server *server, binary string) error {
	if err := packOnce(binary, server.bundle()); err != nil {
		return err
	}
	manifest, err := server.installFile(server.bundle())
	if err == nil && manifest.Id != pluginID {
		err = fmt.Errorf("the id is %s", manifest.Id)
	}
	return err
}

// bundle is the file of the bundle that the server has been given.
func (server *server) bundle() string { return filepath.Join(server.folder, "uploaded.tar.gz") }

// packed is the bundle of each binary that has packed itself.
var packed = map[string][]byte{}

// packOnce writes the bundle of a binary, which it packs itself when it is asked for the first time.
func packOnce(binary, file string) error {
	if packed[binary] == nil {
		output, err := exec.Command(binary, "pack", "--out", file).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s pack: %w: %s", binary, err, output)
		}
		if packed[binary], err = os.ReadFile(file); err != nil {
			return err
		}
	}
	return os.WriteFile(file, packed[binary], 0o600)
}

// extract unpacks a bundle by the rules of the server: regular files and folders only, each below the
// destination, with the mode that the archive gives it.
func extract(bundle io.Reader, destination string) error {
	uncompressed, err := gzip.NewReader(bundle)
	if err != nil {
		return err
	}
	archive := tar.NewReader(uncompressed)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		path := filepath.Join(destination, header.Name)
		if !strings.HasPrefix(path, destination) {
			return fmt.Errorf("%s leaves the folder", header.Name)
		}
		switch header.Typeflag {
		case tar.TypeDir:
			if err := os.Mkdir(path, 0o744); err != nil && !os.IsExist(err) {
				return err
			}
		case tar.TypeReg:
			if err := os.MkdirAll(filepath.Dir(path), 0o744); err != nil {
				return err
			}
			mode := os.FileMode(header.Mode)
			file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, mode)
			if err != nil {
				return err
			}
			_, err = io.Copy(file, archive)
			if closed := file.Close(); err == nil {
				err = closed
			}
			if err != nil {
				return err
			}
		}
	}
}

// install does with an uploaded bundle what the server does: it unpacks it elsewhere, reads the
// manifest, takes away what is there under the same id, and puts the new folder in its place.
func (server *server) install(bundle io.Reader) (*model.Manifest, error) {
	temporary, err := os.MkdirTemp("", "plugintmp")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temporary)
	if err := extract(bundle, temporary); err != nil {
		return nil, err
	}
	folder := temporary
	if entries, err := os.ReadDir(temporary); err != nil {
		return nil, err
	} else if len(entries) == 1 && entries[0].IsDir() {
		folder = filepath.Join(temporary, entries[0].Name())
	}
	manifest, _, err := model.FindManifest(folder)
	if err != nil {
		return nil, err
	}
	if err := manifest.IsValid(); err != nil {
		return nil, err
	}
	plugins := filepath.Join(server.folder, "plugins")
	if err := os.MkdirAll(plugins, 0o700); err != nil {
		return nil, err
	}
	server.environment.Deactivate(manifest.Id)
	server.environment.RemovePlugin(manifest.Id)
	installed := filepath.Join(plugins, manifest.Id)
	if err := os.RemoveAll(installed); err != nil {
		return nil, err
	}
	if err := utils.CopyDir(folder, installed); err != nil {
		return nil, err
	}
	server.api.settings = manifest.SettingsSchema
	return manifest, os.WriteFile(filepath.Join(installed, ".filestore"), nil, 0o600)
}

// installFile installs a bundle that is in a file.
func (server *server) installFile(path string) (*model.Manifest, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return server.install(file)
}

// altered writes a bundle that differs from another one in its manifest.
func altered(from, to string, alter func(manifest map[string]any)) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	uncompressed, err := gzip.NewReader(source)
	if err != nil {
		return err
	}
	target, err := os.Create(to)
	if err != nil {
		return err
	}
	defer target.Close()
	compressed := gzip.NewWriter(target)
	in, out := tar.NewReader(uncompressed), tar.NewWriter(compressed)
	for {
		header, err := in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		content, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		if filepath.Base(header.Name) == "plugin.json" {
			manifest := map[string]any{}
			if err := json.Unmarshal(content, &manifest); err != nil {
				return err
			}
			alter(manifest)
			if content, err = json.Marshal(manifest); err != nil {
				return err
			}
			header.Size = int64(len(content))
		}
		if err := out.WriteHeader(header); err != nil {
			return err
		}
		if _, err := out.Write(content); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	return compressed.Close()
}
