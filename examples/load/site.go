package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"

	"github.com/docferry/docferry"
	"github.com/docferry/docferry/connectparticipant"
	"github.com/docferry/docferry/examples/bot/flow"
)

// site is where the chats are.
type site struct {
	client *connectparticipant.Client
	// customer returns the n-th customer. It may be called by several goroutines.
	customer func(ctx context.Context, n int) (flow.Customer, error)
	leaves   bool // customers leave their chats at the end

	// The other process, if the site is the test server.
	server *exec.Cmd
	orders io.WriteCloser
	encode *json.Encoder
	decode *json.Decoder
}

// open finds the customers, at the real service or at a test server that it starts.
func (c *config) open(ctx context.Context) (*site, error) {
	if !c.real() {
		return c.start(ctx)
	}
	f, err := flow.Open(ctx, c.region, c.instanceID, c.flowID)
	if err != nil {
		return nil, err
	}
	s := &site{leaves: true}
	var one sync.Mutex // the service admits few starts a second
	s.customer = func(ctx context.Context, n int) (flow.Customer, error) {
		one.Lock()
		defer one.Unlock()
		return f.Start(ctx, fmt.Sprint("Customer ", n+1))
	}
	s.client, err = connectparticipant.New(connectparticipant.Config{Region: f.Region, Endpoint: c.endpoint})
	return s, err
}

// start starts the test server in another process.
func (c *config) start(ctx context.Context) (_ *site, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	// It ends when there are no more orders, also if this process is killed.
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
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	s.encode, s.decode = json.NewEncoder(s.orders), json.NewDecoder(bufio.NewReader(answers))
	var began news
	if err := s.decode.Decode(&began); err != nil {
		return nil, fmt.Errorf("starting the test server: %w", err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(began.Certificate)
	s.client, err = connectparticipant.New(connectparticipant.Config{Endpoint: began.URL,
		HTTP: docferry.HTTP{TLS: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}}})
	if err != nil {
		return nil, err
	}
	joined, err := s.order(order{Join: c.customers})
	s.customer = func(_ context.Context, n int) (flow.Customer, error) {
		return flow.Customer{Token: docferry.Secret(joined.Tokens[n]), ParticipantID: joined.IDs[n]}, nil
	}
	return s, err
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
	if s.client != nil {
		s.client.CloseIdleConnections()
	}
	if s.server != nil {
		_ = s.orders.Close()
		_ = s.server.Wait()
	}
}
