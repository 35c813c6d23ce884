package upload_test

import (
	"errors"
	"testing"

	"github.com/docferry/docferry/upload"
)

func TestErrorText(t *testing.T) {
	cause := errors.New("the connection broke")
	for _, test := range []struct {
		err  upload.Error
		want string
	}{
		{upload.Error{Name: "a.txt", Stage: upload.StageSend, State: upload.StateRolledBack, Err: cause},
			`upload "a.txt": send: the connection broke (rolled back)`},
		{upload.Error{Name: "a.txt", Stage: upload.StageCommit, State: upload.StateUnknown, Err: cause,
			Left: []upload.Ref{{ID: "d1", Version: "v2"}, {ID: "d3"}}},
			`upload "a.txt": commit: the connection broke (unknown, left: d1 version v2, left: d3)`},
		{upload.Error{Name: "a.txt", Stage: upload.StageSend, State: upload.StateOrphaned, Err: cause,
			Left: []upload.Ref{{}}, Cleanup: errors.New("refused")},
			`upload "a.txt": send: the connection broke (orphaned, left: something whose ID is not known, ` +
				`clean-up failed: refused)`},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}
