// A Mattermost server, as far as its plugins are concerned: the plugin environment of the server's own
// packages launches Hookwright's binaries from a bundle, and checks what they do.
//
//	go run . [-bin FOLDER] [-run REGEXP] [-v]
//	go run . -bundle FILE [-post TEXT]
//
// It prints `PASS name` or `FAIL name: why` for each case, and `N passed, N failed` last; it ends
// with 1 when a case failed. The second form runs no cases: it tries a bundle of your own.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// allCases has every case, in the order in which they run.
var allCases = []testCase{}

func register(cases ...testCase) bool {
	allCases = append(allCases, cases...)
	return true
}

// A testCase needs a plugin that is active.
type testCase struct {
	name   string
	binary string
	run    func(*server) error
}

func main() {
	bins := flag.String("bin", "../../target/debug", "the folder of the binaries")
	which := flag.String("run", "", "only cases whose name matches")
	verbose := flag.Bool("v", false, "print what was logged in a case that failed")
	bundle := flag.String("bundle", "", "try this packed bundle, and run no cases")
	post := flag.String("post", "", "with -bundle: the text of a post that the plugin is sent")
	flag.Parse()
	if *bundle != "" {
		if err := try(*bundle, *post, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	wanted, err := regexp.Compile(*which)
	if err != nil {
		fmt.Fprintln(os.Stderr, "-run:", err)
		os.Exit(2)
	}
	passed, failed := 0, 0
	report := func(one testCase, log string, err error) {
		if err == nil {
			passed++
			fmt.Println("PASS", one.name)
			return
		}
		failed++
		fmt.Printf("FAIL %s: %v\n", one.name, err)
		if *verbose {
			fmt.Println(log)
		}
	}
	beside := startBeside(wanted, *bins)
	for _, one := range allCases {
		if !wanted.MatchString(one.name) {
			continue
		}
		binary, err := filepath.Abs(filepath.Join(*bins, one.binary))
		if err != nil {
			panic(err)
		}
		log, err := runCase(one, binary)
		report(one, log, err)
	}
	for outcome := range beside {
		report(outcome.one, outcome.log, outcome.err)
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 || passed == 0 {
		os.Exit(1)
	}
}

func runCase(one testCase, binary string) (string, error) {
	server, err := newServer()
	if err != nil {
		return "", err
	}
	defer server.close()
	install := unpack
	if isPacked[one.name] {
		install = upload
	}
	err = install(server, binary)
	if err == nil {
		err = server.activate()
	}
	if err == nil {
		err = one.run(server)
	}
	if !server.environment.Deactivate(pluginID) && err == nil && !server.ended {
		err = fmt.Errorf("the plugin was not active at the end")
	}
	return server.log.String(), err
}
