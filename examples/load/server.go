package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/examples/internal/certificate"
)

// serveFlag makes the program the server.
const serveFlag = "-serve-for-load"

// order is a line that the server reads, and news its answer.
type (
	order struct {
		Join int `json:"join,omitempty"` // start so many chats
		Say  int `json:"say,omitempty"`  // add so many items to each chat
		Drop int `json:"drop,omitempty"` // break all connections, and admit so many calls a second from now on
	}
	news struct {
		URL         string   `json:"url,omitempty"`
		Certificate []byte   `json:"certificate,omitempty"` // in PEM
		Tokens      []string `json:"tokens,omitempty"`      // of customers
		IDs         []string `json:"ids,omitempty"`         // of the same
		Websockets  int      `json:"websockets"`            // that have subscribed
		Calls       int      `json:"calls"`                 // for a connection
	}
)

// server is the other process: a test server over TLS.
type server struct {
	*connectparticipanttest.Server

	chats []*connectparticipanttest.Chat
	said  int // items in each chat
}

// serve is the server: it obeys orders until there are no more.
func serve(ctx context.Context, orders io.Reader, answers io.Writer) error {
	own, text, err := certificate.New("docferry load", "127.0.0.1")
	if err != nil {
		return err
	}
	// The certificates of a public service are some kilobytes, which a connection takes too.
	own.Certificate = slices.Repeat(own.Certificate, 10)
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &server{Server: connectparticipanttest.New()}
	front := &http.Server{
		Handler: s, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12},
	}
	defer front.Close()
	defer s.Close() // first: it ends the websockets
	go func() { _ = front.ServeTLS(listener, "", "") }()
	encode := json.NewEncoder(answers).Encode
	if err := encode(news{URL: "https://" + listener.Addr().String(), Certificate: text}); err != nil {
		return err
	}
	for decode := json.NewDecoder(orders); ; {
		var o order
		if err := decode.Decode(&o); err != nil {
			return nil // there are no more
		}
		if err := encode(s.obey(o)); err != nil {
			return err
		}
	}
}

// obey carries out an order.
func (s *server) obey(o order) (n news) {
	for range o.Join {
		chat := s.NewChat()
		s.chats = append(s.chats, chat)
		token := chat.Join("CUSTOMER", "a customer")
		n.Tokens, n.IDs = append(n.Tokens, token), append(n.IDs, chat.ParticipantID(token))
	}
	for range o.Say {
		s.said++
		for _, chat := range s.chats {
			chat.Add(item(s.said))
		}
	}
	if o.Drop > 0 {
		s.Keep("CreateParticipantConnection", connectparticipanttest.Beyond(o.Drop, connectparticipanttest.Refuse(
			http.StatusTooManyRequests, connectparticipant.CodeThrottling, "slow down")))
		s.DropWebsockets()
	}
	for _, chat := range s.chats {
		n.Websockets += chat.Websockets()
	}
	for _, call := range s.Calls() {
		if call == "CreateParticipantConnection" {
			n.Calls++
		}
	}
	return n
}

// item returns the n-th item of a conversation of which a client has to remember as
// much as possible: IDs have the greatest length, every third message is being
// processed for good, and as many have the receipts of many recipients.
func item(n int) connectparticipanttest.Item {
	id := fmt.Sprintf("%0256d", n)
	metadata := &connectparticipanttest.MessageMetadata{MessageID: id}
	switch n % 3 {
	case 1:
		metadata.MessageProcessingStatus = string(connectparticipant.MessageProcessingStatusProcessing)
	case 2:
		for r := range 20 {
			metadata.Receipts = append(metadata.Receipts, connectparticipanttest.Receipt{
				DeliveredTimestamp: "2026-01-02T03:04:05.678Z", RecipientParticipantID: fmt.Sprint(r)})
		}
	}
	return connectparticipanttest.Item{
		ID: id, Type: "MESSAGE", ContentType: "text/plain", Content: "What happens next?", MessageMetadata: metadata,
		ParticipantID: "agent", ParticipantRole: "AGENT", DisplayName: "Agent",
	}
}
