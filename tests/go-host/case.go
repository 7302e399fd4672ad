package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// testCase is one thing that must hold.
type testCase struct {
	name string
	run  func(*T)
}

// caseLimit is how long a case may take. It is for cases that hang, and no case comes near it.
const caseLimit = 90 * time.Second

// T is a case under way: what it has, and what it found wrong.
type T struct {
	// Where the sockets of the case go; nothing else uses it.
	dir   string
	bins  string
	hooks *schema

	mutex    sync.Mutex
	faults   []string
	cleanups []func()
	logs     []*records
}

// runCase runs one case, looks at what it left behind, and returns what was wrong.
func runCase(one testCase, bins string, hooks *schema, verbose bool) []string {
	// Short, since the paths of sockets are.
	dir, err := os.MkdirTemp("/tmp", "gh")
	if err != nil {
		fatal("no folder for the case: %v", err)
	}
	mark := markProcesses(dir)
	goroutines := runtime.NumGoroutine()

	t := &T{dir: dir, bins: bins, hooks: hooks}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer t.cleanUp()
		defer t.recover()
		one.run(t)
	}()
	select {
	case <-done:
		t.checkLeftovers(mark, goroutines)
	case <-time.After(caseLimit):
		t.Errorf("it did not end within %v", caseLimit)
		if verbose {
			_, _ = os.Stderr.Write(allStacks())
		}
	}
	endProcesses(mark)
	_ = os.RemoveAll(dir)

	t.mutex.Lock()
	defer t.mutex.Unlock()
	if verbose && len(t.faults) > 0 {
		for _, log := range t.logs {
			fmt.Fprint(os.Stderr, log.String())
		}
	}
	return t.faults
}

// Errorf notes a fault, and goes on.
func (t *T) Errorf(format string, arguments ...any) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	fault := strings.ReplaceAll(fmt.Sprintf(format, arguments...), "\n", `\n`)
	if len(fault) > 400 {
		fault = fault[:400] + "..."
	}
	t.faults = append(t.faults, fault)
}

// Fatalf notes a fault, and ends the case.
func (t *T) Fatalf(format string, arguments ...any) {
	t.Errorf(format, arguments...)
	runtime.Goexit()
}

// ok ends the case unless there was no error.
func (t *T) ok(err error, doing string) {
	if err != nil {
		t.Fatalf("%s: %v", doing, err)
	}
}

// equal notes a fault unless both are the same.
func equal[V comparable](t *T, what string, got, expected V) {
	if got != expected {
		t.Errorf("%s: expected %v, got %v", what, expected, got)
	}
}

// cleanup has something done at the end of the case, the last one first.
func (t *T) cleanup(do func()) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.cleanups = append(t.cleanups, do)
}

func (t *T) cleanUp() {
	for i := len(t.cleanups) - 1; i >= 0; i-- {
		t.cleanups[i]()
	}
}

func (t *T) recover() {
	if why := recover(); why != nil {
		t.Errorf("panic: %v %s", why, debug.Stack())
	}
}

// program is the path of a binary.
func (t *T) program(name string) string { return filepath.Join(t.bins, name) }

// eventually waits for something that has to come, and says what is wrong while it has not.
func (t *T) eventually(within time.Duration, wrong func() string) {
	deadline := time.Now().Add(within)
	for {
		what := wrong()
		if what == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Errorf("%s, after %v", what, within)
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func allStacks() []byte {
	stacks := make([]byte, 1<<20)
	return stacks[:runtime.Stack(stacks, true)]
}
