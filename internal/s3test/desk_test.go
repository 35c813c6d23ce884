package s3test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/upload"
	"github.com/google/go-cmp/cmp"
)

// desk is a chat service that keeps its attachments in the gateway, as Amazon
// Connect keeps them in S3. The ID of an attachment is its key.
type desk struct {
	*gateway
	size      int64             // what it says of an attachment's size
	at        time.Time         // when the first URL for a download was signed; zero is now
	how       func(*s3.Options) // such URLs are signed; nil is right
	asked     int               // how often it was asked for such a URL
	completed []string
}

// client returns a client of the desk.
func (d *desk) client(t *testing.T) *connectparticipant.Client {
	t.Helper()
	mux := http.NewServeMux()
	answer := func(pattern string, f func(context.Context, map[string]any) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			var asked map[string]any
			err := json.NewDecoder(r.Body).Decode(&asked)
			if err != nil {
				t.Error(err)
			}
			told, err := f(r.Context(), asked)
			if err != nil {
				t.Error(err)
			}
			_ = json.NewEncoder(w).Encode(told)
		})
	}
	answer("POST /participant/attachment", d.get)
	answer("POST /participant/start-attachment-upload", d.begin)
	answer("POST /participant/complete-attachment-upload", func(_ context.Context, asked map[string]any) (any, error) {
		for _, id := range asked["AttachmentIds"].([]any) {
			d.completed = append(d.completed, id.(string))
		}
		return struct{}{}, nil
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	c, err := connectparticipant.New(connectparticipant.Config{Region: region, Endpoint: srv.URL, HTTP: d.http})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// get answers GetAttachment.
func (d *desk) get(ctx context.Context, asked map[string]any) (any, error) {
	d.asked++
	at := d.at
	if d.asked > 1 {
		at = time.Time{}
	}
	signer := s3.NewPresignClient(d.signer(d.how), signingAt(at))
	signed, err := signer.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: new(bucket),
		Key: new(asked["AttachmentId"].(string)), ResponseContentType: new("text/plain; charset=utf-8")})
	if err != nil {
		return nil, err
	}
	return map[string]any{"Url": signed.URL, "AttachmentSizeInBytes": d.size}, nil
}

// begin answers StartAttachmentUpload.
func (d *desk) begin(ctx context.Context, asked map[string]any) (any, error) {
	slot, err := d.sign(ctx, put{PutObjectInput: s3.PutObjectInput{Bucket: new(bucket),
		Key: new("attachments/" + asked["AttachmentName"].(string)), ContentType: new(asked["ContentType"].(string)),
		ContentLength:        new(int64(asked["AttachmentSizeInBytes"].(float64))),
		ServerSideEncryption: "aws:kms",
		Metadata:             map[string]string{"contact": "c-1"}}})
	if err != nil {
		return nil, err
	}
	return map[string]any{"AttachmentId": slot.ID, "UploadMetadata": map[string]any{
		"Url": string(slot.URL), "HeadersToInclude": slot.Header}}, nil
}

// An attachment goes to a chat and comes back, by way of a real storage.
func TestAttachment(t *testing.T) {
	d := &desk{gateway: plain(t)}
	c := d.client(t)
	src := random("Größe 1+1 & co.txt", 1, 3<<20)
	result, err := c.Uploader("token").Upload(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	key := "attachments/" + src.Name
	d.stored(t, key, src, result)
	if diff := cmp.Diff([]string{key}, d.completed); diff != "" {
		t.Errorf("completed (-want +got):\n%s", diff)
	}
	d.size = src.Size
	d.comesBack(t, c, key, src)
}

// A refusal by the storage ends the attachment's upload, which is not completed.
func TestAttachmentRefused(t *testing.T) {
	d := &desk{gateway: plain(t)}
	// A chat takes a name of 256 characters, which this gateway's folder does not.
	long := upload.Bytes(strings.Repeat("x", 252)+".txt", []byte("content"))
	_, err := d.client(t).Uploader("token").Upload(t.Context(), long)
	ended, ok := errors.AsType[*upload.Error](err)
	if !ok || ended.State != upload.StateOrphaned || docferry.OutcomeUnknown(err) {
		t.Errorf("%v: want %s", err, upload.StateOrphaned)
	}
	if len(d.completed) > 0 {
		t.Errorf("%q were completed", d.completed)
	}
}
