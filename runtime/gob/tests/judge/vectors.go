package main

import (
	"encoding/gob"
	"errors"
	"math"
	"math/big"
	"net/http"
	"net/url"
	"time"
)

type vector struct {
	name  string
	value any
}

type (
	Point  struct{ X, Y int }
	Number int32
	Label  string
	Labels []Label
	Blob   []byte

	Tree struct {
		Name     string
		Children []*Tree
		Index    map[string]Tree
	}
	Ping struct{ Pong *Pong }
	Pong struct {
		Ping *Ping
		All  []Ping
	}
	Nest []Nest

	Inner    struct{ A, B string }
	Embedded struct {
		Inner
		*Point
		Own string
	}
	Kinds struct {
		B   bool
		I8  int8
		I16 int16
		I32 int32
		I64 int64
		I   int
		U8  uint8
		U16 uint16
		U32 uint32
		U64 uint64
		U   uint
		Ptr uintptr
		F32 float32
		F64 float64
		C64 complex64
		C   complex128
		S   string
		By  []byte
	}
	Pointers struct {
		B  *bool
		S  **string
		P  *Point
		PP **Point
		L  *[]int
		M  *map[string]int
	}
	Hidden struct {
		Seen   string
		unseen string
		Chan   chan int
		Func   func()
		Last   int
	}
	Arrays struct {
		A [3]int
		B [4]byte
		C [2][2]string
		D [2]Point
		E [0]int
	}
	Maps struct {
		SS map[string]string
		IM map[int]map[string][]int
		PM map[Point]bool
		AM map[[2]int]string
		MA map[string]any
		NL map[Label]Labels
	}
	Any struct {
		Before string
		V, W   any
		After  string
	}
	Failure struct {
		Code int
		Text string
	}
	Result struct {
		A  *Point
		E  error
		L  []error
		Op any
	}
	Marshaled struct {
		T  time.Time
		PT *time.Time
		U  *url.URL
		N  *big.Int
		H  http.Header
		D  time.Duration
		L  []time.Time
		M  map[string]time.Time
	}
	Wide struct {
		A0, A1, A2, A3, A4, A5, A6, A7, A8, A9 int
		Z                                      string
	}
)

func (f *Failure) Error() string { return f.Text }

func register() {
	gob.Register([]any{})
	gob.Register(map[string]any{})
	gob.Register(Point{})
	gob.Register(&Tree{})
	gob.Register(&Failure{})
	gob.Register(Labels{})
	gob.Register(map[string]map[string]any{})
	gob.Register([2]any{})
	gob.Register(time.Time{})
	gob.Register(Any{})
	gob.Register(Number(0))
}

