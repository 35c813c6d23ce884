package oracledocstest

import "strconv"

// deliveryDomain is an address under which a delivery network serves sites.
type deliveryDomain struct{ domain, description string }

// AddDeliveryDomain configures a domain of a content delivery network. Without
// one the service has no such network.
func (s *Server) AddDeliveryDomain(domain, description string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cdn = append(s.cdn, deliveryDomain{domain, description})
}

// getCollaborationConfig tells where the conversations service would be.
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

func (s *Server) getEmailNotificationConfig(*call) (*reply, error) {
	return &reply{body: object{"type": "config", "disableEmailNotifications": strconv.FormatBool(s.mailOff)}}, nil
}

// setEmailNotificationConfig switches e-mail on or off. To set what is set
// already is an error.
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
	if off == s.mailOff {
		return nil, invalid(member, "has that value already")
	}
	s.mailOff = off
	return &reply{body: object{"type": "config"}}, nil
}
