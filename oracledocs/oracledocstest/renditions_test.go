package oracledocstest_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
)

func TestPageImages(t *testing.T) {
	srv, c := start(t)
	clk := setClock(srv, "2024-01-01T00:00:00Z")
	id := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte(strings.Repeat("line\n", 1000)))
	path := "/files/" + id
	c.get(path+"/data/rendition?rendition=page1").want(t, 404, "-16")
	c.post(path+"/pages", "").ok(t)
	c.get(path+"/data/rendition?rendition=page1").want(t, 404, "-16")
	if got := c.get(path + "?includeRenditions=true&includeOnlyExistingRenditions=false").ok(t); !strings.Contains(string(got.raw), `"exists":"false"`) {
		t.Errorf("got %s", got.raw)
	}
	clk.at = clk.at.Add(3 * time.Second)
	if got := c.get(path + "/pages").ok(t); got.str("pages") != "2" {
		t.Errorf("got %s", got.raw)
	}
	got := c.get(path + "/data/rendition?rendition=page2")
	img, err := jpeg.Decode(bytes.NewReader(got.raw))
	if err != nil || img.Bounds().Dx() != 800 {
		t.Fatalf("no image of a page: %v", err)
	}
	c.get(path+"/data/rendition?rendition=page3").want(t, 404, "-16")
	c.get(path+"/data/rendition?rendition=cover").want(t, 404, "-16")
	c.get(path+"/data/rendition").want(t, 400, "-97")
	if names := c.get(path + "/data/renditions?renditionType=system").names(); len(names) != 4 {
		t.Errorf("renditions: %v", names)
	}
	if got := c.with("Range", "bytes=0-1").get(path + "/data/thumbnail"); got.status != 206 ||
		string(got.raw) != "\xff\xd8" {
		t.Errorf("thumbnail: %d %q", got.status, got.raw)
	}
}

func TestCustomRenditions(t *testing.T) {
	_, c := start(t)
	id := c.file("self", "a.txt", "1").str("id")
	path := "/files/" + id + "/data/rendition"
	small := piece{`name="file"; filename="small.jpg"`, "image/jpeg", "picture"}
	c.upload(path, jsonPart("jsonInputParameters", `{"name":"small","description":"d"}`), small).ok(t)
	c.upload(path, jsonPart("jsonInputParameters", `{"name":"SMALL"}`), small).want(t, 409, "-17")
	c.upload(path, jsonPart("jsonInputParameters", `{"name":"a b"}`), small).want(t, 400, "-1")
	c.upload(path, jsonPart("jsonInputParameters", `{"name":"x"}`), filePart("x", "x")).want(t, 400, "-1")
	got := c.get(path + "?rendition=Small&renditionType=uploaded")
	if string(got.raw) != "picture" || got.header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("got %d %s", got.status, got.raw)
	}
	c.get(path+"?rendition=small").want(t, 404, "-16")
	list := c.get("/files/" + id + "/data/renditions?renditionType=uploaded").ok(t)
	if !strings.Contains(string(list.raw), `{"description":"d","name":"small","path":"small.jpg","type":"rendition"}`) {
		t.Errorf("got %s", list.raw)
	}
	c.file("self", "a.txt", "2").ok(t)
	c.get(path+"?rendition=small&renditionType=uploaded").want(t, 404, "-16")
	c.delete(path+"?rendition=small", "").want(t, 404, "-16")
	c.delete(path+"?rendition=small&version=1", "").ok(t)
	c.get(path+"?rendition=small&renditionType=uploaded&version=1").want(t, 404, "-16")
}

func TestResponsiveImages(t *testing.T) {
	srv, c := start(t)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 600, 100))); err != nil {
		t.Fatal(err)
	}
	id := srv.AddFile(oracledocstest.User, "self", "a.png", picture.Bytes())
	doc := srv.AddFile(oracledocstest.User, "self", "a.pdf", []byte("%PDF"))
	text := srv.AddFile(oracledocstest.User, "self", "a.txt", []byte("x"))
	for name, want := range map[string]int{"smallImage": 300, "mediumImage": 600, "largeImage": 600,
		"thumbnailImage": 150} {
		got := c.get("/files/" + id + "/data/" + name)
		img, err := jpeg.Decode(bytes.NewReader(got.raw))
		if err != nil || img.Bounds().Dx() != want {
			t.Errorf("%s: %v %d", name, err, got.status)
		}
		c.get("/files/"+text+"/data/"+name).want(t, 415, "-1")
		c.v11().get("/files/"+id+"/data/"+name).want(t, 404, "-1")
	}
	if got := c.get("/files/" + doc + "/data/smallImage"); got.status != 200 {
		t.Errorf("small image of a document: %d", got.status)
	}
	c.get("/files/"+doc+"/data/largeImage").want(t, 415, "-1")
	if got := c.get("/files/" + id + "/data/smallImage?format=webp"); got.header.Get("Content-Type") != "image/webp" ||
		!bytes.HasPrefix(got.raw, []byte("RIFF")) {
		t.Errorf("got %d %q", got.status, got.raw)
	}
	c.get("/files/"+id+"/data/smallImage?format=gif").want(t, 400, "-1")
}
