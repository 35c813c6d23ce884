// Package otel traces the requests of docferry with OpenTelemetry. Copy it: it
// is an example, and a module of its own, so that the library itself does not
// depend on OpenTelemetry.
//
// It is an Observer rather than a wrapper of the Transport. A wrapper such as
// otelhttp records the URL of every request in the attributes of its span, and
// the URL of an upload or a download is presigned: anyone who can read the trace
// could use it. An Observer never sees a URL.
package otel

import (
	"context"

	"github.com/docferry/docferry"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Observer returns an observer that makes a span for each attempt, named after
// the service and the operation, such as "workdocs.CreateFolder".
func Observer(tracer trace.Tracer) docferry.Observer {
	return docferry.Observer{
		Start: func(ctx context.Context, a docferry.Attempt) context.Context {
			ctx, _ = tracer.Start(ctx, a.Service+"."+a.Operation,
				trace.WithSpanKind(trace.SpanKindClient),
				trace.WithAttributes(
					attribute.String("http.request.method", a.Method),
					attribute.String("url.template", a.Route),
					attribute.String("server.address", a.Host),
					attribute.Int("http.request.resend_count", a.Number-1),
				))
			return ctx
		},
		Done: func(ctx context.Context, a docferry.Attempt) {
			span := trace.SpanFromContext(ctx)
			defer span.End()
			switch {
			case a.Err != nil:
				span.RecordError(a.Err)
				span.SetStatus(codes.Error, a.Err.Error())
			case a.Status >= 400:
				span.SetStatus(codes.Error, "")
			}
			if a.Status != 0 {
				span.SetAttributes(attribute.Int("http.response.status_code", a.Status))
			}
		},
	}
}
