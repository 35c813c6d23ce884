package oracledocs_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/upload"
	"github.com/google/go-cmp/cmp"
)

// F118: a token that is refused is asked for once more, and told to be refused. With
// another one the request is sent again, content and all.
func TestTokenThatIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		tokens  []string // in the order in which the function returns them
		good    string   // the one that the service accepts
		refused []string // what the function was told
		calls   int
		fails   bool
	}{
		"accepted":      {[]string{"a"}, "a", []string{""}, 1, false},
		"renewed":       {[]string{"a", "b"}, "b", []string{"", "a"}, 2, false},
		"renewed twice": {[]string{"a", "b", "c"}, "c", []string{"", "a"}, 2, true},
		"the same":      {[]string{"a", "a"}, "b", []string{"", "a"}, 1, true},
		"none":          {[]string{"a", ""}, "b", []string{"", "a"}, 1, true},
	} {
		for _, operation := range []string{"read", "upload", "download"} {
			var told []string
			auth := oracledocs.RenewableToken(func(_ context.Context, refused string) (string, error) {
				told = append(told, refused)
				return tt.tokens[len(told)-1], nil
			})
			var bodies []string
			c, err := oracledocs.New(oracledocs.Config{BaseURL: "https://docs.example.com", Auth: auth, HTTP: docferry.HTTP{
				Retry: docferry.Retry{Attempts: 1},
				Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					text := ""
					if r.Body != nil {
						content, _ := io.ReadAll(r.Body)
						text = string(content)
					}
					bodies = append(bodies, text)
					status, answer := http.StatusUnauthorized, ""
					if r.Header.Get("Authorization") == "Bearer "+tt.good {
						status, answer = http.StatusOK, `{"errorCode":"0","id":"F1","version":"1","size":"12","name":"a.txt"}`
					}
					return &http.Response{StatusCode: status, Header: http.Header{}, ContentLength: int64(len(answer)),
						Body: io.NopCloser(strings.NewReader(answer))}, nil
				})}})
			if err != nil {
				t.Fatal(err)
			}
			switch operation {
			case "read":
				_, err = c.GetFolder(t.Context(), oracledocs.GetFolderRequest{FolderID: "F1"})
			case "upload":
				_, err = c.UploadFile(t.Context(), oracledocs.UploadFileRequest{ParentID: "self",
					Content: upload.Bytes("a.txt", []byte("some content"))})
			case "download":
				_, err = c.GetFile(t.Context(), oracledocs.GetFileRequest{FileID: "D1"})
			}
			if (err != nil) != tt.fails || err != nil && !errors.Is(err, docferry.ErrUnauthenticated) {
				t.Errorf("%s, %s: %v", name, operation, err)
			}
			if operation == "upload" && !strings.Contains(bodies[len(bodies)-1], "some content") {
				t.Errorf("%s: sent %q at last", name, bodies[len(bodies)-1])
			}
			if diff := cmp.Diff(tt.refused, told); diff != "" || len(bodies) != tt.calls {
				t.Errorf("%s, %s: %d calls, told (-want +got):\n%s", name, operation, len(bodies), diff)
			}
		}
	}
}
