package connectparticipant

import (
	"testing"

	"github.com/docferry/docferry/internal/conformance"
)

func FuzzResponses(f *testing.F) { api.FuzzResponses(f) }

func FuzzRefusal(f *testing.F) { api.FuzzRefusal(f) }

func FuzzPlain(f *testing.F) {
	conformance.FuzzPlain[GetTranscriptResponse](f, dialect,
		`{"Transcript":[{"AbsoluteTime":"2026-01-02T03:04:05.678Z","Content":"caf\u00e9 é\n","Attachments":[{"AttachmentId":"a"}],`+
			`"MessageMetadata":{"MessageId":"m","Receipts":[{"ReadTimestamp":"2026-01-02T03:04:05+02:00"}]}},{}],"NextToken":"n"}`,
		`{"Transcript":[{"AbsoluteTime":"0001-01-01T00:00:00Z"}]}`,
		`{"Transcript":[{"AbsoluteTime":"2026-01-02T03:04:05"},{"AbsoluteTime":""}]}`,
		`{"Transcript":[{"AbsoluteTime":1},{"AbsoluteTime":null},{"AbsoluteTime":"2026-01-02T3:04:05,5Z"}]}`)
}
