package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/upload"
)

// room is a chat of two on a test server in this program.
type room struct {
	server   *connectparticipanttest.Server
	chat     *connectparticipanttest.Chat
	ana, ben *guest
}

func newRoom(ctx context.Context, scr *screen) (*room, error) {
	r := &room{server: connectparticipanttest.New()}
	r.chat = r.server.NewChat()
	// A scan takes a moment, as real ones do.
	r.server.SetScan(func(string, []byte) (status string, delay time.Duration) {
		return "APPROVED", 300 * time.Millisecond
	})
	client, err := connectparticipant.New(connectparticipant.Config{Endpoint: r.server.URL,
		HTTP: docferry.HTTP{Transport: r.server}})
	if err == nil {
		r.ana, err = enter(ctx, client, docferry.Secret(r.chat.Join("CUSTOMER", "Ana")), "Ana", scr)
	}
	if err == nil {
		r.ben, err = enter(ctx, client, docferry.Secret(r.chat.Join("AGENT", "Ben")), "Ben", scr)
	}
	if err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *room) close() {
	for _, g := range []*guest{r.ana, r.ben} {
		if g != nil {
			_ = g.chat.Close()
		}
	}
	r.server.Close()
}

// demo lets Ana and Ben talk. Each step waits until both have seen the last.
func (r *room) demo(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	ended := make(chan error, 2)
	for _, g := range []*guest{r.ana, r.ben} {
		g.seen = make(chan connectparticipant.Event)
		go func() {
			err := g.watch(ctx)
			close(g.seen)
			ended <- err
		}()
	}
	err := r.converse(ctx)
	if err != nil {
		cancel()
	}
	return errors.Join(err, <-ended, <-ended)
}

func (r *room) converse(ctx context.Context) error {
	const message, attachment = connectparticipant.ChatItemTypeMessage, connectparticipant.ChatItemTypeAttachment
	read := connectparticipant.ChatItemTypeMessageRead
	photo := upload.Bytes("parcel.csv", []byte(strings.Repeat("weight,3.5\n", 20_000)))
	var sent *upload.Result
	for _, step := range []struct {
		do   func() error
		then []connectparticipant.ChatItemType // kinds that both see
	}{
		{func() error { return nil }, []connectparticipant.ChatItemType{connectparticipant.ChatItemTypeParticipantJoined,
			connectparticipant.ChatItemTypeParticipantJoined}},
		{func() error { return r.ana.do(ctx, "Hello, my parcel has not come.") },
			[]connectparticipant.ChatItemType{message, read}},
		{func() error { return r.ben.do(ctx, "/typing") },
			[]connectparticipant.ChatItemType{connectparticipant.ChatItemTypeTyping}},
		{func() error { return r.ben.do(ctx, "Do you have its papers?") }, []connectparticipant.ChatItemType{message, read}},
		{func() (err error) { sent, err = r.ana.send(ctx, photo); return err },
			[]connectparticipant.ChatItemType{attachment, attachment}},
		{func() error { return r.fetch(ctx, sent.ID) }, nil},
		{func() error {
			r.ana.screen.linef("    | (the network fails; both come back and miss nothing)")
			r.server.DropWebsockets()
			return r.ben.do(ctx, "It comes tomorrow.")
		}, []connectparticipant.ChatItemType{message}},
		{func() error { r.chat.End(); return nil },
			[]connectparticipant.ChatItemType{connectparticipant.ChatItemTypeChatEnded}},
	} {
		if err := step.do(); err != nil {
			return err
		}
		if err := r.await(ctx, step.then); err != nil {
			return err
		}
	}
	return nil
}

// await waits until both have seen events of these kinds.
func (r *room) await(ctx context.Context, kinds []connectparticipant.ChatItemType) error {
	for _, g := range []*guest{r.ana, r.ben} {
		for _, kind := range kinds {
			for seen := false; !seen; {
				select {
				case event, more := <-g.seen:
					if !more {
						return fmt.Errorf("%s sees no %s", g.name, kind)
					}
					seen = event.Kind == kind
				case <-ctx.Done():
					return ctx.Err()
				}
			}
		}
	}
	return nil
}

// fetch has Ben download what Ana has sent.
func (r *room) fetch(ctx context.Context, id string) error {
	token, err := r.ben.chat.ConnectionToken(ctx)
	if err != nil {
		return err
	}
	content, err := r.ben.client.DownloadAttachment(ctx,
		connectparticipant.GetAttachmentRequest{AttachmentID: id, ConnectionToken: token})
	if err != nil {
		return err
	}
	defer content.Close()
	n, err := io.Copy(io.Discard, content)
	if err != nil {
		return err
	}
	r.ben.linef("%d bytes downloaded", n)
	return nil
}
