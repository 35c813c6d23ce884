package oracledocstest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
)

// A server made by New needs no socket: it is the transport of a client.
func Example() {
	srv := oracledocstest.New()
	defer srv.Close()
	folder := srv.AddFolder(oracledocstest.User, "self", "Reports")

	form := "--frontier\r\n" +
		"Content-Disposition: form-data; name=\"jsonInputParameters\"\r\n\r\n" +
		"{\"parentID\":\"" + folder + "\"}\r\n" +
		"--frontier\r\n" +
		"Content-Disposition: form-data; name=\"primaryFile\"; filename=\"may.txt\"\r\n" +
		"Content-Type: text/plain\r\n\r\n" +
		"All is well.\r\n" +
		"--frontier--\r\n"
	req, err := http.NewRequest("POST", srv.URL+"/documents/api/1.2/files/data", strings.NewReader(form))
	if err != nil {
		fmt.Println(err)
		return
	}
	req.SetBasicAuth(oracledocstest.User, oracledocstest.Password)
	req.Header.Set("Content-Type", "multipart/form-data; boundary=frontier")
	res, err := (&http.Client{Transport: srv}).Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	fmt.Println(res.Status)

	location := res.Header.Get("Location")
	id := location[strings.LastIndex(location, "/")+1:]
	content, _ := srv.Content(id, 1)
	fmt.Println(string(content))
	fmt.Println(srv.Calls())
	// Output:
	// 201 Created
	// All is well.
	// [UploadFile]
}
