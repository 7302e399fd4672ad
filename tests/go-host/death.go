package main

var deathCases []testCase

const hostChild = "GO_HOST_CHILD"

func beHost(string) int { return 0 }
