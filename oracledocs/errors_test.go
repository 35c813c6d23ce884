package oracledocs_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/oracledocs"
	"github.com/google/go-cmp/cmp"
)

// refusedWith calls an operation that is answered with a status and a body.
func refusedWith(t *testing.T, status int, body string) error {
	t.Helper()
	c, err := oracledocs.New(oracledocs.Config{BaseURL: "https://docs.example.com", HTTP: docferry.HTTP{
		Retry: docferry.Retry{Attempts: 1}, Transport: roundTrip(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{"X-Oracle-Dms-Ecid": {"ecid-1"}},
				Body: io.NopCloser(strings.NewReader(body))}, nil
		})}})
	if err != nil {
		t.Fatal(err)
	}
	file, err := c.GetFile(t.Context(), oracledocs.GetFileRequest{FileID: "D1"})
	if (file == nil) != (err != nil) {
		t.Errorf("status %d, %s: got %+v with the error %v", status, body, file, err)
	}
	return err
}

// A refusal has the kind of its code, and else of its status.
func TestErrorKinds(t *testing.T) {
	for _, test := range []struct {
		code   string
		status int
		kind   error
	}{
		{oracledocs.CodeGeneral, 400, docferry.ErrInvalid},
		{oracledocs.CodeGeneral, 404, docferry.ErrNotFound},
		{oracledocs.CodeGeneral, 200, nil},
		{oracledocs.CodeNotFound, 404, docferry.ErrNotFound},
		{oracledocs.CodeNotFound, 200, docferry.ErrNotFound},
		{oracledocs.CodeNameTaken, 409, docferry.ErrConflict},
		{oracledocs.CodeNameTaken, 400, docferry.ErrConflict},
		{oracledocs.CodeAccessCodeRequired, 403, docferry.ErrForbidden},
		{oracledocs.CodeForbidden, 403, docferry.ErrForbidden},
		{oracledocs.CodeLinkInvalid, 400, docferry.ErrForbidden},
		{oracledocs.CodeAlreadyInCollection, 400, docferry.ErrConflict},
		{oracledocs.CodeParameterMissing, 400, docferry.ErrInvalid},
		{"-42", 401, docferry.ErrUnauthenticated},
		{"-42", 429, docferry.ErrThrottled},
		{"-42", 500, docferry.ErrUnavailable},
		{"-42", 418, nil},
	} {
		err := refusedWith(t, test.status, `{"errorCode":"`+test.code+`","errorMessage":"No.\nNever.","title":"No.","errorKey":"!csA,x!csB"}`)
		refused, ok := errors.AsType[*docferry.Error](err)
		if !ok || refused.Code != test.code || refused.Kind != test.kind || refused.StatusCode != test.status ||
			refused.RequestID != "ecid-1" || refused.Message != "No. Never." {
			t.Errorf("code %s with status %d: %+v", test.code, test.status, err)
			continue
		}
		detail, ok := refused.Detail.(*oracledocs.ErrorDetail)
		if !ok {
			t.Errorf("the detail is a %T", refused.Detail)
			continue
		}
		if diff := cmp.Diff([]oracledocs.ErrorKey{{Key: "csA", Args: []string{"x"}}, {Key: "csB"}},
			detail.Keys()); diff != "" {
			t.Errorf("the keys differ (-want +got):\n%s", diff)
		}
	}
}

// Success is a status of 2xx and no errorCode but 0, whatever else is said.
func TestSuccess(t *testing.T) {
	for _, body := range []string{
		`{"id":"D1"}`, `{"errorCode":"0"}`, `{"errorCode":0}`, `{"errorCode":""}`, `{"errorCode":null}`,
		`{"errorCode":"0","errorKey":"!csServiceStatusMessage_checkin,DOC","errorMessage":"Successfully checked in.","title":"x"}`,
	} {
		for _, status := range []int{200, 201, 206} {
			if err := refusedWith(t, status, body); err != nil {
				t.Errorf("status %d, %s: %v", status, body, err)
			}
		}
	}
}

// What is no answer of the service is an error with what can be known.
func TestOtherAnswers(t *testing.T) {
	for _, test := range []struct {
		status int
		body   string
		kind   error
	}{
		{200, "<html>Sign in</html>", docferry.ErrUnauthenticated},
		{201, " \n<!DOCTYPE html>", docferry.ErrUnauthenticated},
		{302, "", docferry.ErrUnauthenticated},
		{307, `{"errorCode":"0"}`, docferry.ErrUnauthenticated},
		{401, "<html>401</html>", docferry.ErrUnauthenticated},
		{403, "", docferry.ErrForbidden},
		{404, "<html>404</html>", docferry.ErrNotFound},
		{502, "bad gateway", docferry.ErrUnavailable},
		{400, `{"errorCode":{"a":1},"errorMessage":["x"]}`, docferry.ErrInvalid},
		{400, `{"errorCode":"-16`, docferry.ErrInvalid},
		{200, "", docferry.ErrProtocol},
		{200, "[]", docferry.ErrProtocol},
		{200, `{"errorCode":{"code":"-16"}}`, docferry.ErrProtocol}, // it may be a refusal
		{200, `{"errorCode":["-16"],"id":"D1"}`, docferry.ErrProtocol},
		{200, `{"id":"D1"`, docferry.ErrProtocol},
	} {
		err := refusedWith(t, test.status, test.body)
		refused, ok := errors.AsType[*docferry.Error](err)
		if !ok || !errors.Is(err, test.kind) || refused.StatusCode != test.status ||
			strings.ContainsAny(err.Error(), "<\n{") {
			t.Errorf("status %d, %s: %v, want %v", test.status, test.body, err, test.kind)
		}
	}
}
