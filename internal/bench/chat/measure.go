package main

import (
	"context"
	"slices"
	"strconv"
	"time"
)

// sizes say how much is measured.
type sizes struct {
	memory       []int // idle chats
	repeat       int   // how often their memory is measured
	idle         time.Duration
	faults       []string      // that chats recover from
	chats        int           // in which a fault is recovered from
	gap          int           // milliseconds from one of them to the next, so that their heartbeats differ
	patience     time.Duration // for how long a recovery is awaited
	settle       time.Duration // for how long messages are said on, and then awaited
	linger       time.Duration // for how long messages are awaited after a recovery from a fault
	storms       []weather
	admitted     float64       // calls a second that the server admits in a storm
	rate         float64       // messages a second of which the latency is measured
	talkers      int           // the chats that they are said in
	latencyTimes time.Duration // for how long they are said
}

// weather is a kind of storm.
type weather struct {
	chats      int  // that lose their connections
	retryAfter bool // the refusals have a Retry-After of one second
}

// eachPerSecond is how many messages are said in a chat each second while it recovers.
const eachPerSecond = 4

// figures are what was measured of one client.
type figures struct {
	memory   [][]int // bytes a chat, of each repetition, for each of sizes.memory
	recovery []recovery
	storm    []storm
	latency  latency
}

type (
	recovery struct {
		fault string
		back
		delivery
	}
	storm struct {
		back
		connections, transcripts float64 // calls for each chat
	}
	latency struct {
		said, arrived int
		median, slow  time.Duration
	}
)

// back says what became of the connections: which chats delivered again, and when, from the fault.
type back struct {
	chats, ended int
	after        []time.Duration // sorted
	lost, deep   int             // chats whose program was told of it, from the fault to the end
}

// delivery says what became of the messages.
type delivery struct {
	said    int
	missing int // as events
	doubled int // as events
	unseen  int // as events and within the transcript
}

// memory measures how many bytes an idle chat takes.
func (b *bench) memory(ctx context.Context, c client, chats int) (bytesEach int, err error) {
	s, err := b.open(ctx, c, chats)
	if err != nil {
		return 0, err
	}
	defer s.close()
	if err := s.await(ctx); err != nil {
		return 0, err
	}
	before, err := s.weigh(ctx)
	if err != nil {
		return 0, err
	}
	if err := s.enter(ctx, 0); err != nil {
		return 0, err
	}
	if err := pause(ctx, b.idle); err != nil {
		return 0, err
	}
	after, err := s.weigh(ctx)
	return (after - before) / chats, err
}

// weigh returns the client's resident memory after a collection of garbage.
func (s *site) weigh(ctx context.Context) (int, error) {
	if err := s.ask(ctx, order{Do: "gc"}); err != nil {
		return 0, err
	}
	return s.client.resident()
}

// recovery measures how chats recover from a fault.
func (b *bench) recovery(ctx context.Context, c client, fault string) (r recovery, err error) {
	s, err := b.open(ctx, c, b.chats)
	if err != nil {
		return r, err
	}
	defer s.close()
	if _, r.back, err = s.survive(ctx, b, order{Fault: fault}, eachPerSecond, b.gap); err != nil {
		return r, err
	}
	r.fault = fault
	r.delivery, err = s.balance(ctx, b)
	r.lost, r.deep = s.count(stateLost), s.count(stateDeep)
	return r, err
}

// count returns how many chats have told of a state.
func (s *site) count(state string) int {
	chats := make(map[int]bool)
	for _, l := range s.told {
		if l.State == state {
			chats[l.Chat] = true
		}
	}
	return len(chats)
}

// storm measures how many chats come back at once.
func (b *bench) storm(ctx context.Context, c client, w weather) (r storm, err error) {
	s, err := b.open(ctx, c, w.chats)
	if err != nil {
		return r, err
	}
	defer s.close()
	before, back, err := s.survive(ctx, b, order{Fault: faultDrop, PerSecond: b.admitted, RetryAfter: w.retryAfter}, 1, 0)
	if err != nil {
		return r, err
	}
	after, err := s.order(order{Do: "count"})
	each := func(operation string) float64 {
		return float64(after.Calls[operation]-before.Calls[operation]) / float64(w.chats)
	}
	return storm{back: back, connections: each("CreateParticipantConnection"), transcripts: each("GetTranscript")}, err
}

