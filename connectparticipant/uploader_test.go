package connectparticipant_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/upload"
	"github.com/docferry/docferry/upload/uploadtest"
)

var content = bytes.Repeat([]byte("docferry "), 5000)

// sources returns the content in all kinds of sources.
func sources(t *testing.T) map[string]upload.Source {
	t.Helper()
	name := filepath.Join(t.TempDir(), "note.txt")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := upload.File(name)
	if err != nil {
		t.Fatal(err)
	}
	inFS, err := upload.FS(fstest.MapFS{"note.txt": {Data: content}}, "note.txt")
	if err != nil {
		t.Fatal(err)
	}
	spooled, remove, err := upload.Spool(t.Context(), "note.txt", bytes.NewReader(content), t.TempDir(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = remove() })
	return map[string]upload.Source{"bytes": upload.Bytes("note.txt", content), "file": file, "fs": inFS, "spool": spooled}
}

// stored wants a result to describe the only attachment that the chat shows.
func (w *world) stored(result *upload.Result, err error) {
	w.t.Helper()
	if err != nil {
		w.safeError(err)
		w.t.Fatal(err)
	}
	got, status, ok := w.srv.Attachment(result.ID)
	if !ok || !bytes.Equal(got, content) || status != "APPROVED" {
		w.t.Errorf("attachment %q: there is %v, status %q, %d bytes", result.ID, ok, status, len(got))
	}
	sum := sha256.Sum256(content)
	if result.Size != int64(len(content)) || result.SHA256 != hex.EncodeToString(sum[:]) {
		w.t.Errorf("the result says %d bytes, SHA-256 %s", result.Size, result.SHA256)
	}
	shown := w.attachments()
	if len(shown) != 1 || shown[0].AttachmentID != result.ID {
		w.t.Errorf("the chat shows %+v, want one attachment %s", shown, result.ID)
	}
}

func TestUploader(t *testing.T) {
	for kind, src := range sources(t) {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			w.stored(w.Uploader(w.token).Upload(t.Context(), src))
			want := []string{"CreateParticipantConnection", "StartAttachmentUpload", "PutObject", "CompleteAttachmentUpload"}
			if got := w.srv.Calls(); !slices.Equal(got, want) {
				t.Errorf("the calls were %v, want %v", got, want)
			}
			put := w.wire.to(http.MethodPut)[0]
			for _, name := range []string{"X-Amz-Bearer", "Authorization", "Cookie"} {
				if put.header.Get(name) != "" {
					t.Errorf("the PUT has the header %s", name)
				}
			}
			shown := w.attachments()[0]
			if shown.AttachmentName != "note.txt" || shown.ContentType != "text/plain" {
				t.Errorf("the chat shows %+v", shown)
			}
		})
	}
}

// TestF50 is about sources that are refused before anything is sent.
func TestF50(t *testing.T) {
	w := newWorld(t)
	calls := len(w.srv.Calls())
	named := func(name string) upload.Source { return upload.Bytes(name, content) }
	sized := func(size int64) upload.Source { src := named("note.txt"); src.Size = size; return src }
	typed := func(contentType string) upload.Source {
		src := named("note.txt")
		src.ContentType = contentType
		return src
	}
	small := connectparticipant.UploadOptions{MaxSize: int64(len(content)) - 1}
	listed := connectparticipant.UploadOptions{ContentTypes: []string{"image/gif"}}
	for name, c := range map[string]struct {
		src   upload.Source
		opts  connectparticipant.UploadOptions
		field string
	}{
		"empty":             {sized(0), connectparticipant.UploadOptions{}, "Source.Size"},
		"negative":          {sized(-1), connectparticipant.UploadOptions{}, "Source.Size"},
		"too large":         {sized(20<<20 + 1), connectparticipant.UploadOptions{}, "Source.Size"},
		"larger than set":   {named("note.txt"), small, "Source.Size"},
		"type":              {typed("image/gif"), connectparticipant.UploadOptions{}, "Source.ContentType"},
		"type not set":      {typed("text/plain"), listed, "Source.ContentType"},
		"type unknown":      {typed(""), connectparticipant.UploadOptions{}, "Source.ContentType"},
		"long name":         {named(strings.Repeat("ä", 257)), connectparticipant.UploadOptions{}, "Source.Name"},
		"no name":           {sourceNamed(""), connectparticipant.UploadOptions{}, "Source.Name"},
		"control character": {sourceNamed("a\nb.txt"), connectparticipant.UploadOptions{}, "Source.Name"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.Uploader(w.token, c.opts).Upload(t.Context(), c.src)
			w.failed(err, upload.StageSource, upload.StateNotStarted, 0)
			bad, ok := errors.AsType[*docferry.InputError](err)
			if !ok || bad.Field != c.field || bad.Service != "connectparticipant" {
				t.Errorf("error %v, want an *InputError about %s", err, c.field)
			}
		})
	}
	if got := w.srv.Calls()[calls:]; len(got) != 0 {
		t.Errorf("the server got %v", got)
	}
}

// A refusal names the option that lets the source pass.
func TestUploaderRefusalsNameTheOption(t *testing.T) {
	w := newWorld(t)
	image := sourceNamed("a.webp")
	image.ContentType = "image/webp"
	for option, src := range map[string]upload.Source{
		"UploadOptions.ContentTypes": image,
		"UploadOptions.MaxSize":      upload.Bytes("a.txt", make([]byte, 20<<20+1)),
	} {
		_, err := w.Uploader(w.token).Upload(t.Context(), src)
		w.failed(err, upload.StageSource, upload.StateNotStarted, 0)
		if err == nil || !strings.Contains(err.Error(), option) {
			t.Errorf("error %v does not name %s", err, option)
		}
	}
}

