package workdocs

import (
	"testing"

	"github.com/docferry/docferry/internal/conformance"
)

func FuzzResponses(f *testing.F) { api.FuzzResponses(f) }

func FuzzRefusal(f *testing.F) { api.FuzzRefusal(f) }

func FuzzPlain(f *testing.F) {
	conformance.FuzzPlain[DescribeFolderContentsResponse](f, dialect,
		`{"Folders":[{"Id":"f","Labels":["a"]}],"Documents":[{"Id":"d","CreatedTimestamp":1.767225600123E9,"LatestVersionMetadata":`+
			`{"Size":7,"Thumbnail":{"SMALL":"https://a"},"ModifiedTimestamp":1767225600}},{"Labels":[]}],"Marker":"m"}`,
		`{"Documents":[{"CreatedTimestamp":"2026-01-02T03:04:05Z"},{"CreatedTimestamp":null},{"CreatedTimestamp":-0.0005}]}`,
		`{"Documents":[{"CreatedTimestamp":1e11},{"CreatedTimestamp":1e400},{"CreatedTimestamp":"1.5"},{"CreatedTimestamp":""}]}`,
		`{"Documents":[{"CreatedTimestamp":99999999999.999},{"CreatedTimestamp":1767225600.1235},{"CreatedTimestamp":1.5E+9},`+
			`{"CreatedTimestamp":0.0},{"CreatedTimestamp":12E9},{"CreatedTimestamp":0e9},{"CreatedTimestamp":9.99E-3}]}`,
		`{"Documents":[{"CreatedTimestamp":99999999999.9},{"CreatedTimestamp":9E9}]}`,
		`{"Documents":[{"CreatedTimestamp":100000000000}]}`)
}
