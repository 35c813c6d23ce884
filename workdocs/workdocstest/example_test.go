package workdocstest_test

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/docferry/docferry/workdocs/workdocstest"
)

// A user asks for their special folders, over a connection in memory.
func Example() {
	srv := workdocstest.New()
	defer srv.Close()
	_, token := srv.AddUser("ada@example.com")

	r, err := http.NewRequest("GET", srv.URL+"/api/v1/me/root", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	r.Header.Set("Authentication", token)
	client := &http.Client{Transport: srv}
	res, err := client.Do(r)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()

	var answer struct{ Folders []struct{ Name string } }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.Status, answer.Folders, srv.Calls())
	// Output: 200 OK [{/} {RecycleBin}] [DescribeRootFolders]
}

// The next call fails, the one after it does not.
func ExampleServer_Next() {
	srv := workdocstest.New()
	defer srv.Close()
	_, token := srv.AddUser("ada@example.com")
	srv.Next("GetCurrentUser", workdocstest.Refuse(503, "ServiceUnavailableException", "come back later"))

	client := &http.Client{Transport: srv}
	for range 2 {
		r, err := http.NewRequest("GET", srv.URL+"/api/v1/me", nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		r.Header.Set("Authentication", token)
		res, err := client.Do(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		_ = res.Body.Close()
		fmt.Println(res.Status)
	}
	// Output:
	// 503 Service Unavailable
	// 200 OK
}