func TestUploaderTakesOptionsOnce(t *testing.T) {
	w := newWorld(t)
	options := connectparticipant.UploadOptions{ContentTypes: []string{}}
	_, err := w.Uploader(w.token, options, options).Upload(t.Context(), upload.Bytes("note.txt", content))
	w.failed(err, upload.StageSource, upload.StateNotStarted, 0)
	if bad, ok := errors.AsType[*docferry.InputError](err); !ok || bad.Operation != "Uploader" || bad.Field != "opts" {
		t.Errorf("error %v, want an *InputError about opts", err)
	}
	if n := len(w.wire.all()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// The options are copied: the caller may reuse its list of content types.
func TestUploaderKeepsItsOptions(t *testing.T) {
	w := newWorld(t)
	types := []string{"text/plain"}
	to := w.Uploader(w.token, connectparticipant.UploadOptions{ContentTypes: types})
	types[0] = "image/gif"
	w.stored(to.Upload(t.Context(), upload.Bytes("note.txt", content)))
}

// sourceNamed returns a text file, whatever the extension of its name.
func sourceNamed(name string) upload.Source {
	src := upload.Bytes(name, content)
	src.ContentType = "text/plain"
	return src
}

func TestUploaderTakes(t *testing.T) {
	gif := sourceNamed("a.gif")
	gif.ContentType = "IMAGE/gif; q=1"
	text := sourceNamed("a.txt")
	text.ContentType = "Text/PLAIN ; charset=utf-8"
	withGIF := append(connectparticipant.AttachmentContentTypes(), "image/GIF")
	nothing := sourceNamed("a")
	nothing.ContentType = ""
	for name, c := range map[string]struct {
		src  upload.Source
		opts connectparticipant.UploadOptions
	}{
		"longest name":         {sourceNamed(strings.Repeat("ä", 256)), connectparticipant.UploadOptions{}},
		"documented type":      {text, connectparticipant.UploadOptions{}},
		"type of the caller's": {gif, connectparticipant.UploadOptions{ContentTypes: withGIF}},
		"any type":             {gif, connectparticipant.UploadOptions{ContentTypes: []string{}}},
		"no type":              {nothing, connectparticipant.UploadOptions{ContentTypes: []string{}}},
		"exactly MaxSize":      {text, connectparticipant.UploadOptions{MaxSize: int64(len(content))}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.stored(w.Uploader(w.token, c.opts).Upload(t.Context(), c.src))
		})
	}
	for name, c := range map[string]struct{ size, limit int64 }{
		"20 MiB":           {20 << 20, 0},
		"more than 20 MiB": {20<<20 + 1, 30 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.srv.SetAttachmentLimit(30 << 20)
			to := w.Uploader(w.token, connectparticipant.UploadOptions{MaxSize: c.limit})
			if _, err := to.Upload(t.Context(), upload.Bytes("a.txt", make([]byte, c.size))); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAttachmentContentTypes(t *testing.T) {
	types := connectparticipant.AttachmentContentTypes()
	const documented = "csv doc docx heic jfif jpeg jpg mov mp4 pdf png ppt pptx rtf txt wav xls xlsx"
	for extension := range strings.FieldsSeq(documented) {
		if src := upload.Bytes("a."+extension, nil); !slices.Contains(types, src.ContentType) {
			t.Errorf("%s has the type %s, which is not documented", src.Name, src.ContentType)
		}
	}
	types[0] = "changed"
	if connectparticipant.AttachmentContentTypes()[0] == "changed" {
		t.Error("a caller can change the list")
	}
}

func TestUploaderWaitsForStorage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.srv.Next("PutObject", slowDown)
		began := time.Now()
		w.stored(w.Uploader(w.token).Upload(t.Context(), upload.Bytes("note.txt", content)))
		if took := time.Since(began); took < 10*time.Second || took > 11*time.Second {
			t.Errorf("it took %v, and the storage asked for 10 s", took)
		}
	})
}

// TestUploaderContract runs the checks that every uploader has to pass.
func TestUploaderContract(t *testing.T) {
	uploadtest.Test(t, func(tb testing.TB) *uploadtest.Harness {
		w := newWorld(tb.(*testing.T))
		started := 0 // and known to be left, since the service removes nothing
		return &uploadtest.Harness{
			Uploader: w.Uploader(w.token),
			NoEmpty:  true,
			Content: func(r *upload.Result) ([]byte, error) {
				got, _, ok := w.srv.Attachment(r.ID)
				if !ok {
					return nil, errors.New("there is no such attachment")
				}
				return got, nil
			},
			Count: func() (stored, unfinished int) {
				stored = len(w.attachments())
				unfinished = w.count("StartAttachmentUpload") - stored - started
				started += unfinished
				return stored, unfinished
			},
			Name: func(r *upload.Result) (string, error) {
				for _, attachment := range w.attachments() {
					if attachment.AttachmentID == r.ID {
						return attachment.AttachmentName, nil
					}
				}
				return "", errors.New("the chat does not show it")
			},
		}
	})
}
