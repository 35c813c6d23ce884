package main

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/docferry/docferry/connectparticipant/connectparticipanttest"
	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

// startServers starts the three test servers, each on a loopback port, and
// returns how to reach them: from there on they are services as any other.
func startServers() (to config, stop func(), err error) {
	wd, cp, oc := workdocstest.New(), connectparticipanttest.New(), oracledocstest.New()
	var servers []*http.Server
	serve := func(handler http.Handler) string {
		listener, failed := net.Listen("tcp", "127.0.0.1:0")
		if failed != nil {
			err = errors.Join(err, failed)
			return ""
		}
		server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second,
			ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
		servers = append(servers, server)
		go func() { _ = server.Serve(listener) }() // until it is closed
		return "http://" + listener.Addr().String()
	}
	stop = func() {
		for _, server := range servers {
			_ = server.Close()
		}
		wd.Close()
		cp.Close()
		oc.Close()
	}
	to = config{
		workdocsEndpoint: serve(wd), workdocsFolder: wd.RootFolder(), credentials: wd.Credentials(),
		connectEndpoint: serve(cp), connectToken: cp.NewChat().Join("CUSTOMER", "docferry"),
		oracleURL: serve(oc), oracleToken: oc.AddToken(oracledocstest.User),
	}
	if err != nil {
		stop()
	}
	return to, stop, err
}
