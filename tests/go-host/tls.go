package main

var tlsCases []testCase
