package connectparticipant

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/docferry/docferry"
	"github.com/go-json-experiment/json"
)

// These are the shortest times between two signals, as in the vendor's own chat
// client. The other participants see no difference, and the service limits the rate
// of calls.
const (
	typingTime  = 10 * time.Second
	receiptTime = 5 * time.Second

	signalled = 256 // messages whose receipts are remembered
)

// signals remembers what Typing, MarkDelivered and MarkRead have sent, and the
// receipts that wait for their time.
type signals struct {
	running sync.WaitGroup // what sends the receipts that wait

	mu       sync.Mutex // guards the fields below
	typed    time.Time  // when a typing event was sent last
	receipts recent     // messages that a receipt was sent for; true if they were read
	read     time.Time  // when a message was last marked as read
	received time.Time  // when a message was last marked as delivered, or as read
	waiting  []receipt  // at most one of each kind
	timer    *time.Timer
	cancel   context.CancelFunc // ends the sending that is under way; nil if none is
	failed   error              // why receipts that waited were not sent, for the next call
	closed   bool
}

// receipt says that a message was delivered, or that it was read.
type receipt struct {
	message string
	read    bool
}

// Typing shows the other participants that this one is typing. They see that for
// some seconds, so a call within 10 seconds of another that was sent does nothing;
// ChatOptions.Unthrottled changes that.
func (ch *Chat) Typing(ctx context.Context) error {
	if !ch.options.Unthrottled && ch.signals.isTyping() {
		return nil
	}
	_, err := ch.SendEvent(ctx, ContentTypeTyping, "")
	if err == nil {
		ch.signals.hasTyped()
	}
	return err
}

// MarkDelivered reports that a message of another participant has arrived. It
// fails with docferry.ErrConflict while more than two participants are active.
//
// Receipts are sent at most every 5 seconds, and once for each message. A receipt
// that comes too early waits until then, and MarkDelivered returns nil. Of several
// that wait, only the one for the last message is sent; a receipt that a message was
// read replaces one that it was delivered. If a receipt that waited could not be
// sent, the next call of MarkDelivered, MarkRead or FlushReceipts returns the error.
// Close drops the receipts that wait. ChatOptions.Unthrottled sends each receipt at
// once.
func (ch *Chat) MarkDelivered(ctx context.Context, messageID string) error {
	return ch.mark(ctx, receipt{message: messageID})
}

// MarkRead reports that a message of another participant was read. It fails
// with docferry.ErrConflict while more than two participants are active. As with
// MarkDelivered, receipts can wait for up to 5 seconds. They do not wait because of
// receipts that messages were delivered.
func (ch *Chat) MarkRead(ctx context.Context, messageID string) error {
	return ch.mark(ctx, receipt{message: messageID, read: true})
}

// FlushReceipts sends the receipts that wait for their time, such as before Close.
// It returns the errors of those, and of earlier ones that were not reported yet.
func (ch *Chat) FlushReceipts(ctx context.Context) error {
	waiting, failed := ch.signals.take()
	for _, r := range waiting {
		failed = errors.Join(failed, ch.sendReceipt(ctx, r))
	}
	return failed
}

// mark sends a receipt, now or later.
func (ch *Chat) mark(ctx context.Context, r receipt) error {
	if _, err := r.content(); err != nil {
		return err
	}
	if ch.options.Unthrottled {
		return ch.sendReceipt(ctx, r)
	}
	now, err := ch.signals.admit(r, ch.sendLater)
	if now {
		err = errors.Join(err, ch.sendReceipt(ctx, r))
	}
	return err
}

// sendReceipt calls the operation SendEvent.
func (ch *Chat) sendReceipt(ctx context.Context, r receipt) error {
	content, err := r.content()
	if err != nil {
		return err
	}
	contentType := ContentTypeMessageDelivered
	if r.read {
		contentType = ContentTypeMessageRead
	}
	_, err = ch.SendEvent(ctx, contentType, content)
	ch.signals.sent(r, err)
	return err
}

// content returns the content of the event.
func (r receipt) content() (string, error) {
	content, err := json.Marshal(struct {
		MessageID string `json:"messageId"`
	}{r.message})
	if err != nil {
		return "", &docferry.InputError{Service: service, Operation: sendEvent.Name, Field: "messageID",
			Reason: "is not valid UTF-8"}
	}
	return string(content), nil
}

// sendLater sends the receipts that have waited. It runs in a goroutine of its own.
func (ch *Chat) sendLater() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if !ch.signals.begin(cancel) {
		return
	}
	ch.signals.fail(ch.FlushReceipts(ctx))
}

// isTyping reports whether the others still see that the participant is typing.
func (s *signals) isTyping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.typed.IsZero() && time.Since(s.typed) < typingTime
}

func (s *signals) hasTyped() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.typed = time.Now()
}

// admit decides whether a receipt is sent now. Otherwise it waits until later is
// called, or it is not needed. The error is that of receipts that have waited.
func (s *signals) admit(r receipt, later func()) (now bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err, s.failed = s.failed, nil
	if read, known := s.receipts.get(keyOf(r.message)); known && (read || !r.read) {
		return false, err
	}
	due := s.received.Add(receiptTime)
	if r.read {
		due = s.read.Add(receiptTime)
	}
	if wait := time.Until(due); wait > 0 && !s.closed {
		s.wait(r)
		if s.timer == nil {
			s.running.Add(1)
			s.timer = time.AfterFunc(wait, func() {
				defer s.running.Done()
				later()
			})
		}
		return false, err
	}
	s.sending(r)
	return true, err
}

// sending notes that a receipt is being sent. The mutex must be held.
func (s *signals) sending(r receipt) {
	s.received = time.Now()
	if r.read {
		s.read = s.received
	}
}

// wait adds a receipt to those that wait. It takes the place of an earlier one of
// its kind, and a message that was read needs no other receipt.
func (s *signals) wait(r receipt) {
	var kept []receipt
	for _, w := range s.waiting {
		if w.read != r.read && w.message != r.message {
			kept = append(kept, w)
		}
		if w.read && w.message == r.message {
			return // it was read
		}
	}
	if r.read {
		s.waiting = slices.Insert(kept, 0, r)
		return
	}
	kept = append(kept, r)
	s.waiting = kept
}

// take removes the receipts that wait, and the error of earlier ones.
func (s *signals) take() ([]receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop()
	waiting, failed := s.waiting, s.failed
	s.waiting, s.failed = nil, nil
	for _, r := range waiting {
		s.sending(r)
	}
	return waiting, failed
}

// sent notes what has become of a receipt. One that was not sent may be sent again
// at once.
func (s *signals) sent(r receipt, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.read, s.received = time.Time{}, time.Time{}
		return
	}
	s.receipts.size = signalled
	s.receipts.set(keyOf(r.message), r.read)
}

// begin notes that receipts are being sent, which cancel ends. It returns false if
// the Chat is closed.
func (s *signals) begin(cancel context.CancelFunc) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timer, s.cancel = nil, cancel
	return !s.closed
}

// fail keeps an error for the next call.
func (s *signals) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed, s.cancel = errors.Join(s.failed, err), nil
}

// stop stops the timer. The mutex must be held.
func (s *signals) stop() {
	if s.timer != nil && s.timer.Stop() {
		s.running.Done() // it will not run
		s.timer = nil
	}
}

// close drops the receipts that wait, and waits until none is being sent.
func (s *signals) close() {
	s.mu.Lock()
	s.closed, s.waiting = true, nil
	s.stop()
	if s.cancel != nil {
		s.cancel()
	}
	s.mu.Unlock()
	s.running.Wait()
}
