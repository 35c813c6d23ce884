package connectparticipanttest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

func Example() {
	srv := connectparticipanttest.New()
	defer srv.Close()
	chat := srv.NewChat()
	client := http.Client{Transport: srv} // or serve srv as a handler

	post := func(path, token, body string, answer any) {
		req, _ := http.NewRequest(http.MethodPost, srv.URL+path, strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Amz-Bearer", token)
		res, err := client.Do(req)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer res.Body.Close()
		_ = json.NewDecoder(res.Body).Decode(answer)
	}

	var connection struct {
		ConnectionCredentials struct{ ConnectionToken string }
	}
	post("/participant/connection", chat.Join("CUSTOMER", "Ana"), `{"Type":["CONNECTION_CREDENTIALS"]}`, &connection)
	post("/participant/message", connection.ConnectionCredentials.ConnectionToken,
		`{"ContentType":"text/plain","Content":"hello"}`, &struct{}{})

	for _, item := range chat.Transcript() {
		fmt.Printf("%s %s %q\n", item.DisplayName, item.Type, item.Content)
	}
	// Output:
	// Ana EVENT ""
	// Ana MESSAGE "hello"
}
