package docferry_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/google/go-cmp/cmp"
)

func TestLogTo(t *testing.T) {
	done := docferry.Attempt{Service: "workdocs", Operation: "GetFolder", Method: "GET",
		Route: "/api/v1/folders/{FolderId}",
		Host:  "workdocs.eu-west-1.amazonaws.com", Number: 2, Status: 200, Duration: 1500 * time.Millisecond}
	with := func(change func(a *docferry.Attempt)) docferry.Attempt {
		a := done
		change(&a)
		return a
	}
	const rest = " msg=request service=workdocs operation=GetFolder method=GET route=/api/v1/folders/{FolderId} host=workdocs.eu-west-1.amazonaws.com attempt=2"
	for _, tt := range []struct {
		attempt docferry.Attempt
		want    string
	}{
		{done, "level=DEBUG" + rest + " status=200 duration=1.5s"},
		{with(func(a *docferry.Attempt) { a.Status = 399 }), "level=DEBUG" + rest + " status=399 duration=1.5s"},
		{with(func(a *docferry.Attempt) { a.Status = 400 }), "level=WARN" + rest + " status=400 duration=1.5s"},
		{
			with(func(a *docferry.Attempt) { a.Status, a.Err = 0, errors.New("reset") }),
			"level=WARN" + rest + " status=0 duration=1.5s error=reset",
		},
	} {
		var b bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug,
			ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey {
					return slog.Attr{}
				}
				return a
			}}))
		docferry.LogTo(logger).Done(context.Background(), tt.attempt)
		if diff := cmp.Diff(tt.want, strings.TrimSpace(b.String())); diff != "" {
			t.Error(diff)
		}
	}
	if docferry.LogTo(slog.Default()).Start != nil {
		t.Error("it logs the start too")
	}
}

// An attempt must not get a field that can hold a header, a body or a URL.
func TestAttemptIsAnAllowList(t *testing.T) {
	var got []string
	for f := range reflect.TypeFor[docferry.Attempt]().Fields() {
		got = append(got, f.Name+" "+f.Type.String())
	}
	want := []string{"Service string", "Operation string", "Method string", "Route string", "Host string",
		"Number int", "Status int", "Duration time.Duration", "Err error"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDownloadReadsAndCloses(t *testing.T) {
	body := &closing{Reader: strings.NewReader("content")}
	d := &docferry.Download{Body: body, Size: 7}
	var b bytes.Buffer
	if _, err := b.ReadFrom(d); err != nil || b.String() != "content" {
		t.Errorf("%q, %v", b.String(), err)
	}
	if err := d.Close(); err != errClosing || !body.closed {
		t.Errorf("Close = %v, closed %v", err, body.closed)
	}
}

var errClosing = errors.New("cannot close")

type closing struct {
	*strings.Reader
	closed bool
}

func (c *closing) Close() error {
	c.closed = true
	return errClosing
}
