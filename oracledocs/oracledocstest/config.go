package oracledocstest

import "strconv"

// deliveryDomain is an address under which a content delivery network serves
// sites.
type deliveryDomain struct{ domain, description string }

// AddDeliveryDomain configures a domain of a content delivery network. Without
// one the server reports no such network.
func (s *Server) AddDeliveryDomain(domain, description string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cdn = append(s.cdn, deliveryDomain{domain, description})
}

// getCollaborationConfig returns the addresses of the conversations service,
// all below the address of this server. Most of them serve nothing here.
func (s *Server) getCollaborationConfig(c *call) (*reply, error) {
	base := origin(c.r)
	return &reply{body: object{
		"serviceURL":     base + "/osn",
		"clientURL":      base + "/osn",
		"cListURL":       base + "/osn/web/cList",
		"restURL":        base + "/osn/social/api/v1",
		"oAuthClientURL": base + "/osnoauth",
		"oAuthCListURL":  base + "/osnoauth/web/cList",
	}}, nil
}

// getCDNConfig lists the configured delivery domains. The list is absent, not
// empty, when there is none.
func (s *Server) getCDNConfig(*call) (*reply, error) {
	body, items := object{}, []object{}
	for _, d := range s.cdn {
		items = append(items, object{"type": "config", "domain": d.domain, "description": d.description})
	}
	if len(items) > 0 {
		body["items"] = items
	}
	return &reply{body: body}, nil
}

// getEmailNotificationConfig reports whether e-mail notifications are off. The
// server never sends e-mail.
func (s *Server) getEmailNotificationConfig(*call) (*reply, error) {
	return &reply{body: object{"type": "config", "disableEmailNotifications": strconv.FormatBool(s.mailOff)}}, nil
}

// setEmailNotificationConfig switches e-mail notifications on or off, for
// administrators. As documented, setting the value that is already set is an
// error with status 400.
func (s *Server) setEmailNotificationConfig(c *call) (*reply, error) {
	const member = "disableEmailNotifications"
	c.body.need(member)
	off := c.body.choice(member, "", "true", "false") == "true"
	if c.body.err != nil {
		return nil, c.body.err
	}
	if err := c.requireAdmin(); err != nil {
		return nil, err
	}
	// Odd, but documented.
	if off == s.mailOff {
		return nil, invalid(member, "already has that value")
	}
	s.mailOff = off
	return &reply{body: object{"type": "config"}}, nil
}
