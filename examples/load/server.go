package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
)

// serveFlag makes the program the server.
const serveFlag = "-serve-for-load"

// order is a line that the server reads, and news its answer. An order has one of
// its fields set.
type (
	order struct {
		Join  int  `json:"join,omitempty"` // start so many chats
		Drop  int  `json:"drop,omitempty"` // break all connections, and admit so many calls a second from now on
		Count bool `json:"count,omitempty"`
	}
	news struct {
		URL         string   `json:"url,omitempty"`
		Certificate []byte   `json:"certificate,omitempty"`
		Tokens      []string `json:"tokens,omitempty"`
		Websockets  int      `json:"websockets"` // that have subscribed
		Calls       int      `json:"calls"`      // for a connection
	}
)

// serve is the server: a test server over TLS, which obeys orders until there are
// no more.
func serve(ctx context.Context, orders io.Reader, answers io.Writer) error {
	srv := connectparticipanttest.New()
	defer srv.Close()
	front := httptest.NewUnstartedServer(srv)
	front.Config.ErrorLog = log.New(io.Discard, "", 0)
	front.StartTLS()
	defer front.Close()
	var chats []*connectparticipanttest.Chat
	encode := json.NewEncoder(answers).Encode
	if err := encode(news{URL: front.URL, Certificate: front.Certificate().Raw}); err != nil {
		return err
	}
	decode := json.NewDecoder(orders)
	for ctx.Err() == nil {
		var o order
		if err := decode.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var n news
		for range o.Join {
			chat := srv.NewChat()
			chats = append(chats, chat)
			n.Tokens = append(n.Tokens, chat.Join("CUSTOMER", "a customer"))
		}
		if o.Drop > 0 {
			srv.Keep("CreateParticipantConnection", admit(o.Drop))
			srv.DropWebsockets()
		}
		for _, chat := range chats {
			n.Websockets += chat.Websockets()
		}
		for _, call := range srv.Calls() {
			if call == "CreateParticipantConnection" {
				n.Calls++
			}
		}
		if err := encode(n); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// admit is a fault that refuses calls beyond so many a second, as the service does.
func admit(perSecond int) connectparticipanttest.Fault {
	refused := connectparticipanttest.Refuse(http.StatusTooManyRequests, connectparticipant.CodeThrottling, "slow down")
	var mu sync.Mutex
	tokens, filled := float64(perSecond), time.Now()
	return connectparticipanttest.While(func(*http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		tokens = min(float64(perSecond), tokens+now.Sub(filled).Seconds()*float64(perSecond))
		filled = now
		if tokens < 1 {
			return true
		}
		tokens--
		return false
	}, refused)
}

// site is where the chats are.
type site struct {
	client *connectparticipant.Client
	tokens []string

	// The other process, if the site is the test server.
	server *exec.Cmd
	orders io.WriteCloser
	encode *json.Encoder
	decode *json.Decoder
}

// open finds the tokens of the customers, at the real service or at a test server
// that it starts.
func (c *config) open(ctx context.Context) (*site, error) {
	if c.tokens == "" {
		return c.start(ctx)
	}
	text, err := os.ReadFile(c.tokens)
	if err != nil {
		return nil, err
	}
	s := new(site)
	for line := range strings.Lines(string(text)) {
		if token := strings.TrimSpace(line); token != "" {
			s.tokens = append(s.tokens, token)
		}
	}
	if len(s.tokens) < c.customers {
		return nil, fmt.Errorf("%s has %d tokens; -n asks for %d", c.tokens, len(s.tokens), c.customers)
	}
	s.tokens = s.tokens[:c.customers]
	s.client, err = connectparticipant.New(connectparticipant.Config{Region: c.region, Endpoint: c.endpoint})
	return s, err
}

// start starts the test server in another process.
func (c *config) start(ctx context.Context) (*site, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &site{server: exec.CommandContext(context.WithoutCancel(ctx), self, serveFlag)}
	s.server.Stderr = os.Stderr
	if s.orders, err = s.server.StdinPipe(); err != nil {
		return nil, err
	}
	answers, err := s.server.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.server.Start(); err != nil {
		return nil, err
	}
	s.encode, s.decode = json.NewEncoder(s.orders), json.NewDecoder(bufio.NewReader(answers))
	var began news
	if err := s.decode.Decode(&began); err != nil {
		s.close()
		return nil, fmt.Errorf("starting the test server: %w", err)
	}
	certificate, err := x509.ParseCertificate(began.Certificate)
	if err != nil {
		s.close()
		return nil, err
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(certificate)
	s.client, err = connectparticipant.New(connectparticipant.Config{Endpoint: began.URL,
		HTTP: docferry.HTTP{TLS: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}}})
	if err != nil {
		s.close()
		return nil, err
	}
	joined, err := s.order(order{Join: c.customers})
	if err != nil {
		s.close()
		return nil, err
	}
	s.tokens = slices.Clone(joined.Tokens)
	return s, nil
}

// order has the test server do something.
func (s *site) order(o order) (n news, err error) {
	if err := s.encode.Encode(o); err != nil {
		return n, fmt.Errorf("the test server: %w", err)
	}
	if err := s.decode.Decode(&n); err != nil {
		return n, fmt.Errorf("the test server: %w", err)
	}
	return n, nil
}

// close ends the other process.
func (s *site) close() {
	if s.server == nil {
		return
	}
	_ = s.orders.Close()
	_ = s.server.Wait()
}
