package docferry

import (
	"context"
	"log/slog"
	"time"
)

// Observer has functions that are called for every attempt. Either may be nil.
// They must be safe for concurrent use, and should return quickly.
type Observer struct {
	// Start is called before the attempt waits for the limiter and is sent.
	// The context it returns is used for the attempt and given to Done.
	Start func(ctx context.Context, a Attempt) context.Context
	// Done is called when the answer's header was read, or the attempt failed.
	Done func(ctx context.Context, a Attempt)
}

// Attempt describes one sending of a request. It has no URL, header or body, so
// that it cannot leak any.
type Attempt struct {
	Service   string        // "workdocs", "oracledocs", "connectparticipant" or "upload"
	Operation string        // name in the API
	Method    string        // HTTP method
	Route     string        // the path as a template: "/api/v1/documents/{DocumentId}"
	Host      string        // host and port
	Number    int           // 1 for the first attempt
	Status    int           // HTTP status; 0 before the answer, or if there was none
	Duration  time.Duration // until the answer's header was read; 0 in Start
	Err       error         // why there was no answer; its text is redacted
}

// LogTo returns an Observer that logs each attempt when it is done: at level
// Debug, or Warn when it failed or the status is 400 or above.
func LogTo(logger *slog.Logger) Observer {
	return Observer{Done: func(ctx context.Context, a Attempt) {
		level := slog.LevelDebug
		if a.Err != nil || a.Status >= 400 {
			level = slog.LevelWarn
		}
		attrs := []slog.Attr{
			slog.String("service", a.Service),
			slog.String("operation", a.Operation),
			slog.String("method", a.Method),
			slog.String("route", a.Route),
			slog.String("host", a.Host),
			slog.Int("attempt", a.Number),
			slog.Int("status", a.Status),
			slog.Duration("duration", a.Duration),
		}
		if a.Err != nil {
			attrs = append(attrs, slog.String("error", a.Err.Error()))
		}
		logger.LogAttrs(ctx, level, "request", attrs...)
	}}
}
