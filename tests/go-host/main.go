// The go-plugin host of HashiCorp, which launches Hookwright's binaries and checks what they do.
//
//	go run . [-bin FOLDER] [-run REGEXP] [-list]
//
// It prints `PASS name` or `FAIL name: why` for each case, and `N passed, N failed` last; it ends
// with 1 when a case failed.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// allCases has every case, in the order in which they run.
var allCases = slices.Concat(
	lifeCases, startCases, negotiationCases, listenCases, hookCases, httpCases, healthCases,
	stdioCases, logCases, tlsCases, brokerCases, muxCases, reattachCases, deathCases, abuseCases,
)

func main() {
	if asked := os.Getenv(hostChild); asked != "" {
		os.Exit(beHost(asked))
	}
	bin := flag.String("bin", defaultBin(), "the folder of the binaries")
	which := flag.String("run", "", "only cases whose name matches")
	list := flag.Bool("list", false, "print the names of the cases")
	verbose := flag.Bool("v", false, "print what hosts and plugins logged in a case that failed")
	flag.Parse()

	wanted, err := regexp.Compile(*which)
	if err != nil {
		fatal("-run: %v", err)
	}
	bins, err := filepath.Abs(*bin)
	if err != nil {
		fatal("-bin: %v", err)
	}
	if *list {
		for _, one := range allCases {
			fmt.Println(one.name)
		}
		return
	}
	hooks, err := loadSchema(filepath.Join(bins, "hookwright"))
	if err != nil {
		fatal("the descriptor set: %v", err)
	}

	passed, failed := 0, 0
	for _, one := range allCases {
		if !wanted.MatchString(one.name) {
			continue
		}
		if faults := runCase(one, bins, hooks, *verbose); len(faults) > 0 {
			failed++
			fmt.Printf("FAIL %s: %s\n", one.name, shorten(faults))
		} else {
			passed++
			fmt.Printf("PASS %s\n", one.name)
		}
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 || passed == 0 {
		os.Exit(1)
	}
}

// defaultBin is where cargo puts the binaries of this repository.
func defaultBin() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..", "target", "debug")
}

// shorten makes one line of the faults; the first ones tell most.
func shorten(faults []string) string {
	const most = 4
	text := strings.Join(faults[:min(most, len(faults))], "; ")
	if more := len(faults) - most; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}

func fatal(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "go-host: "+format+"\n", arguments...)
	os.Exit(2)
}
