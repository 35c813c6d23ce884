package oracledocstest

import (
	"bytes"
	"encoding/base64"
	"image"
	_ "image/gif" // files that images are made of
	"image/jpeg"
	_ "image/png" // likewise
	"net/http"
	"slices"
	"strings"
)

// The widths of the images that the service makes, in pixels. Those of the page
// image, the medium image and the two kinds of thumbnail are inferred.
const (
	thumbnailWidth = 150
	smallWidth     = 300
	pageWidth      = 800
	mediumWidth    = 1024
	largeWidth     = 2048
)

// maxPixels bounds the images that are decoded, so that a small file cannot
// exhaust the memory. Larger images are treated as unreadable.
const maxPixels = 1 << 24

// webPPixel is a WebP image of one pixel. The standard library cannot encode
// WebP, so every image in that format is this one.
var webPPixel, _ = base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")

// jpegOf returns a JPEG picture of a version, at most width pixels wide: the
// image that the file holds or, for other files, a blank sheet.
func jpegOf(v *version, width int) []byte {
	var out bytes.Buffer
	_ = jpeg.Encode(&out, picture(v, width), nil) // a buffer takes everything
	return out.Bytes()
}

// picture draws the content of a version: the image that it holds, scaled down
// to the width, or a blank sheet. Images are never enlarged.
func picture(v *version, width int) image.Image {
	conf, _, err := image.DecodeConfig(bytes.NewReader(v.content))
	if err != nil || conf.Width < 1 || conf.Height < 1 || conf.Width > maxPixels/conf.Height {
		return sheet(width)
	}
	// The size has been checked in the header of the image, before any of its
	// pixels take up memory.
	src, _, err := image.Decode(bytes.NewReader(v.content))
	if err != nil {
		return sheet(width)
	}
	// An image that is small enough keeps its size.
	width = min(width, conf.Width)
	made := image.NewRGBA(image.Rect(0, 0, width, max(1, conf.Height*width/conf.Width)))
	from, to := src.Bounds(), made.Bounds()
	for y := range to.Dy() {
		for x := range to.Dx() {
			made.Set(x, y, src.At(from.Min.X+x*from.Dx()/to.Dx(), from.Min.Y+y*from.Dy()/to.Dy()))
		}
	}
	return made
}

// sheet returns a blank page of the given width, roughly in the proportions of
// paper.
func sheet(width int) image.Image {
	blank := image.NewGray(image.Rect(0, 0, width, width*7/5))
	for i := range blank.Pix {
		blank.Pix[i] = 0xff
	}
	return blank
}

// getThumbnail streams the thumbnail of the first page. It works for every type
// of file and, as documented, makes the thumbnail if there is none.
func (s *Server) getThumbnail(c *call) (*reply, error) {
	_, v, err := s.fileVersion(c, viewer)
	if err != nil {
		return nil, err
	}
	return &reply{content: &content{jpegOf(v, thumbnailWidth), "image/jpeg", "thumbnail.jpg", c.version == "1.2"}}, nil
}

// getSmallImage and the other three stream one of the responsive images, which
// exist in version 1.2 only. They differ in the largest width alone.
func (s *Server) getSmallImage(c *call) (*reply, error)     { return s.responsive(c, smallWidth) }
func (s *Server) getMediumImage(c *call) (*reply, error)    { return s.responsive(c, mediumWidth) }
func (s *Server) getLargeImage(c *call) (*reply, error)     { return s.responsive(c, largeWidth) }
func (s *Server) getThumbnailImage(c *call) (*reply, error) { return s.responsive(c, thumbnailWidth) }

// imageTypes can be made into any of the responsive images. documentTypes can
// be made into the small ones only; a type matches if it ends in one of these.
var (
	imageTypes    = []string{"image/jpeg", "image/png", "image/gif", "image/tiff"}
	documentTypes = []string{"pdf", "msword", "wordprocessingml.document", "excel", "spreadsheetml.sheet", "powerpoint",
		"presentationml.presentation"}
)

// responsive sends the file as an image of at most the given width, in the
// format that the query asks for. A file that no image can be made of is
// answered with 415, as documented.
func (s *Server) responsive(c *call, width int) (*reply, error) {
	format := c.query.choice("format", "jpeg", "jpeg", "jpg", "webp")
	it, v, err := s.fileVersion(c, viewer)
	if err != nil {
		return nil, err
	}
	isDocument := slices.ContainsFunc(documentTypes,
		func(end string) bool { return strings.HasSuffix(v.contentType, end) })
	if !slices.Contains(imageTypes, v.contentType) && !(isDocument && width <= smallWidth) {
		return nil, &refusal{
			status: http.StatusUnsupportedMediaType, code: codeGeneral, item: it,
			key:     "!csImageTypeNotSupported," + v.contentType,
			message: "An image cannot be made from a file of type " + v.contentType + ".",
		}
	}
	if format == "webp" {
		return &reply{content: &content{data: webPPixel, contentType: "image/webp"}}, nil
	}
	return &reply{content: &content{data: jpegOf(v, width), contentType: "image/jpeg"}}, nil
}
