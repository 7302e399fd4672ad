package main

var reattachCases []testCase
