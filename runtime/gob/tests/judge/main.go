// The judge of what Rust makes of gobs: Go's own encoding/gob, over stdin and stdout, a line each way.
//
// At the start it prints values as Go encodes them, `name TAB hex`, and an empty line. Then it answers
// questions:
//
//	vector TAB name TAB hex        the value of that name as Rust has encoded it
//	typed TAB type TAB skip TAB hex  values of a type that is described in JSON
//
// with `ok`, and of typed values with what Go's encoder makes of what its decoder has read, or with
// what is wrong.
package main

import (
	"bufio"
	"bytes"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
)

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(in io.Reader, out io.Writer) error {
	register()
	known := map[string]any{}
	for _, v := range vectors() {
		var stream bytes.Buffer
		if err := gob.NewEncoder(&stream).Encode(v.value); err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
		known[v.name] = v.value
		fmt.Fprintf(out, "%s\t%x\n", v.name, stream.Bytes())
	}
	fmt.Fprintln(out)
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		answer, err := judge(known, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		if err != nil {
			answer = "wrong: " + strings.ReplaceAll(err.Error(), "\n", " ")
		}
		fmt.Fprintln(out, answer)
	}
}

func judge(known map[string]any, question []string) (string, error) {
	stream, err := hex.DecodeString(question[len(question)-1])
	if err != nil {
		return "", err
	}
	switch question[0] {
	case "vector":
		return "ok", judgeVector(known[question[1]], stream)
	case "typed":
		return judgeTyped(question[1], question[2] == "skip", stream)
	}
	return "", fmt.Errorf("not a question: %q", question[0])
}

// judgeVector compares what Go reads from Rust's stream with what it reads from its own.
func judgeVector(value any, theirs []byte) error {
	var ours bytes.Buffer
	if err := gob.NewEncoder(&ours).Encode(value); err != nil {
		return err
	}
	typ := reflect.TypeOf(value)
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	expected, found := reflect.New(typ), reflect.New(typ)
	if err := gob.NewDecoder(&ours).DecodeValue(expected); err != nil {
		return fmt.Errorf("of Go's own: %w", err)
	}
	if err := gob.NewDecoder(bytes.NewReader(theirs)).DecodeValue(found); err != nil {
		return err
	}
	if !reflect.DeepEqual(expected.Interface(), found.Interface()) {
		return fmt.Errorf("found %+v, expected %+v", found.Elem(), expected.Elem())
	}
	return nil
}

// judgeTyped reads all values into one variable, as net/rpc reads a reply into what the caller has,
// and answers with that variable after each.
func judgeTyped(description string, skip bool, stream []byte) (string, error) {
	typ, err := parseType(description)
	if err != nil {
		return "", err
	}
	if skip {
		if err := skipAll(stream); err != nil {
			return "", fmt.Errorf("skipping: %w", err)
		}
	}
	variable := reflect.New(typ)
	decoder := gob.NewDecoder(bytes.NewReader(stream))
	var out bytes.Buffer
	encoder := gob.NewEncoder(&out)
	for {
		err := decoder.DecodeValue(variable)
		if errors.Is(err, io.EOF) {
			return fmt.Sprintf("ok\t%x", out.Bytes()), nil
		} else if err != nil {
			return "", err
		}
		if err := encoder.EncodeValue(variable); err != nil {
			return "", fmt.Errorf("encoding %+v again: %w", variable.Elem(), err)
		}
	}
}

// skipAll has Go pass over the values, as it does with fields that it does not know.
func skipAll(stream []byte) error {
	decoder := gob.NewDecoder(bytes.NewReader(stream))
	for {
		err := decoder.DecodeValue(reflect.Value{})
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
