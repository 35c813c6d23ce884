package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/docferry/docferry"
	"github.com/docferry/docferry/upload"
)

// bucket is where in an S3 service to upload to.
type bucket struct {
	endpoint    string // "https://s3.eu-west-1.amazonaws.com"
	name        string
	region      string
	key         string // of the object; "" takes the source's name
	credentials aws.Credentials
}

// uploader is all that it takes: Begin signs a URL, and the engine does the
// rest. S3 has nothing to commit, as the PUT stores the object or does not, and
// nothing to abort.
func (b bucket) uploader() upload.Uploader {
	// S3 escapes a path once, where all other services of AWS do it twice.
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	begin := func(ctx context.Context, src upload.Source) (*upload.Slot, error) {
		key := b.key
		if key == "" {
			key = src.Name
		}
		address := b.endpoint + "/" + escape(b.name) + "/" + escape(key) + "?X-Amz-Expires=900"
		req, err := http.NewRequestWithContext(ctx, http.MethodPut, address, http.NoBody)
		if err != nil {
			return nil, err
		}
		req.ContentLength = src.Size // signed, so that the URL takes this length and no other
		req.Header.Set("Content-Type", src.ContentType)
		signed, header, err := signer.PresignHTTP(ctx, b.credentials, req, "UNSIGNED-PAYLOAD", "s3", b.region, time.Now())
		if err != nil {
			return nil, err
		}
		slot := &upload.Slot{ID: key, URL: docferry.Secret(signed), Header: map[string]string{}}
		for name := range header {
			slot.Header[name] = header.Get(name)
		}
		return slot, nil
	}
	// The address is the caller's own, so it may be http and on this machine.
	return &upload.Presigned{Service: "s3", HTTP: docferry.HTTP{AllowPrivate: true}, Begin: begin}
}

// escape leaves the slashes of a key and escapes all that S3 escapes when it
// checks a signature. Package url leaves some of that as it is.
func escape(key string) string {
	return strings.NewReplacer("+", "%20", "%2F", "/").Replace(url.QueryEscape(key))
}
