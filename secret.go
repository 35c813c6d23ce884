package docferry

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/docferry/docferry/internal/redact"
)

// Secret is a token, a password or a presigned URL. It is shown as "[redacted]"
// by every verb of package fmt, by log/slog and in JSON, so that a struct that
// holds one can be logged. The clients send the real value.
//
// Convert it to get the value: string(s). Three uses bypass its methods and
// must be avoided: package fmt for unexported fields; the verbs %p and %w,
// which are not for strings (go vet reports them); and the keys of a map in
// encoding/json.
type Secret string

// String returns "[redacted]", or "" for an empty secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redact.Mark
}

// GoString redacts the verb %#v.
func (s Secret) GoString() string { return fmt.Sprintf("docferry.Secret(%q)", s.String()) }

// Format implements [fmt.Formatter] for all verbs.
func (s Secret) Format(f fmt.State, verb rune) {
	text := s.String()
	if verb == 'v' && f.Flag('#') {
		text = s.GoString()
	}
	_, _ = io.WriteString(f, text)
}

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText redacts the secret in JSON, XML and other text encodings.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
