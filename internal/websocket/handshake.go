package websocket

import (
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the protocol wants it
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

// Ask returns the header of a request that asks for a websocket.
func Ask() http.Header {
	var key [16]byte
	_, _ = rand.Read(key[:]) // it never fails
	return http.Header{
		"Connection":            {"Upgrade"},
		"Upgrade":               {"websocket"},
		"Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key":     {base64.StdEncoding.EncodeToString(key[:])},
	}
}

// Agreed reports whether the header of an answer with status 101 opens the websocket that
// a request with the header ask has asked for.
func Agreed(ask, answer http.Header) bool {
	const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
	sum := sha1.Sum([]byte(ask.Get("Sec-WebSocket-Key") + magic)) //nolint:gosec // see above
	return has(answer, "Connection", "upgrade") && has(answer, "Upgrade", "websocket") &&
		answer.Get("Sec-WebSocket-Accept") == base64.StdEncoding.EncodeToString(sum[:]) &&
		answer.Get("Sec-WebSocket-Extensions") == "" && answer.Get("Sec-WebSocket-Protocol") == ""
}

// has reports whether a header has a word in one of its lists.
func has(header http.Header, name, word string) bool {
	return slices.ContainsFunc(header.Values(name), func(list string) bool {
		return slices.ContainsFunc(strings.Split(list, ","), func(one string) bool {
			return strings.EqualFold(strings.TrimSpace(one), word)
		})
	})
}
