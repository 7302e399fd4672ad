package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// markName is the variable by which the processes of a case are known.
const markName = "GO_HOST_CASE"

// markProcesses gives what is started from now on a mark and a temporary folder of its own.
func markProcesses(dir string) string {
	for name, value := range map[string]string{markName: dir, "TMPDIR": dir} {
		if err := os.Setenv(name, value); err != nil {
			fatal("%v", err)
		}
	}
	return markName + "=" + dir
}

// marked returns the processes with a mark, with what they are. A zombie has no environment, and is
// its parent's.
func marked(mark string) map[int]string {
	found := map[int]string{}
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if err != nil || !slices.ContainsFunc(bytes.Split(environment, []byte{0}), func(one []byte) bool {
			return string(one) == mark
		}) {
			continue
		}
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		found[pid] = strings.TrimSpace(strings.ReplaceAll(string(line), "\x00", " "))
	}
	return found
}

// endProcesses ends what a case left, so that the next one starts clean.
func endProcesses(mark string) {
	for pid := range marked(mark) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// checkLeftovers looks for what a case left behind. What ends by itself may take its moment: the
// host's broker keeps a goroutine for 5 s.
func (t *T) checkLeftovers(mark string, goroutines int) {
	t.eventually(2*time.Second, func() string {
		if left := marked(mark); len(left) > 0 {
			return fmt.Sprintf("processes left behind: %v", left)
		}
		return ""
	})
	t.eventually(2*time.Second, func() string {
		if left := filesIn(t.dir); len(left) > 0 {
			return fmt.Sprintf("files left behind: %v", left)
		}
		return ""
	})
	t.eventually(8*time.Second, func() string {
		// Keep-alive of closed sockets and the like come and go in other goroutines.
		if now := runtime.NumGoroutine(); now > goroutines {
			return fmt.Sprintf("%d goroutines of the host left behind: %v", now-goroutines, whereGoroutinesAre())
		}
		return ""
	})
}

// filesIn lists what is in a folder, at any depth.
func filesIn(dir string) (found []string) {
	_ = filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err == nil && path != dir {
			found = append(found, path)
		}
		return nil
	})
	return found
}

// whereGoroutinesAre names the function that each goroutine was started with.
func whereGoroutinesAre() (started []string) {
	for stack := range strings.SplitSeq(string(allStacks()), "\n\n") {
		if _, by, found := strings.Cut(stack, "created by "); found {
			name, _, _ := strings.Cut(by, "\n")
			started = append(started, name)
		}
	}
	return started
}

// threads is how many a process has.
func threads(pid int) int { return countIn(pid, "task") }

// descriptors is how many a process has open.
func descriptors(pid int) int { return countIn(pid, "fd") }

func countIn(pid int, what string) int {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/%s", pid, what))
	if err != nil {
		return -1
	}
	return len(entries)
}
