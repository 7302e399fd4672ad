package main

import (
	"path/filepath"
	"regexp"
)

// besideCases take long and need little: they run while the others do.
var besideCases = []testCase{}

func registerBeside(cases ...testCase) bool {
	besideCases = append(besideCases, cases...)
	return true
}

// An outcome is what a case has come to.
type outcome struct {
	one testCase
	log string
	err error
}

// startBeside starts the cases whose name matches; the outcomes end when all of them have ended.
func startBeside(wanted *regexp.Regexp, bins string) <-chan outcome {
	outcomes := make(chan outcome, len(besideCases))
	started := 0
	done := make(chan outcome, len(besideCases))
	for _, one := range besideCases {
		if !wanted.MatchString(one.name) {
			continue
		}
		started++
		go func() {
			binary, err := filepath.Abs(filepath.Join(bins, one.binary))
			if err != nil {
				panic(err)
			}
			log, err := runCase(one, binary)
			done <- outcome{one, log, err}
		}()
	}
	go func() {
		defer close(outcomes)
		for range started {
			outcomes <- <-done
		}
	}()
	return outcomes
}
