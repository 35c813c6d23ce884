package connectparticipant_test

import (
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/upload"
)

// TestF73ComposedName is F73 with a service that shows an attachment under
// another Unicode form of its name than it was sent: it is found by its ID.
func TestF73ComposedName(t *testing.T) {
	for _, name := range []string{"Re\u0301sume\u0301.pdf", "\u1112\u1161\u11ab.txt",
		"e\u0301te\u0301 \u00e9t\u00e9.txt"} {
		inBubble(t, name, func(t *testing.T, w *world) {
			w.srv.ComposeNames(true)
			w.next(4, "CompleteAttachmentUpload", lose)
			result, err := w.Uploader(w.token).Upload(t.Context(), upload.Bytes(name, content))
			w.stored(result, err)
			item, ok := result.Detail.(*connectparticipant.AttachmentItem)
			if !ok || item.AttachmentName != norm.NFC.String(name) || item.AttachmentName == name {
				t.Errorf("%+q: Detail is %+v", name, result.Detail)
			}
		})
	}
}
