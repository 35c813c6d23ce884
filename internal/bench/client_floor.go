package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// floorClient is the least that a program could do by hand: net/http,
// encoding/json and AWS's signer. It tells no two errors apart, retries nothing
// and bounds nothing.
type floorClient struct {
	http   *http.Client
	signer *v4.Signer
	at     string
}

// do makes one call. A call with a token is Connect's, and is not signed.
func (c *floorClient) do(ctx context.Context, method, path, token string, in, out any) (err error) {
	var payload []byte
	if in != nil {
		if payload, err = json.Marshal(in); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.at+path, bytes.NewReader(payload))
	if err != nil {
		return err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("X-Amz-Bearer", token)
	} else {
		sum := sha256.Sum256(payload)
		if err := c.signer.SignHTTP(ctx, keys, req, hex.EncodeToString(sum[:]), "workdocs", region, time.Now()); err != nil {
			return err
		}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}
	return json.Unmarshal(body, out)
}

type floorStarted struct {
	AttachmentID   string `json:"AttachmentId"`
	UploadMetadata struct {
		URL              string            `json:"Url"`
		URLExpiry        time.Time         `json:"UrlExpiry"`
		HeadersToInclude map[string]string `json:"HeadersToInclude"`
	} `json:"UploadMetadata"`
}

type floorTranscript struct {
	InitialContactID string      `json:"InitialContactId"`
	Transcript       []floorItem `json:"Transcript"`
	NextToken        string      `json:"NextToken"`
}

type floorItem struct {
	AbsoluteTime    time.Time `json:"AbsoluteTime"`
	Content         string    `json:"Content"`
	ContentType     string    `json:"ContentType"`
	ID              string    `json:"Id"`
	Type            string    `json:"Type"`
	ParticipantID   string    `json:"ParticipantId"`
	DisplayName     string    `json:"DisplayName"`
	ParticipantRole string    `json:"ParticipantRole"`
}

// floorDocument leaves times as the numbers that they are on the wire.
type floorDocument struct {
	ID                    string       `json:"Id"`
	CreatorID             string       `json:"CreatorId"`
	ParentFolderID        string       `json:"ParentFolderId"`
	CreatedTimestamp      float64      `json:"CreatedTimestamp"`
	ModifiedTimestamp     float64      `json:"ModifiedTimestamp"`
	LatestVersionMetadata floorVersion `json:"LatestVersionMetadata"`
	ResourceState         string       `json:"ResourceState"`
	Labels                []string     `json:"Labels"`
}

type floorVersion struct {
	ID                       string  `json:"Id"`
	Name                     string  `json:"Name"`
	ContentType              string  `json:"ContentType"`
	Size                     int64   `json:"Size"`
	Signature                string  `json:"Signature"`
	Status                   string  `json:"Status"`
	CreatedTimestamp         float64 `json:"CreatedTimestamp"`
	ModifiedTimestamp        float64 `json:"ModifiedTimestamp"`
	ContentModifiedTimestamp float64 `json:"ContentModifiedTimestamp"`
	CreatorID                string  `json:"CreatorId"`
}

type floorBegun struct {
	Metadata       floorDocument `json:"Metadata"`
	UploadMetadata struct {
		UploadURL     string            `json:"UploadUrl"`
		SignedHeaders map[string]string `json:"SignedHeaders"`
	} `json:"UploadMetadata"`
}

type floorFolder struct {
	Documents []floorDocument `json:"Documents"`
	Marker    string          `json:"Marker"`
}

func floorCalls(at site, _ bool) (map[string]call, error) {
	c := &floorClient{job{}.plain(), v4.NewSigner(), at.HTTP}
	return map[string]call{
		startAttachmentUpload: func(ctx context.Context) error {
			var out floorStarted
			err := c.do(ctx, http.MethodPost, "/participant/start-attachment-upload", connectionToken, map[string]any{
				"AttachmentName": attachmentName, "AttachmentSizeInBytes": attachmentSize, "ContentType": attachmentType,
				"ClientToken": clientToken}, &out)
			return check(err, out.UploadMetadata.URL != "")
		},
		getTranscript: func(ctx context.Context) error {
			var out floorTranscript
			err := c.do(ctx, http.MethodPost, "/participant/transcript", connectionToken,
				map[string]any{"MaxResults": transcriptItems}, &out)
			return check(err, len(out.Transcript) == transcriptItems)
		},
		initiateDocumentVersionUpload: func(ctx context.Context) error {
			var out floorBegun
			err := c.do(ctx, http.MethodPost, "/api/v1/documents", "", map[string]any{"Name": documentName,
				"ParentFolderId": folderID, "ContentType": documentType, "DocumentSizeInBytes": documentSize}, &out)
			return check(err, out.UploadMetadata.UploadURL != "")
		},
		describeFolderContents: func(ctx context.Context) error {
			var out floorFolder
			err := c.do(ctx, http.MethodGet, "/api/v1/folders/"+folderID+"/contents", "", nil, &out)
			return check(err, len(out.Documents) == folderDocuments)
		},
	}, nil
}