func vectors() []vector {
	yes, word := true, "word"
	pWord, point := &word, &Point{1, -2}
	when := time.Date(2026, 3, 4, 5, 6, 7, 8, time.FixedZone("", 19800))
	page, _ := url.Parse("https://user@example.com:8065/a%20b?q=1#f")
	large, _ := new(big.Int).SetString("-123456789012345678901234567890", 10)
	leaf := &Tree{Name: "leaf"}
	tree := &Tree{"root", []*Tree{leaf, {Name: "x", Children: []*Tree{leaf}}}, map[string]Tree{"i": *leaf}}
	deep := any("bottom")
	for range 60 {
		deep = map[string]any{"k": []any{deep}}
	}
	return []vector{
		{"bool", true}, {"int", -129}, {"least", int64(math.MinInt64)}, {"most", uint64(math.MaxUint64)},
		{"float", math.Pi}, {"infinity", math.Inf(-1)}, {"float32", float32(0.1)},
		{"complex", complex(1.5, -2)}, {"string", "grüß 😀"}, {"not UTF-8", "a\xff\x00b"},
		{"bytes", []byte{0, 127, 255}}, {"named number", Number(-7)}, {"named string", Label("l")},
		{"named bytes", Blob{1, 2}}, {"empty string", ""}, {"zero", 0}, {"pointer", &pWord},
		{"empty slice", []int{}}, {"slice of pointers", []*Point{point, {}}},
		{"slices of slices", [][]string{{"a"}, {}, {"b", ""}}}, {"slice of bytes", [][]byte{{1}, {}}},
		{"array", [3]uint8{1, 200, 0}}, {"array of arrays", [2][3]int{{1}, {0, 2}}},
		{"array of nothing", [0]string{}}, {"map", map[string]int{"": 0, "a": -1}},
		{"map of maps", map[int]map[bool]map[string]float64{1: {true: {"x": 0.5}, false: {}}, -1: {}}},
		{"map by struct", map[Point]Point{{1, 2}: {3, 4}, {}: {}}},
		{"map by array", map[[2]string]bool{{"a", "b"}: true}},
		{"map of pointers", map[string]*Tree{"t": tree}},
		{"struct", Point{22, 33}}, {"zero struct", Point{}}, {"no fields", struct{}{}},
		{"kinds", Kinds{true, -8, -16, -32, -64, -1, 8, 16, 32, 64, 1, 99, 0.5, -0.25, 1i, 2 + 3i, "s", []byte{9}}},
		{"largest kinds", Kinds{I8: math.MinInt8, I16: math.MinInt16, I32: math.MinInt32, I64: math.MinInt64, U8: 255, U16: 65535, U32: math.MaxUint32, U64: math.MaxUint64, F32: math.MaxFloat32, F64: math.SmallestNonzeroFloat64}},
		{"zero kinds", Kinds{}},
		{"pointers", Pointers{&yes, &pWord, point, &point, &[]int{1}, &map[string]int{"a": 1}}},
		{"nil pointers", Pointers{}}, {"pointers to zeros", Pointers{B: new(bool), P: &Point{}}},
		{"embedded", Embedded{Inner{"a", "b"}, point, "own"}}, {"hidden", Hidden{"seen", "unseen", nil, nil, 3}},
		{"arrays", Arrays{[3]int{1}, [4]byte{255}, [2][2]string{{"a"}, {}}, [2]Point{{}, {1, 2}}, [0]int{}}},
		{"zero arrays", Arrays{}}, {"wide", Wide{A3: 1, Z: "z"}},
		{"maps", Maps{map[string]string{"a": "b"}, map[int]map[string][]int{1: {"x": {1, 2}}}, map[Point]bool{{1, 2}: true}, map[[2]int]string{{1, 2}: "t"}, map[string]any{"n": nil, "i": 1}, map[Label]Labels{"k": {"v"}}}},
		{"empty maps", Maps{SS: map[string]string{}, MA: map[string]any{}}},
		{"tree", tree}, {"slice of itself", Nest{{}, {{}, {}}}}, {"mutual", Ping{&Pong{&Ping{}, []Ping{{}, {&Pong{}}}}}},
		{"nil interface", Any{Before: "b", After: "a"}},
		{"interface of basics", Any{V: int8(1), W: "w"}}, {"interface of bytes", Any{V: []byte{1}, W: uint8(2)}},
		{"interface of a struct", Any{Before: "b", V: Point{1, 2}, W: Point{}, After: "a"}},
		{"interface of a new type each", Any{"b", &Failure{1, "f"}, tree, "a"}},
		{"interface of a list", Any{V: []any{nil, 1, "a", []any{1.5, nil, Point{3, 4}}, map[string]any{}}}},
		{"interface of maps", Any{V: map[string]map[string]any{"a": {"b": map[string]any{"c": Labels{"d"}}}}}},
		{"interface of an array", Any{V: [2]any{1, Point{}}, W: Number(5)}},
		{"interface in interface in interface", Any{V: Any{V: Any{V: tree, W: when}, W: &Failure{2, ""}}}},
		{"interface of a time", Any{V: when}},
		{"deep", Any{V: deep}},
		{"list of interfaces", []any{1, "a", Point{1, 2}, &Failure{3, "x"}, Point{}, nil}},
		{"map of interfaces", map[string]any{"p": Point{1, 2}, "f": &Failure{1, "t"}, "l": []any{leaf}}},
		{"result", Result{A: point}}, {"errors", Result{E: &Failure{5, "e"}, L: []error{&Failure{}, nil}, Op: errors.ErrUnsupported == nil}},
		{"times", Marshaled{when, &when, page, large, http.Header{"A": {"b"}}, time.Hour, []time.Time{{}, when}, map[string]time.Time{"t": when}}},
		{"no times", Marshaled{}}, {"time", when}, {"zero time", time.Time{}}, {"url", page}, {"big", large},
	}
}
