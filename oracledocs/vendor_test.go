package oracledocs_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/upload"
)

// part is a part of a form as it was received.
type part struct{ Name, File, Type, Content string }

// vendorExample is one of the seven examples of Oracle's page about Upload
// File Version: what is asked for, what has to be sent, and the printed answer.
type vendorExample struct {
	answer string // in oracledocstest/testdata/upload-version
	status int
	req    oracledocs.UploadFileVersionRequest
	header map[string]string
	parts  []part
	code   string // of the refusal, "" for success
	keys   []oracledocs.ErrorKey
}

const (
	exampleFile = "D574378400573ED9D62B3195T0000000000100000001"
	exampleLink = "LF1F4C0670E07337F2A6AA1CB5D17B95F47087F4E518"
)

func exampleRequest(access oracledocs.Access) oracledocs.UploadFileVersionRequest {
	return oracledocs.UploadFileVersionRequest{FileID: exampleFile, Access: access,
		Content: upload.Bytes("example2.txt", []byte("This is example2.txt v2"))}
}

var examplePart = []part{{"primaryFile", "example2.txt", "text/plain", "This is example2.txt v2"}}

var vendorExamples = []vendorExample{
	{answer: "plain", status: 200, req: exampleRequest(oracledocs.Access{}), parts: examplePart},
	{answer: "link", status: 200, req: exampleRequest(oracledocs.Access{LinkID: exampleLink}), parts: examplePart,
		header: map[string]string{"linkID": exampleLink}},
	// The page prints a cookie of another link than the header's: a slip. The
	// cookie belongs to the link.
	{answer: "code", status: 200, req: exampleRequest(oracledocs.Access{LinkID: exampleLink, AccessCode: "test12345"}),
		parts:  examplePart,
		header: map[string]string{"linkID": exampleLink, "Cookie": "dAccessCode-" + exampleLink + "=test12345"}},
	{answer: "refused", status: 403, req: exampleRequest(oracledocs.Access{}), parts: examplePart,
		code: oracledocs.CodeForbidden,
		keys: []oracledocs.ErrorKey{
			{Key: "csUnableToCheckIn", Args: []string{"example2.txt"}},
			{Key: "csCloudItemInsufficientPrivileges",
				Args: []string{"User BB", "fFileGUID:" + exampleFile, "CHECKIN_UNIVERSAL"}}}},
	{answer: "nocode", status: 403, req: exampleRequest(oracledocs.Access{LinkID: exampleLink}), parts: examplePart,
		header: map[string]string{"linkID": exampleLink}, code: oracledocs.CodeAccessCodeRequired,
		keys: []oracledocs.ErrorKey{
			{Key: "csUnableToCheckIn", Args: []string{"idcTestNewFile1KB.txt"}},
			{Key: "csAccessCodeRequiredForLinkAccess"}}},
	{answer: "metadata", status: 200,
		req: oracledocs.UploadFileVersionRequest{FileID: "D4100E975A8096829C9CCB06B5D17B95F47087F4E518",
			Content: upload.Bytes("fileWithMetadata.txt", []byte("This is version 2 of a file containing metadata values.")),
			MetadataValues: map[string]map[string]string{"CollectionA": {
				"fieldA": "valueAv2", "fieldB": "valueBv2", "fieldC": "valueCv2"}}},
		parts: []part{
			{"primaryFile", "fileWithMetadata.txt", "text/plain", "This is version 2 of a file containing metadata values."},
			{"metadataValues", "", "application/json",
				`{"collection":"CollectionA","fieldA":"valueAv2","fieldB":"valueBv2","fieldC":"valueCv2"}`}}},
	{answer: "applink", status: 200,
		req: oracledocs.UploadFileVersionRequest{FileID: "DED694950C14AFF280419F9AB5D17B95F47087F4E518",
			Content: upload.Bytes("fileViaApplink.txt", []byte("This is fileViaApplink.txt v2")),
			Access: oracledocs.Access{AppLinkID: "LF5Bxj4TPo_p4n4qWn0tbKTicR2c==",
				AccessToken: "352FpiMmW66PeYI1Gh5b83I9CXRw"}},
		parts: []part{{"primaryFile", "fileViaApplink.txt", "text/plain", "This is fileViaApplink.txt v2"}},
		header: map[string]string{"appLinkID": "LF5Bxj4TPo_p4n4qWn0tbKTicR2c==",
			"accessToken": "352FpiMmW66PeYI1Gh5b83I9CXRw"}},
}

