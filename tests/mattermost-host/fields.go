package main

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"github.com/mattermost/mattermost/server/public/plugin"
)

// fieldsWithoutRows are those that the contract lacks, each with what becomes of it.
//
//go:embed fields_without_rows.tsv
var fieldsWithoutRows string

// table has the rows of one of the product's tables, without its heading.
func table(name string) ([][]string, error) {
	_, here, _, _ := runtime.Caller(0)
	content, err := os.ReadFile(filepath.Join(filepath.Dir(here), "../../runtime/src/netrpc/table", name))
	if err != nil {
		return nil, err
	}
	return rowsOf(string(content)), nil
}

func rowsOf(content string) [][]string {
	var rows [][]string
	for line := range strings.Lines(content) {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	return rows[1:]
}

// A census goes through the structs that calls carry.
type census struct {
	// The fields that have a row, or a reason why they have none, by `struct.field`.
	rows, reasons map[string]bool
	// The structs that have rows.
	structs map[string]bool
	seen    map[reflect.Type]bool
	silent  []string
}

func newCensus() (*census, error) {
	census := &census{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[reflect.Type]bool{}, nil}
	fields, err := table("fields.tsv")
	if err != nil {
		return nil, err
	}
	for _, row := range fields {
		census.structs[row[0]] = true
		census.rows[row[0]+"."+row[2]] = true
	}
	json, err := table("json.tsv")
	if err != nil {
		return nil, err
	}
	for _, row := range json {
		// Some are JSON in one place, and a message in all others.
		if len(row) > 1 && !slices.ContainsFunc(fields, func(field []string) bool { return field[0] == row[0] }) {
			census.structs[row[0]] = true
			census.rows[row[0]+"."+row[1]] = true
		}
	}
	for _, row := range rowsOf(fieldsWithoutRows) {
		if len(row) != 3 || row[2] == "" {
			return nil, fmt.Errorf("no reason: %q", row)
		}
		census.reasons[row[0]+"."+row[1]] = true
	}
	return census, nil
}

func (census *census) count(one reflect.Type) {
	switch one.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		if one.Kind() == reflect.Map {
			census.count(one.Key())
		}
		census.count(one.Elem())
		return
	case reflect.Struct:
	default:
		return
	}
	if census.seen[one] || !census.structs[one.String()] {
		return
	}
	census.seen[one] = true
	for index := range one.NumField() {
		field := one.Field(index)
		// Gob carries no others.
		if !field.IsExported() || field.Type.Kind() == reflect.Func || field.Type.Kind() == reflect.Chan {
			continue
		}
		name := one.String() + "." + field.Name
		switch {
		case census.rows[name] && census.reasons[name]:
			census.silent = append(census.silent, name+" has a row and a reason")
		case !census.rows[name] && !census.reasons[name]:
			census.silent = append(census.silent, name)
		}
		delete(census.reasons, name)
		census.count(field.Type)
	}
}

var _ = register(testCase{"every field of a struct has a row in the table, or a reason why it has none", "fixture-api", func(*server) error {
	census, err := newCensus()
	if err != nil {
		return err
	}
	for _, service := range []reflect.Type{reflect.TypeFor[plugin.API](), reflect.TypeFor[plugin.Hooks]()} {
		for index := range service.NumMethod() {
			method := service.Method(index).Type
			for index := range method.NumIn() {
				census.count(method.In(index))
			}
			for index := range method.NumOut() {
				census.count(method.Out(index))
			}
		}
	}
	for name := range census.reasons {
		census.silent = append(census.silent, name+" is no field of a call")
	}
	slices.Sort(census.silent)
	if len(census.silent) > 0 || len(census.seen) < 150 {
		return fmt.Errorf("%d structs:\n%s", len(census.seen), strings.Join(census.silent, "\n"))
	}
	return nil
}})
