package upload_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// scripted is a server that answers as a service would: one function for each
// method and path.
func scripted(routes map[string]http.HandlerFunc) *httptest.Server {
	mux := http.NewServeMux()
	for pattern, handler := range routes {
		mux.HandleFunc(pattern, handler)
	}
	return httptest.NewServer(mux)
}

// postJSON sends a request in JSON and reads the answer in JSON.
func postJSON(ctx context.Context, address string, header http.Header, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = header.Clone()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// store uploads a file of a few bytes, and tells what came of it.
func store(to upload.Uploader) string {
	stored, err := to.Upload(context.Background(), upload.Bytes("may.txt", []byte("All is well.")))
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint("stored ", stored.ID, " ", stored.Size)
}

// Google Cloud Storage and S3 sign a URL to PUT to, and answer with an ETag and,
// Google, with checksums, which are proof. No hook is needed: refusals are read
// in either form, and an expired URL leads to another call of Begin.
func ExamplePresigned_googleCloudStorage() {
	srv := scripted(map[string]http.HandlerFunc{"PUT /bucket/{object}": func(w http.ResponseWriter, r *http.Request) {
		content, _ := io.ReadAll(r.Body)
		sum := md5.Sum(content)
		w.Header().Set("ETag", `"CJDx"`)
		w.Header().Set("X-Goog-Hash", "crc32c=n03x6A==,md5="+base64.StdEncoding.EncodeToString(sum[:]))
	}})
	defer srv.Close()
	fmt.Println(store(&upload.Presigned{
		Service: "gcs", HTTP: docferry.HTTP{AllowPrivate: true},
		Begin: func(_ context.Context, src upload.Source) (*upload.Slot, error) {
			signed := srv.URL + "/bucket/" + src.Name + "?X-Goog-Signature=s3cr3t" // from the storage library
			return &upload.Slot{ID: "gs://bucket/" + src.Name, URL: docferry.Secret(signed),
				Header: map[string]string{"Content-Type": src.ContentType}}, nil
		},
	}))
	// Output: stored gs://bucket/may.txt 12
}

// Azure Blob Storage wants to be told the type of the blob. A shared access
// signature that has expired is recognized, and Begin is called again.
func ExamplePresigned_azureBlobStorage() {
	expired := true
	srv := scripted(map[string]http.HandlerFunc{"PUT /container/{blob}": func(w http.ResponseWriter, r *http.Request) {
		content, _ := io.ReadAll(r.Body)
		if expired {
			expired = false
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "\ufeff<Error><Code>AuthenticationFailed</Code><AuthenticationErrorDetail>Signature not valid in "+
				"the specified time frame: Start [...] - Expiry [...] - Current [...]</AuthenticationErrorDetail></Error>")
			return
		}
		sum := md5.Sum(content)
		w.Header().Set("Content-MD5", base64.StdEncoding.EncodeToString(sum[:]))
		w.Header().Set("ETag", `"0x8D4"`)
		w.WriteHeader(http.StatusCreated)
	}})
	defer srv.Close()
	fmt.Println(store(&upload.Presigned{
		Service: "azure", HTTP: docferry.HTTP{AllowPrivate: true},
		Begin: func(_ context.Context, src upload.Source) (*upload.Slot, error) {
			fmt.Println("sign a URL")
			return &upload.Slot{ID: src.Name, URL: docferry.Secret(srv.URL + "/container/" + src.Name + "?sig=s3cr3t"),
				Header: map[string]string{"x-ms-blob-type": "BlockBlob", "Content-Type": src.ContentType}}, nil
		},
	}))
	// Output:
	// sign a URL
	// sign a URL
	// stored may.txt 12
}

