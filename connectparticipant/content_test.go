package connectparticipant_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// contentTypes are the content types of messages and events that Amazon's chat
// client knows (CONTENT_TYPE in the constants of amazon-connect-chatjs 5.0.0,
// without the types of attachments), and the Go constants for them.
var contentTypes = map[string]string{
	"text/plain":       "ContentTypePlain",
	"text/markdown":    "ContentTypeMarkdown",
	"application/json": "ContentTypeJSON",

	".message.interactive":          "ContentTypeInteractive",
	".message.interactive.response": "ContentTypeInteractiveResponse",

	".event.typing":                          "ContentTypeTyping",
	".event.message.delivered":               "ContentTypeMessageDelivered",
	".event.message.read":                    "ContentTypeMessageRead",
	".event.connection.acknowledged":         "ContentTypeConnectionAcknowledged",
	".event.participant.joined":              "ContentTypeParticipantJoined",
	".event.participant.left":                "ContentTypeParticipantLeft",
	".event.participant.active":              "ContentTypeParticipantActive",
	".event.participant.inactive":            "ContentTypeParticipantInactive",
	".event.participant.idle":                "ContentTypeParticipantIdle",
	".event.participant.returned":            "ContentTypeParticipantReturned",
	".event.participant.invited":             "ContentTypeParticipantInvited",
	".event.participant.autodisconnection":   "ContentTypeParticipantAutoDisconnection",
	".event.participant.displayname.updated": "ContentTypeParticipantDisplayNameUpdated",
	".event.transfer.succeeded":              "ContentTypeTransferSucceeded",
	".event.transfer.failed":                 "ContentTypeTransferFailed",
	".event.chat.ended":                      "ContentTypeChatEnded",
	".event.chat.rehydrated":                 "ContentTypeChatRehydrated",
	".event.workflow.cancelled":              "ContentTypeWorkflowCancelled",
	".event.authentication.initiated":        "ContentTypeAuthenticationInitiated",
	".event.authentication.succeeded":        "ContentTypeAuthenticationSucceeded",
	".event.authentication.failed":           "ContentTypeAuthenticationFailed",
	".event.authentication.timeout":          "ContentTypeAuthenticationTimeout",
	".event.authentication.expired":          "ContentTypeAuthenticationExpired",
	".event.authentication.cancelled":        "ContentTypeAuthenticationCancelled",
}

// The constants are those of the list and no others.
func TestContentTypesAreThoseOfTheChatClient(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "content.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		got[strings.TrimPrefix(value, "application/vnd.amazonaws.connect")] = spec.Names[0].Name
		return true
	})
	if diff := cmp.Diff(contentTypes, got); diff != "" {
		t.Error("content types (-client +ours):\n", diff)
	}
}
