package oracledocs_test

import (
	"errors"
	"testing"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/upload"
)

func TestPageImages(t *testing.T) {
	ctx, srv := t.Context(), newServer(t)
	now := time.Now()
	srv.SetClock(func() time.Time { return now })
	c := newClient(t, srv, oracledocs.V1_2)
	file := srv.AddFile(oracledocstest.User, "self", "a.txt", make([]byte, 4000))

	first := oracledocs.GetRenditionRequest{FileID: file, Rendition: "page1"}
	must(c.GenerateFileRenditions(ctx, oracledocs.GenerateFileRenditionsRequest{FileID: file}))(t)
	if _, err := c.GetRendition(ctx, first); !errors.Is(err, docferry.ErrNotFound) {
		t.Errorf("a page before it was made: %v", err)
	}
	now = now.Add(time.Minute)
	count := must(c.GetRenditionPageCount(ctx, oracledocs.GetRenditionPageCountRequest{FileID: file}))(t)
	if count.Pages != 2 {
		t.Errorf("there are %d pages, want 2", count.Pages)
	}
	whole := read(c.GetRendition(ctx, first))(t)
	first.Range = "bytes=2-5"
	part := must(c.GetRendition(ctx, first))(t)
	if got := read(part, nil)(t); string(got) != string(whole[2:6]) || part.Range == "" {
		t.Errorf("bytes 2 to 5 are %q, range %q", got, part.Range)
	}
	listed := must(c.ListRenditions(ctx, oracledocs.ListRenditionsRequest{FileID: file,
		RenditionType: oracledocs.RenditionTypeSystem}))(t)
	if len(listed.Items) != 4 || listed.Items[0].Name != "page1" {
		t.Errorf("ListRenditions answers %+v", listed.Items)
	}
	described := must(c.GetFile(ctx, oracledocs.GetFileRequest{FileID: file, IncludeRenditions: true,
		IncludeOnlyExistingRenditions: new(false)}))(t)
	if len(described.Renditions) != 4 || !described.Renditions[0].Exists {
		t.Errorf("GetFile answers the renditions %+v", described.Renditions)
	}
	preview := must(c.GetFilePreviewPath(ctx, oracledocs.GetFilePreviewPathRequest{FileID: file,
		WaitForCompletePreview: true}))(t)
	if preview.PreviewURL == "" || preview.ID != file {
		t.Errorf("GetFilePreviewPath answers %+v", preview)
	}
}

func TestCustomRenditions(t *testing.T) {
	for _, version := range []oracledocs.Version{oracledocs.V1_1, oracledocs.V1_2} {
		t.Run(string(version), func(t *testing.T) {
			ctx, srv := t.Context(), newServer(t)
			c := newClient(t, srv, version)
			file := srv.AddFile(oracledocstest.User, "self", "a.png", picture(t, 20, 20))
			made := must(c.UploadCustomRendition(ctx, oracledocs.UploadCustomRenditionRequest{
				FileID: file, Name: "small", Description: "for lists", Content: upload.Bytes("small.txt", []byte("tiny")),
			}))(t)
			if made.ID != file || made.Name != "small" {
				t.Errorf("UploadCustomRendition answers %+v", made)
			}
			listed := must(c.ListRenditions(ctx, oracledocs.ListRenditionsRequest{FileID: file,
				RenditionType: oracledocs.RenditionTypeUploaded}))(t)
			if len(listed.Items) != 1 || listed.Items[0].Description != "for lists" || listed.Items[0].Path != "small.txt" {
				t.Errorf("ListRenditions answers %+v", listed.Items)
			}
			req := oracledocs.GetRenditionRequest{FileID: file, Rendition: "SMALL",
				RenditionType: oracledocs.RenditionTypeUploaded}
			if got := read(c.GetRendition(ctx, req))(t); string(got) != "tiny" {
				t.Errorf("the rendition is %q", got)
			}
			must(c.DeleteCustomRendition(ctx, oracledocs.DeleteCustomRenditionRequest{FileID: file, Rendition: "small"}))(t)
			if _, err := c.GetRendition(ctx, req); !errors.Is(err, docferry.ErrNotFound) {
				t.Errorf("a deleted rendition: %v", err)
			}
		})
	}
}

func TestResponsiveImages(t *testing.T) {
	ctx, srv := t.Context(), newServer(t)
	c, old := newClient(t, srv, oracledocs.V1_2), newClient(t, srv, oracledocs.V1_1)
	file := srv.AddFile(oracledocstest.User, "self", "a.png", picture(t, 2100, 30))
	other := srv.AddFile(oracledocstest.User, "self", "a.bin", []byte("no image"))
	tests := []struct {
		width int
		get   func(c *oracledocs.Client, id string) (*docferry.Download, error)
	}{
		{150, func(c *oracledocs.Client, id string) (*docferry.Download, error) {
			return c.GetThumbnail(ctx, oracledocs.GetThumbnailRequest{FileID: id})
		}},
		{150, func(c *oracledocs.Client, id string) (*docferry.Download, error) {
			return c.GetResponsiveThumbnailImage(ctx, oracledocs.GetResponsiveThumbnailImageRequest{FileID: id})
		}},
		{300, func(c *oracledocs.Client, id string) (*docferry.Download, error) {
			return c.GetResponsiveSmallImage(ctx, oracledocs.GetResponsiveSmallImageRequest{FileID: id,
				Format: oracledocs.ImageFormatJPG})
		}},
		{1024, func(c *oracledocs.Client, id string) (*docferry.Download, error) {
			return c.GetResponsiveMediumImage(ctx, oracledocs.GetResponsiveMediumImageRequest{FileID: id, Version: 1})
		}},
		{2048, func(c *oracledocs.Client, id string) (*docferry.Download, error) {
			return c.GetResponsiveLargeImage(ctx, oracledocs.GetResponsiveLargeImageRequest{FileID: id})
		}},
	}
	for i, test := range tests {
		image := must(test.get(c, file))(t)
		if image.ContentType != "image/jpeg" {
			t.Errorf("image %d is of type %s", i, image.ContentType)
		}
		if got := widthOf(t, read(image, nil)(t)); got != test.width {
			t.Errorf("image %d is %d pixels wide, want %d", i, got, test.width)
		}
		if i == 0 {
			continue // a thumbnail can be made of anything, in all versions
		}
		if _, err := test.get(c, other); err == nil {
			t.Errorf("image %d was made of what is no image", i)
		}
		if _, err := test.get(old, file); err == nil || docferry.OutcomeUnknown(err) {
			t.Errorf("image %d in version 1.1: error %v", i, err)
		}
	}
	webp := must(c.GetResponsiveSmallImage(ctx, oracledocs.GetResponsiveSmallImageRequest{FileID: file,
		Format: oracledocs.ImageFormatWebP}))(t)
	if read(webp, nil)(t); webp.ContentType != "image/webp" {
		t.Errorf("the image is of type %s", webp.ContentType)
	}
}
