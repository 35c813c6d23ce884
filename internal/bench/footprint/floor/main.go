// Command floor lists a folder of WorkDocs by hand.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

func main() {
	if err := list(context.Background(), "id", "secret", "folder"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// nothing is the SHA-256 of an empty body.
const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func list(ctx context.Context, id, secret, folder string) (err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet,
		"https://workdocs.us-west-2.amazonaws.com/api/v1/folders/"+folder+"/contents", http.NoBody)
	if err != nil {
		return err
	}
	keys := aws.Credentials{AccessKeyID: id, SecretAccessKey: secret}
	if err := v4.NewSigner().SignHTTP(ctx, keys, req, nothing, "workdocs", "us-west-2", time.Now()); err != nil {
		return err
	}
	client := &http.Client{Timeout: time.Minute}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	var out struct {
		Documents []struct {
			ID string `json:"Id"`
		} `json:"Documents"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		return err
	}
	_, err = fmt.Fprintln(os.Stdout, len(out.Documents))
	return err
}
