package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
)

// guest is the client process with docferry. chatjs.mjs does the same with
// amazon-connect-chatjs.
type guest struct {
	client  *connectparticipant.Client
	chats   []*connectparticipant.Chat
	follows sync.WaitGroup

	mu     sync.Mutex
	encode func(any) error
}

// visit obeys orders until there are no more.
func visit(ctx context.Context, orders io.Reader, answers io.Writer) error {
	g := &guest{encode: json.NewEncoder(answers).Encode}
	defer g.leave()
	g.write(line{Version: runtime.Version()})
	for decode := json.NewDecoder(bufio.NewReader(orders)); ; {
		var o order
		if err := decode.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		done := line{Done: o.Do}
		if err := g.obey(ctx, o); err != nil {
			done.Error = err.Error()
		}
		g.write(done)
	}
}

// write writes a line. Without a reader there is nothing left to do.
func (g *guest) write(l line) {
	g.mu.Lock()
	defer g.mu.Unlock()
	_ = g.encode(l)
}

// obey carries out an order.
func (g *guest) obey(ctx context.Context, o order) error {
	switch o.Do {
	case "open":
		return g.open(ctx, o)
	case "gc":
		if g.client != nil {
			g.client.CloseIdleConnections()
		}
		runtime.GC() // pools keep what they have until the second time
		debug.FreeOSMemory()
		return nil
	}
	return fmt.Errorf("there is no order %q", o.Do)
}

// open enters the chats and follows them.
func (g *guest) open(ctx context.Context, o order) (err error) {
	g.client, err = connectparticipant.New(connectparticipant.Config{Endpoint: o.URL})
	if err != nil {
		return err
	}
	for _, p := range o.Places {
		chat, err := g.client.Chat(ctx, docferry.Secret(p.Token), connectparticipant.ChatOptions{
			ContactID: p.Contact, ParticipantID: p.Participant,
			Observe: func(c connectparticipant.ConnectionChange) {
				if c.State == connectparticipant.ConnectionLost {
					g.write(line{Chat: p.Index, State: stateLost, At: time.Now().UnixNano()})
				}
			}})
		if err != nil {
			return err
		}
		g.chats = append(g.chats, chat)
		g.follows.Go(func() { g.follow(ctx, chat, p.Index) })
		time.Sleep(time.Duration(o.Gap) * time.Millisecond)
	}
	return nil
}

// follow reports the messages of a chat.
func (g *guest) follow(ctx context.Context, chat *connectparticipant.Chat, index int) {
	for e, err := range chat.Events(ctx) {
		if err != nil {
			g.write(line{Chat: index, State: stateEnded, Error: err.Error(), At: time.Now().UnixNano()})
			return
		}
		if e.Kind == connectparticipant.ChatItemTypeMessage && !e.Update {
			g.write(line{Chat: index, Text: e.Content, At: time.Now().UnixNano(), By: byEvent})
		}
	}
}

// leave closes the chats.
func (g *guest) leave() {
	for _, chat := range g.chats {
		_ = chat.Close()
	}
	g.follows.Wait()
}
