package connectparticipant

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// said returns the n-th item of a chat.
func said(n int) *Event {
	item := Item{ID: fmt.Sprint("item ", n), Type: ChatItemTypeMessage, AbsoluteTime: time.Unix(int64(n), 0)}
	return &Event{Item: item, Kind: ChatItemTypeMessage}
}

// scanned is the n-th item as an attachment.
func scanned(n int, status ArtifactStatus) *Event {
	e := said(n)
	e.Kind, e.Attachments = ChatItemTypeAttachment, []AttachmentItem{{Status: status}}
	return e
}

func TestHistoryKnowsTheLastItems(t *testing.T) {
	var h history
	h.begin("")
	for n := range 3*window + 7 {
		if !h.admit(said(n), n%2 == 0) {
			t.Fatalf("item %d is not new", n)
		}
		if n < window || n%1000 != 0 {
			continue
		}
		for _, back := range []int{0, 1, window / 2, window - 1} {
			if h.admit(said(n-back), true) || h.admit(said(n-back), false) {
				t.Fatalf("after item %d, item %d is new", n, n-back)
			}
		}
	}
	if len(h.ring) != window {
		t.Errorf("%d IDs are kept, want %d", len(h.ring), window)
	}
	// There is no receipt that the last messages were read.
	if from := h.start(); from.id != said(3*window+7-unread).ID {
		t.Errorf("the transcript would be read from %q", from.id)
	}
}

func TestHistoryWaitsForFewItems(t *testing.T) {
	var h history
	h.begin("before")
	if from := h.start(); from.id != "before" || h.admit(&Event{Item: Item{ID: "before"}}, true) {
		t.Errorf("it begins at %q, and delivers that item", from.id)
	}
	for n := range 2 * waiting {
		h.admit(scanned(n, ArtifactStatusInProgress), false)
	}
	if from := h.start(); len(h.open) != waiting || from.id != said(waiting).ID {
		t.Errorf("it waits for %d items, from %q on", len(h.open), from.id)
	}
	for n := waiting; n < 2*waiting; n += 2 {
		e := scanned(n, ArtifactStatusApproved)
		if !h.admit(e, true) || !e.Update {
			t.Errorf("item %d is not updated", n)
		}
	}
	if from := h.start(); len(h.open) != waiting/2 || from.id != said(waiting+1).ID {
		t.Errorf("it waits for %d items, from %q on", len(h.open), from.id)
	}
	for n := range reach {
		h.admit(said(10_000+n), false)
	}
	if from := h.start(); len(h.open) == 0 || from.id == said(10_000+reach-1).ID {
		t.Errorf("it waits for %d items, from %q on", len(h.open), from.id)
	}
	for n := range waiting {
		h.admit(said(20_000+n), false)
	}
	if from := h.start(); len(h.open) != 0 || from.id != said(20_000+waiting-unread).ID {
		t.Errorf("it waits for %d items, from %q on", len(h.open), from.id)
	}
}

// FuzzFrame reads any frame, and any item of a transcript, twice.
func FuzzFrame(f *testing.F) {
	for _, seed := range []string{
		"", "x", "{}", `{"topic":"aws/chat","content":"{\"Id\":\"a\",\"Type\":\"MESSAGE\",\"Content\":\"b\"}"}`,
		`{"topic":"aws/chat","content":{"Id":"a","Type":"ATTACHMENT","Attachments":[{"Status":"IN_PROGRESS"}]}}`,
		`{"topic":"aws/chat","content":{"Id":"a","MessageMetadata":{"MessageCompleted":false}}}`,
		`{"topic":"aws/subscribe","content":{"status":"success"}}`,
		`{"Type":"MESSAGEMETADATA","MessageMetadata":{"Receipts":[{"ReadTimestamp":"2026-01-02T03:04:05Z"}]}}`,
		`{"Id":"a","AbsoluteTime":[],"Content":"b"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var h history
		h.begin("")
		live, ok := frameEvent(text)
		if ok && !h.admit(&live, false) {
			t.Errorf("the event %+v is not new", live)
		}
		again := live
		if ok && live.ID != "" && live.Kind != "" && !live.isReceipt() && h.admit(&again, false) {
			t.Errorf("the event %+v is delivered twice", live)
		}
		kept := newEvent(text)
		first := h.admit(&kept, true)
		if h.admit(&kept, true) {
			t.Errorf("the item %+v is delivered twice, at first: %t", kept, first)
		}
	})
}

// TestHistoryMemory checks the memory that the history of a chat takes, whatever is
// said: long IDs, items that never settle, receipts without end.
func TestHistoryMemory(t *testing.T) {
	const histories, most = 20, 64 << 10
	all := make([]history, histories)
	before := heap()
	for i := range all {
		h := &all[i]
		h.begin("")
		for n := range 3 * window {
			e := said(n)
			e.ID += strings.Repeat("x", maxID-len(e.ID))
			switch n % 3 {
			case 1:
				e.MessageMetadata.MessageProcessingStatus = MessageProcessingStatusProcessing
			case 2:
				for range 2 * unread {
					e.MessageMetadata.Receipts = append(e.MessageMetadata.Receipts, Receipt{RecipientParticipantID: fmt.Sprint(n)})
				}
			}
			h.admit(e, true)
		}
		h.overlap()
		for n := range 3 * window {
			h.admit(&Event{Raw: fmt.Append(nil, n)}, false)
		}
		h.replaced()
	}
	if each := (heap() - before) / histories; each > most {
		t.Errorf("%d bytes for each chat, want at most %d", each, most)
	}
	runtime.KeepAlive(all)
}

// TestHistoryKeepsNoTexts checks that the IDs which are remembered, here and to find out
// who the participant is, do not keep the rest of their items in memory.
func TestHistoryKeepsNoTexts(t *testing.T) {
	const chats, most = 20, 64 << 10
	histories, selves := make([]history, chats), make([]self, chats)
	before := heap()
	for i := range chats {
		histories[i].begin("")
		for n := range 2 * window {
			status := []MessageProcessingStatus{MessageProcessingStatusProcessing, ""}[n%2]
			e := newEvent(fmt.Appendf(nil, `{"Id":"%d","Type":"MESSAGE","ParticipantId":"me","Content":"%s",`+
				`"MessageMetadata":{"MessageProcessingStatus":"%s"}}`, n, strings.Repeat("x", 800), status))
			histories[i].admit(&e, false)
			selves[i].owns(&e.Item)
		}
	}
	if each := (heap() - before) / chats; each > most {
		t.Errorf("%d bytes for each chat, want at most %d", each, most)
	}
	runtime.KeepAlive(histories)
	runtime.KeepAlive(selves)
}

// heap returns the bytes that are in use.
func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// TestHistoryWhileReplaced has two websockets show the same receipt, which has no ID.
func TestHistoryWhileReplaced(t *testing.T) {
	var h history
	h.begin("")
	receipt := func(n int) *Event { return &Event{Raw: fmt.Append(nil, n), Item: Item{Type: itemTypeMetadata}} }
	h.overlap()
	for n := range 3 {
		if !h.admit(receipt(n), false) {
			t.Errorf("the old websocket shows receipt %d, which is not new", n)
		}
	}
	h.replaced()
	for n := range 5 {
		if news := h.admit(receipt(n), false); news != (n >= 3) {
			t.Errorf("the new websocket shows receipt %d, which is new: %t", n, news)
		}
	}
	if !h.admit(receipt(0), false) {
		t.Error("the same receipt once more is not new")
	}
}
