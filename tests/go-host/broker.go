package main

var brokerCases []testCase
