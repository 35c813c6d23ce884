package golden

import (
	"fmt"
	"reflect"
	"slices"
	"time"
)

// Fill sets the fields of the struct that v points to, and of the structs in it.
// The values are derived from the names of the fields, so they are the same in
// every run and show where each of them went; none is zero. A field of the same
// type as one of the examples is set to that example, which is how enums get a
// value that exists. A list of strings or numbers gets two items, any other list
// one item, and a map one entry.
//
// Strings contain a plus sign, because paths and queries have to escape it.
// Functions, channels, interfaces with methods, and structs that contain
// themselves stay zero.
func Fill(v any, examples ...any) {
	f := filler{examples: make(map[reflect.Type]reflect.Value, len(examples))}
	for _, example := range examples {
		f.examples[reflect.TypeOf(example)] = reflect.ValueOf(example)
	}
	f.fill(reflect.ValueOf(v).Elem(), "")
}

// filler is the state of one call of Fill.
type filler struct {
	examples map[reflect.Type]reflect.Value
	within   []reflect.Type // the structs being filled, to stop at recursive types
}

// fill sets v, the value of the field with the given name. Numbers get the
// length of the name as their value. An example takes precedence over every
// other rule.
func (f *filler) fill(v reflect.Value, name string) {
	if example, ok := f.examples[v.Type()]; ok {
		v.Set(example)
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(name + "+1")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(len(name)))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(len(name)) + 0.5)
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		f.fill(p.Elem(), name)
		v.Set(p)
	case reflect.Interface:
		if v.NumMethod() == 0 {
			v.Set(reflect.ValueOf(name + "+1"))
		}
	case reflect.Slice:
		v.Set(f.list(v.Type(), name))
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key, name+"Key")
		f.fill(value, name+"Value")
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		f.fillStruct(v, name)
	}
}

// list returns a list of two strings or numbers, or of one item of another type,
// whose second item would be equal to the first.
func (f *filler) list(t reflect.Type, name string) reflect.Value {
	n := 2
	if _, ok := f.examples[t.Elem()]; ok || t.Elem().Kind() == reflect.Struct {
		n = 1
	}
	list := reflect.MakeSlice(t, n, n)
	for i := range n {
		f.fill(list.Index(i), fmt.Sprint(name, i+1))
	}
	return list
}

// fillStruct sets the exported fields of a struct. A time gets a fraction of a
// second, to show how precisely a service's dialect writes times. A struct
// inside one of the same type stays zero, which ends the recursion.
func (f *filler) fillStruct(v reflect.Value, name string) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		at := time.Date(2009, time.November, 10, 23, 0, len(name), 5e8, time.UTC)
		v.Set(reflect.ValueOf(at))
		return
	}
	if slices.Contains(f.within, v.Type()) {
		return
	}
	f.within = append(f.within, v.Type())
	for field, value := range v.Fields() {
		if field.IsExported() {
			f.fill(value, field.Name)
		}
	}
	f.within = f.within[:len(f.within)-1]
}