// A WebDAV server need not send an ETag, so Accept says which statuses mean that
// the content is stored. The slot lists the credentials of the server itself.
func ExamplePresigned_webDAV() {
	srv := scripted(map[string]http.HandlerFunc{"PUT /dav/{file}": func(w http.ResponseWriter, r *http.Request) {
		user, _, _ := r.BasicAuth()
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Println(user, "puts", n, "bytes, if there is no such file:", r.Header.Get("If-None-Match"))
		w.WriteHeader(http.StatusCreated)
	}})
	defer srv.Close()
	credentials := "Basic " + base64.StdEncoding.EncodeToString([]byte("ada:s3cr3t"))
	fmt.Println(store(&upload.Presigned{
		Service: "webdav", HTTP: docferry.HTTP{AllowPrivate: true},
		Begin: func(_ context.Context, src upload.Source) (*upload.Slot, error) {
			return &upload.Slot{ID: src.Name, URL: docferry.Secret(srv.URL + "/dav/" + url.PathEscape(src.Name)),
				Header: map[string]string{"Authorization": credentials, "If-None-Match": "*"}}, nil
		},
		Accept: func(status int, _ http.Header, _ []byte) error {
			if status == http.StatusCreated || status == http.StatusNoContent {
				return nil
			}
			return fmt.Errorf("status %d", status)
		},
	}))
	// Output:
	// ada puts 12 bytes, if there is no such file: *
	// stored may.txt 12
}

// digest returns the SHA-256 of a source, for services that name content by it.
func digest(ctx context.Context, src upload.Source) (string, error) {
	content, err := src.Open(ctx)
	if err != nil {
		return "", err
	}
	defer content.Close()
	sum := sha256.New()
	_, err = io.Copy(sum, content)
	return hex.EncodeToString(sum.Sum(nil)), err
}

