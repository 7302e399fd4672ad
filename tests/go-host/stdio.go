package main

var stdioCases []testCase
