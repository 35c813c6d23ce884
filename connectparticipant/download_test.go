package connectparticipant_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

// download uploads an attachment and reads it again.
func (w *world) download(faults ...connectparticipanttest.Fault) ([]byte, error) {
	w.t.Helper()
	result, err := w.upload(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, fault := range faults {
		w.srv.Next("GetAttachment", fault)
	}
	d, err := w.DownloadAttachment(w.t.Context(), connectparticipant.GetAttachmentRequest{
		AttachmentID: result.ID, URLExpiryInSeconds: 60, ConnectionToken: w.token})
	if err != nil {
		w.safeError(err)
		return nil, err
	}
	defer d.Close()
	if d.Size != int64(len(content)) || d.ContentType != "text/plain" {
		w.t.Errorf("the download has %d bytes of %s", d.Size, d.ContentType)
	}
	got, err := io.ReadAll(d)
	if err != nil {
		w.safeError(err)
	}
	return got, err
}

func TestDownloadAttachment(t *testing.T) {
	inBubble(t, "whole", func(t *testing.T, w *world) {
		if got, err := w.download(); !bytes.Equal(got, content) || err != nil {
			t.Errorf("%d bytes, error %v", len(got), err)
		}
		for _, get := range w.wire.to(http.MethodGet) {
			if get.header.Get("X-Amz-Bearer") != "" {
				t.Error("the storage has seen the token")
			}
		}
	})
	inBubble(t, "broken", func(t *testing.T, w *world) {
		w.srv.Next("GetObject", connectparticipanttest.CutAnswer(20000))
		if got, err := w.download(); !bytes.Equal(got, content) || err != nil {
			t.Errorf("%d bytes, error %v", len(got), err)
		}
		if n := w.count("GetObject"); n != 2 {
			t.Errorf("%d requests, want 2", n)
		}
	})
	for name, edit := range map[string]func(map[string]any){
		"no URL":     func(m map[string]any) { delete(m, "Url") },
		"other size": func(m map[string]any) { m["AttachmentSizeInBytes"] = 7 },
	} {
		inBubble(t, name, func(t *testing.T, w *world) {
			if _, err := w.download(connectparticipanttest.EditAnswer(edit)); !errors.Is(err, docferry.ErrProtocol) {
				t.Errorf("error %v, want ErrProtocol", err)
			}
		})
	}
	inBubble(t, "no size", func(t *testing.T, w *world) {
		got, err := w.download(without("AttachmentSizeInBytes"))
		if !bytes.Equal(got, content) || err != nil {
			t.Errorf("%d bytes, error %v", len(got), err)
		}
	})
	inBubble(t, "not scanned yet", func(t *testing.T, w *world) {
		w.srv.SetScan(func(string, []byte) (string, time.Duration) { return "APPROVED", time.Minute })
		if _, err := w.download(); !errors.Is(err, docferry.ErrInvalid) {
			t.Errorf("error %v, want ErrInvalid", err)
		}
	})
}
