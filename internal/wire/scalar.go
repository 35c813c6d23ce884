package wire

import (
	"math/big"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// convert reads a single value that has another type than v, if its meaning is
// clear all the same: a number or a flag as text, or text as a number or a flag.
func convert(raw jsontext.Value, v reflect.Value) bool {
	text, ok := Text(raw)
	if !ok {
		return false
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int64:
		n, ok := Int(text)
		v.SetInt(n)
		return ok
	case reflect.Bool:
		flag, ok := Flag(text)
		v.SetBool(flag)
		return ok
	default:
		return false
	}
	return true
}

// Text returns the text of a string, in which U+FFFD stands for what is not UTF-8
// and for half of a surrogate pair, or a number or flag as it is written. It
// returns false for anything else.
func Text(raw jsontext.Value) (string, bool) {
	switch raw.Kind() {
	case '"':
		text, _ := jsontext.AppendUnquote(nil, raw) // an error says that something was replaced
		return string(text), true
	case '0', 't', 'f':
		return string(raw), true
	default:
		return "", false
	}
}

// maxNumber is the length of the longest text that is read as a number. No whole
// number in 64 bits needs as much, with a fraction or an exponent.
const maxNumber = 64

// Int reads a whole number, which may have a fraction of zeros or an exponent, as
// in 12345.0 and 1.2345e4. It returns false for a number that is not whole or that
// has more than 64 bits, and for other text.
func Int(text string) (int64, bool) {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	if len(text) > maxNumber {
		return 0, false
	}
	// This precision holds all digits of 64 bits, which a float64 would not.
	f, _, err := big.ParseFloat(text, 10, 128, big.ToNearestEven)
	if err != nil {
		return 0, false
	}
	n, accuracy := f.Int64()
	if accuracy != big.Exact {
		return 0, false
	}
	return n, true
}

// Flag reads a flag. It returns false for text that is none.
func Flag(text string) (flag, ok bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "1", "true", "yes":
		return true, true
	case "0", "false", "no":
		return false, true
	}
	return false, false
}