// survive enters the chats and says so many messages a second in each, while the
// fault happens and until all chats deliver again or patience is over. It returns the
// calls before the fault.
func (s *site) survive(ctx context.Context, b *bench, fault order, perSecond float64, gap int) (
	before news, r back, err error,
) {
	if err = s.await(ctx); err != nil {
		return before, r, err
	}
	if err = s.enter(ctx, gap); err != nil {
		return before, r, err
	}
	if _, err = s.order(order{Do: "talk", PerSecond: perSecond * float64(len(s.places))}); err != nil {
		return before, r, err
	}
	if err = s.listen(ctx, b.settle, never); err != nil {
		return before, r, err
	}
	if before, err = s.order(order{Do: "count"}); err != nil {
		return before, r, err
	}
	fault.Do = "fault"
	began, err := s.order(fault)
	if err != nil {
		return before, r, err
	}
	r = back{chats: len(s.places)}
	settled := make(map[int]bool) // the chats that deliver again, or never will
	err = s.listen(ctx, b.patience, func(l line) bool {
		n, bad := strconv.Atoi(l.Text)
		switch {
		case settled[l.Chat]:
		case l.State == stateEnded:
			r.ended++
			settled[l.Chat] = true
		case bad == nil && n >= began.Next:
			r.after = append(r.after, time.Duration(l.At-began.At))
			settled[l.Chat] = true
		}
		return len(settled) == len(s.places)
	})
	if err != nil {
		return before, r, err
	}
	slices.Sort(r.after)
	return before, r, nil
}

// balance lets the talk end and counts what was delivered of it.
func (s *site) balance(ctx context.Context, b *bench) (d delivery, err error) {
	if err := s.listen(ctx, b.settle, never); err != nil {
		return d, err
	}
	told, err := s.order(order{Do: "hush"})
	if err != nil {
		return d, err
	}
	if err := s.listen(ctx, b.linger, never); err != nil {
		return d, err
	}
	events, shown := make(map[string]int), make(map[string]bool)
	for _, l := range s.told {
		shown[l.Text] = true
		if l.By == byEvent {
			events[l.Text]++
		}
	}
	d.said = len(told.Said)
	for _, m := range told.Said {
		switch n := events[m.Text]; {
		case n == 0:
			d.missing++
		case n > 1:
			d.doubled++
		}
		if !shown[m.Text] {
			d.unseen++
		}
	}
	return d, nil
}

// latency measures how long a message takes from the server's program to the
// client's.
func (b *bench) latency(ctx context.Context, c client) (r latency, err error) {
	s, err := b.open(ctx, c, b.talkers)
	if err != nil {
		return r, err
	}
	defer s.close()
	if err := s.await(ctx); err != nil {
		return r, err
	}
	if err := s.enter(ctx, 0); err != nil {
		return r, err
	}
	if _, err := s.order(order{Do: "talk", PerSecond: b.rate}); err != nil {
		return r, err
	}
	if err := s.listen(ctx, b.latencyTimes, never); err != nil {
		return r, err
	}
	told, err := s.order(order{Do: "hush"})
	if err != nil {
		return r, err
	}
	if err := s.listen(ctx, b.settle, never); err != nil {
		return r, err
	}
	at := make(map[string]int64)
	for _, m := range told.Said {
		at[m.Text] = m.At
	}
	var all []time.Duration
	for _, l := range s.told {
		if began, known := at[l.Text]; known && l.By == byEvent {
			all = append(all, time.Duration(l.At-began))
		}
	}
	slices.Sort(all)
	return latency{said: len(told.Said), arrived: len(all), median: percentile(all, 50), slow: percentile(all, 99)}, nil
}

// percentile returns the smallest value that at least p percent of sorted values do
// not exceed; 0 if there are none.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := (len(sorted)*p + 99) / 100 // rounded up
	return sorted[max(rank, 1)-1]
}
