package main

var muxCases []testCase
