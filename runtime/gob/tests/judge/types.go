package main

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// Raw writes itself: its bytes are its own affair.
type Raw struct{ content []byte }

func (r Raw) GobEncode() ([]byte, error) { return r.content, nil }

func (r *Raw) GobDecode(content []byte) error {
	r.content = append([]byte(nil), content...)
	return nil
}

var named = map[string]reflect.Type{
	"bool":      reflect.TypeFor[bool](),
	"int":       reflect.TypeFor[int64](),
	"uint":      reflect.TypeFor[uint64](),
	"float":     reflect.TypeFor[float64](),
	"bytes":     reflect.TypeFor[[]byte](),
	"string":    reflect.TypeFor[string](),
	"complex":   reflect.TypeFor[complex128](),
	"interface": reflect.TypeFor[any](),
	"opaque":    reflect.TypeFor[Raw](),
}

// description is a type: a name, or one of these.
type description struct {
	Array  *description
	Length int
	Slice  *description
	Map    *description
	Key    string
	Struct []description
	Name   string
}

func (d *description) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, &d.Name)
	}
	type bare description
	return json.Unmarshal(text, (*bare)(d))
}

func parseType(text string) (reflect.Type, error) {
	var d description
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return nil, err
	}
	return d.typ()
}

func (d *description) typ() (reflect.Type, error) {
	of := func(part *description, make func(reflect.Type) reflect.Type) (reflect.Type, error) {
		typ, err := part.typ()
		if err != nil {
			return nil, err
		}
		return make(typ), nil
	}
	switch {
	case d.Name != "":
		if typ := named[d.Name]; typ != nil {
			return typ, nil
		}
		return nil, fmt.Errorf("no type is called %q", d.Name)
	case d.Array != nil:
		return of(d.Array, func(typ reflect.Type) reflect.Type { return reflect.ArrayOf(d.Length, typ) })
	case d.Slice != nil:
		return of(d.Slice, reflect.SliceOf)
	case d.Map != nil:
		return of(d.Map, func(typ reflect.Type) reflect.Type { return reflect.MapOf(named[d.Key], typ) })
	}
	var fields []reflect.StructField
	for index := range d.Struct {
		typ, err := d.Struct[index].typ()
		if err != nil {
			return nil, err
		}
		fields = append(fields, reflect.StructField{Name: fmt.Sprintf("F%d", index), Type: typ})
	}
	return reflect.StructOf(fields), nil
}
