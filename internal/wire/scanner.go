package wire

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/go-json-experiment/json/jsontext"
)

// scanner reads the tokens of JSON one after the other. It knows all of the
// grammar, and refuses text that is not UTF-8.
type scanner struct {
	body    []byte
	at      int    // where the next token begins, or spaces before it
	scratch []byte // for text with escapes
}

// peek returns the first byte of the next token, or 0 at the end.
func (s *scanner) peek() byte {
	for s.at < len(s.body) {
		c := s.body[s.at]
		if c > ' ' || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c
		}
		s.at++
	}
	return 0
}

// ended reports whether there is nothing more.
func (s *scanner) ended() bool {
	s.peek()
	return s.at == len(s.body)
}

// take reads a token that is one byte, if it is the next.
func (s *scanner) take(token byte) bool {
	if s.peek() != token {
		return false
	}
	s.at++
	return true
}

// literal reads true, false or null, if it is the next.
func (s *scanner) literal(word string) bool {
	s.peek()
	if !bytes.HasPrefix(s.body[s.at:], []byte(word)) {
		return false
	}
	s.at += len(word)
	return true
}

// named reads the name of a member, and the colon behind it, if it is the one given.
// Otherwise it reads nothing.
func (s *scanner) named(name string) bool {
	if s.peek() != '"' {
		return false
	}
	first, last := s.at+1, s.at+1+len(name)
	if last >= len(s.body) || s.body[last] != '"' || string(s.body[first:last]) != name {
		return false
	}
	start := s.at
	s.at = last + 1
	if !s.take(':') {
		s.at = start
		return false
	}
	return true
}

// name reads the name of a member, and the colon behind it.
func (s *scanner) name() (text []byte, ok bool) {
	text, ok = s.text()
	return text, ok && s.take(':')
}

// text reads a string. What it returns is good until the next call.
func (s *scanner) text() (text []byte, ok bool) {
	if !s.take('"') {
		return nil, false
	}
	start, end := s.at, s.simple(s.at)
	if end == len(s.body) || s.body[end] != '"' {
		return s.escaped(start)
	}
	s.at = end + 1
	return s.body[start:end], true
}

// simple returns where the bytes end that stand for themselves in a string: printable
// ASCII but for quotation marks and backslashes. It looks at eight bytes at once.
func (s *scanner) simple(i int) int {
	const each = 0x0101010101010101
	for ; i+8 <= len(s.body); i += 8 {
		w := binary.LittleEndian.Uint64(s.body[i:])
		quote, backslash := w^each*'"', w^each*'\\'
		// The highest bit of a byte gets set if it was, or if taking off something went
		// below zero, which only happens to bytes that are no longer right from there on.
		if odd := (w | (w - each*' ') | (quote - each) | (backslash - each)) & (each * 0x80); odd != 0 {
			return i + bits.TrailingZeros64(odd)/8
		}
	}
	for i < len(s.body) && s.body[i] >= ' ' && s.body[i] < 0x80 && s.body[i] != '"' && s.body[i] != '\\' {
		i++
	}
	return i
}

// escaped reads a string with other characters than simple ones. start is behind the
// quotation mark.
func (s *scanner) escaped(start int) (text []byte, ok bool) {
	for i := start; i < len(s.body); i++ {
		switch s.body[i] {
		case '\\':
			i++
		case '"':
			s.at = i + 1
			var err error
			s.scratch, err = jsontext.AppendUnquote(s.scratch[:0], s.body[start-1:s.at])
			return s.scratch, err == nil
		}
	}
	return nil, false
}

// number reads a number. It returns nil if there is none.
func (s *scanner) number() []byte {
	s.peek()
	start, i := s.at, s.at
	if i < len(s.body) && s.body[i] == '-' {
		i++
	}
	whole := i
	if i = s.digits(i); i == whole || s.body[whole] == '0' && i > whole+1 {
		return nil
	}
	if i < len(s.body) && s.body[i] == '.' {
		point := i
		if i = s.digits(i + 1); i == point+1 {
			return nil
		}
	}
	if i < len(s.body) && s.body[i]|0x20 == 'e' {
		if i++; i < len(s.body) && (s.body[i] == '+' || s.body[i] == '-') {
			i++
		}
		exponent := i
		if i = s.digits(i); i == exponent {
			return nil
		}
	}
	s.at = i
	return s.body[start:i]
}

// digits returns where the digits end that begin at i.
func (s *scanner) digits(i int) int {
	for i < len(s.body) && s.body[i]-'0' <= 9 {
		i++
	}
	return i
}