func TestVendorExamples(t *testing.T) {
	for _, ex := range vendorExamples {
		t.Run(ex.answer, func(t *testing.T) {
			printed, err := os.ReadFile(filepath.Join("oracledocstest", "testdata", "upload-version", ex.answer+".json"))
			if err != nil {
				t.Fatal(err)
			}
			client, err := oracledocs.New(oracledocs.Config{BaseURL: "https://docs.example.com", APIVersion: oracledocs.V1_1,
				Auth: oracledocs.BasicAuth("user", "password"), HTTP: docferry.HTTP{Transport: roundTrip(
					func(r *http.Request) (*http.Response, error) {
						ex.compareRequest(t, r)
						return &http.Response{StatusCode: ex.status, Header: http.Header{"Content-Type": {"application/json"}},
							Body: io.NopCloser(strings.NewReader(string(printed)))}, nil
					})}})
			if err != nil {
				t.Fatal(err)
			}
			got, err := client.UploadFileVersion(context.Background(), ex.req)
			if ex.code != "" {
				ex.compareRefusal(t, err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			compareAnswer(t, printed, got)
		})
	}
}

func (ex vendorExample) compareRequest(t *testing.T, r *http.Request) {
	t.Helper()
	if want := "/documents/api/1.1/files/" + ex.req.FileID + "/data"; r.Method != "POST" || r.URL.Path != want {
		t.Errorf("sent %s %s, want POST %s", r.Method, r.URL.Path, want)
	}
	for _, name := range []string{"linkID", "Cookie", "appLinkID", "accessToken"} {
		if got := r.Header.Get(name); got != ex.header[name] {
			t.Errorf("the header %s is %q, want %q", name, got, ex.header[name])
		}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil || int64(len(body)) != r.ContentLength {
		t.Errorf("the body has %d bytes, declared are %d (%v)", len(body), r.ContentLength, err)
	}
	_, boundary, _ := strings.Cut(r.Header.Get("Content-Type"), "multipart/form-data; boundary=")
	reader := multipart.NewReader(strings.NewReader(string(body)), boundary)
	var parts []part
	for {
		p, err := reader.NextPart()
		if err != nil {
			break
		}
		content, _ := io.ReadAll(p)
		parts = append(parts, part{p.FormName(), p.FileName(), p.Header.Get("Content-Type"), string(content)})
	}
	if diff := cmp.Diff(ex.parts, parts); diff != "" {
		t.Errorf("the form (-want +got):\n%s", diff)
	}
}

func (ex vendorExample) compareRefusal(t *testing.T, err error) {
	t.Helper()
	refused, ok := errors.AsType[*docferry.Error](err)
	if !ok || refused.Code != ex.code || refused.StatusCode != ex.status || !errors.Is(err, docferry.ErrForbidden) {
		t.Fatalf("got %v, want code %s", err, ex.code)
	}
	detail, ok := refused.Detail.(*oracledocs.ErrorDetail)
	if !ok || detail.ID != exampleFile || detail.ErrorType != "file" {
		t.Errorf("the detail is %+v", refused.Detail)
	}
	if diff := cmp.Diff(ex.keys, detail.Keys()); diff != "" {
		t.Errorf("the keys (-want +got):\n%s", diff)
	}
}

// compareAnswer checks that every printed member is in the decoded answer.
func compareAnswer(t *testing.T, printed []byte, got *oracledocs.UploadFileVersionResponse) {
	t.Helper()
	var want map[string]any
	if err := json.Unmarshal(printed, &want); err != nil {
		t.Fatal(err)
	}
	user := func(u oracledocs.User) map[string]any {
		return map[string]any{"id": u.ID, "displayName": u.DisplayName, "loginName": u.LoginName, "type": u.Type}
	}
	text := func(v any) string { b, _ := json.Marshal(v); return strings.Trim(string(b), `"`) }
	have := map[string]any{
		"id": got.ID, "parentID": got.ParentID, "name": got.Name, "type": got.Type,
		"size": text(got.Size), "version": text(got.Version), "errorCode": got.ErrorCode, "errorMessage": got.ErrorMessage,
		"createdTime": text(got.CreatedTime), "modifiedTime": text(got.ModifiedTime),
		"createdBy": user(got.CreatedBy), "modifiedBy": user(got.ModifiedBy), "ownedBy": user(got.OwnedBy),
	}
	if got.MimeType != "" {
		have["mimeType"] = got.MimeType
	}
	if got.ErrorKey != "" {
		have["errorKey"] = got.ErrorKey
	}
	if got.Metadata != nil {
		var metadata any
		_ = json.Unmarshal([]byte(text(got.Metadata)), &metadata)
		have["metadata"] = metadata
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("the answer (-printed +decoded):\n%s", diff)
	}
}
