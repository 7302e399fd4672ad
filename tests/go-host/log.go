package main

var logCases []testCase
