package connectparticipant

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/docferry/docferry"
)

// script is a tokenSource with one token to replace the first, or with none.
type script struct{ failure error }

func (script) ConnectionToken(context.Context) (docferry.Secret, error) { return "first", nil }

func (s script) replace(_ context.Context, old docferry.Secret, refused error) (docferry.Secret, error) {
	if s.failure != nil {
		return "", fmt.Errorf("%w: %w", s.failure, refused)
	}
	return old + ", renewed", nil
}

func TestWithToken(t *testing.T) {
	plain := &docferry.Error{Operation: "First", StatusCode: 403, Attempts: 1, Kind: docferry.ErrForbidden}
	// A server fault may come from something in front of the service, behind
	// which the request was carried out.
	doubtful := &docferry.Error{Operation: "First", StatusCode: 500, Attempts: 4, Kind: docferry.ErrForbidden}
	invalid := &docferry.Error{Operation: "Second", StatusCode: 400, Attempts: 1, Kind: docferry.ErrInvalid}
	lost := &docferry.TransportError{Operation: "Second", Attempts: 1, Sent: true, Err: context.Canceled}
	unsent := &docferry.TransportError{Operation: "Second", Attempts: 1, Err: context.Canceled}
	input := &docferry.InputError{Operation: "Second", Reason: "is wrong"}
	for _, test := range []struct {
		name          string
		first, second error
		unknown       bool
		matches       []error // what the error wraps
		hides         []error // and what it does not
	}{
		{"accepted at once", nil, nil, false, nil, nil},
		{"another refusal", invalid, nil, false, []error{invalid}, nil},
		{"renewed", plain, nil, false, nil, nil},
		{"renewed, and the doubt is settled", doubtful, nil, false, nil, nil},
		{"nothing was done at first", plain, invalid, false, []error{invalid}, []error{plain}},
		{"nothing was done at first, nor sent then", plain, unsent, false, []error{unsent}, []error{plain}},
		{"nothing was done at first, but perhaps then", plain, lost, true, []error{lost}, []error{plain}},
		{"in doubt, then refused", doubtful, invalid, true, []error{doubtful, invalid}, nil},
		{"in doubt, then refused again", doubtful, plain, true, []error{doubtful, plain}, nil},
		{"in doubt, then in doubt", doubtful, lost, true, []error{doubtful, lost, context.Canceled}, nil},
		{"in doubt, then not sent", doubtful, unsent, true, []error{doubtful}, nil},
		{"in doubt, then wrong", doubtful, input, true, []error{doubtful, input}, nil},
	} {
		var used []docferry.Secret
		answers := []error{test.first, test.second}
		got, err := withToken(t.Context(), script{}, func(token docferry.Secret) (int, error) {
			used = append(used, token)
			return len(used), answers[len(used)-1]
		})
		calls := 1
		if errors.Is(test.first, docferry.ErrForbidden) {
			calls = 2
		}
		if got != calls || len(used) != calls || used[calls-1] != []docferry.Secret{"first", "first, renewed"}[calls-1] {
			t.Errorf("%s: result %d after calls with %q", test.name, got, used)
		}
		if unknown := docferry.OutcomeUnknown(err); unknown != test.unknown || (err == nil) != (test.matches == nil) {
			t.Errorf("%s: the outcome is unknown: %t; error %v", test.name, unknown, err)
		}
		for _, target := range test.matches {
			if !errors.Is(err, target) || !strings.Contains(err.Error(), target.Error()) {
				t.Errorf("%s: error %v does not wrap %v", test.name, err, target)
			}
		}
		for _, target := range test.hides {
			if errors.Is(err, target) {
				t.Errorf("%s: error %v wraps %v, which has no part in it", test.name, err, target)
			}
		}
	}
}

func TestWithTokenThatCannotBeReplaced(t *testing.T) {
	refused := &docferry.Error{StatusCode: 500, Kind: docferry.ErrForbidden}
	for name, test := range map[string]struct {
		tokens tokenSource
		want   []error
	}{
		"fixed":            {fixedToken{"first"}, []error{refused}},
		"the chat is over": {script{ErrChatEnded}, []error{refused, ErrChatEnded}},
	} {
		calls := 0
		_, err := withToken(t.Context(), test.tokens, func(docferry.Secret) (struct{}, error) {
			calls++
			return struct{}{}, refused
		})
		if calls != 1 || !docferry.OutcomeUnknown(err) {
			t.Errorf("%s: %d calls, error %v", name, calls, err)
		}
		for _, target := range test.want {
			if !errors.Is(err, target) {
				t.Errorf("%s: error %v does not wrap %v", name, err, target)
			}
		}
	}
}