// Git LFS hands out an address with the headers to send there, credentials among
// them, and is told at the end that the object is there.
func ExamplePresigned_gitLFS() {
	var srv *httptest.Server
	srv = scripted(map[string]http.HandlerFunc{
		"POST /objects/batch": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"objects":[{"actions":{
				"upload":{"href":"%s/data","header":{"Authorization":"Bearer s3cr3t","Transfer-Encoding":"chunked"},"expires_in":3600},
				"verify":{"href":"%s/verify"}}}]}`, srv.URL, srv.URL)
		},
		"PUT /data": func(_ http.ResponseWriter, r *http.Request) {
			n, _ := io.Copy(io.Discard, r.Body)
			fmt.Println("PUT with", r.Header.Get("Authorization") != "", n)
		},
		"POST /verify": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") },
	})
	defer srv.Close()
	type action struct {
		Href      string
		Header    map[string]string
		ExpiresIn int `json:"expires_in"`
	}
	fmt.Println(store(&upload.Presigned{
		Service: "lfs", HTTP: docferry.HTTP{AllowPrivate: true},
		Begin: func(ctx context.Context, src upload.Source) (*upload.Slot, error) {
			oid, err := digest(ctx, src)
			if err != nil {
				return nil, err
			}
			var batch struct {
				Objects []struct{ Actions struct{ Upload action } }
			}
			err = postJSON(ctx, srv.URL+"/objects/batch", nil, map[string]any{"operation": "upload",
				"objects": []any{map[string]any{"oid": oid, "size": src.Size}}}, &batch)
			if err != nil {
				return nil, err
			}
			if len(batch.Objects) == 0 || batch.Objects[0].Actions.Upload.Href == "" {
				return nil, errors.New("the server has this object already")
			}
			up := batch.Objects[0].Actions.Upload
			return &upload.Slot{ID: oid[:8], URL: docferry.Secret(up.Href), Header: up.Header,
				Lifetime: time.Duration(up.ExpiresIn) * time.Second}, nil
		},
		Accept: func(status int, _ http.Header, _ []byte) error {
			if status != http.StatusOK {
				return fmt.Errorf("status %d", status)
			}
			return nil
		},
		Commit: func(ctx context.Context, slot *upload.Slot, put upload.Put) (*upload.Result, error) {
			return &upload.Result{ID: slot.ID}, postJSON(ctx, srv.URL+"/verify", nil,
				map[string]any{"oid": put.SHA256, "size": put.Source.Size}, &struct{}{})
		},
	}))
	// Output:
	// PUT with true 12
	// stored 8ec321e3 12
}

// Slack hands out a URL to POST the content to, and shares the file when it is
// told that it is complete. It refuses with status 200 and "ok": false.
func ExamplePresigned_slack() {
	var srv *httptest.Server
	srv = scripted(map[string]http.HandlerFunc{
		"POST /api/files.getUploadURLExternal": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"ok":true,"upload_url":"%s/upload/v1/s3cr3t","file_id":"F1"}`, srv.URL)
		},
		"POST /upload/v1/{secret}": func(w http.ResponseWriter, r *http.Request) {
			n, _ := io.Copy(io.Discard, r.Body)
			_, _ = fmt.Fprintf(w, "OK - %d", n)
		},
		"POST /api/files.completeUploadExternal": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"ok":true}`)
		},
	})
	defer srv.Close()
	ask := func(ctx context.Context, method string, in, out any) error {
		var raw json.RawMessage
		if err := postJSON(ctx, srv.URL+"/api/"+method, http.Header{"Authorization": {"Bearer xoxb"}}, in, &raw); err != nil {
			return err
		}
		var refused struct {
			OK    bool
			Error string
		}
		if err := json.Unmarshal(raw, &refused); err != nil || !refused.OK {
			return &docferry.Error{Service: "slack", Operation: method, Code: refused.Error, StatusCode: http.StatusOK,
				Kind: docferry.ErrInvalid}
		}
		return json.Unmarshal(raw, out)
	}
	fmt.Println(store(&upload.Presigned{
		Service: "slack", HTTP: docferry.HTTP{AllowPrivate: true},
		Begin: func(ctx context.Context, src upload.Source) (*upload.Slot, error) {
			var given struct {
				UploadURL string `json:"upload_url"`
				FileID    string `json:"file_id"`
			}
			err := ask(ctx, "files.getUploadURLExternal", map[string]any{"filename": src.Name, "length": src.Size}, &given)
			if err != nil {
				return nil, err
			}
			return &upload.Slot{ID: given.FileID, Method: http.MethodPost, URL: docferry.Secret(given.UploadURL)}, nil
		},
		Accept: func(status int, _ http.Header, body []byte) error {
			if status != http.StatusOK || !strings.HasPrefix(string(body), "OK") {
				return fmt.Errorf("status %d", status)
			}
			return nil
		},
		Commit: func(ctx context.Context, slot *upload.Slot, put upload.Put) (*upload.Result, error) {
			file := map[string]any{"id": slot.ID, "title": put.Source.Name}
			return &upload.Result{ID: slot.ID}, ask(ctx, "files.completeUploadExternal", map[string]any{"files": []any{file}},
				&struct{}{})
		},
	}))
	// Output: stored F1 12
}

// Gitea takes the assets of a release as forms. Accept compares the size, and
// Refusal reads what the service says when a name is taken.
func ExampleMultipart_gitea() {
	srv := scripted(map[string]http.HandlerFunc{
		"POST /api/v1/repos/ada/notes/releases/7/assets": func(w http.ResponseWriter, r *http.Request) {
			file, header, err := r.FormFile("attachment")
			if err != nil || r.Header.Get("Authorization") == "" {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			n, _ := io.Copy(io.Discard, file)
			w.WriteHeader(http.StatusCreated)
			_, _ = fmt.Fprintf(w, `{"id":42,"name":%q,"size":%d}`, header.Filename, n)
		},
	})
	defer srv.Close()
	fmt.Println(store(&upload.Multipart{
		Service: "gitea", URL: docferry.Secret(srv.URL + "/api/v1/repos/ada/notes/releases/7/assets"),
		Header: http.Header{"Authorization": {"token s3cr3t"}}, FileField: "attachment",
		Accept: func(status int, _ http.Header, body []byte) (*upload.Result, error) {
			var asset struct{ ID, Size int64 }
			if err := json.Unmarshal(body, &asset); err != nil || status != http.StatusCreated {
				return nil, errors.New("the answer does not describe an asset")
			}
			return &upload.Result{ID: strconv.FormatInt(asset.ID, 10), Size: asset.Size}, nil
		},
		Refusal: func(status int, _ http.Header, body []byte) *docferry.Error {
			var said struct{ Message string }
			if json.Unmarshal(body, &said) != nil || status != http.StatusConflict {
				return nil //nolint:nilerr // it is read as usual
			}
			return &docferry.Error{Message: said.Message, Kind: docferry.ErrConflict}
		},
	}))
	// Output: stored 42 12
}
