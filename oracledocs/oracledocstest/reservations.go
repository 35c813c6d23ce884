package oracledocstest

import (
	"fmt"
	"net/http"
)

// reserveFile marks a file as in use. The documented purpose is advisory: no
// operation is known to fail because of a reservation. Here nothing does except
// a second reservation by another user, which is inferred. The time in the
// answer has milliseconds, which is documented for this operation alone.
func (s *Server) reserveFile(c *call) (*reply, error) {
	it, err := s.file(c, contributor)
	if err != nil {
		return nil, err
	}
	if it.reservedBy != nil && it.reservedBy != c.user {
		return nil, reservedBySomebody(it)
	}
	if it.reservedBy == nil {
		it.reservedBy, it.reservedAt = c.user, c.now
	}
	return &reply{body: object{
		"id": it.id, "type": fileKind, "reservedBy": c.userObject(it.reservedBy),
		"reservationDate": it.reservedAt.Format("2006-01-02T15:04:05.000Z"),
	}}, nil
}

// unreserveFile ends a reservation. The request must name the user who holds
// it. That only this user and managers may end it is inferred.
func (s *Server) unreserveFile(c *call) (*reply, error) {
	by := c.body.need("reservedByUserID")
	if c.body.err != nil {
		return nil, c.body.err
	}
	it, err := s.file(c, contributor)
	if err != nil {
		return nil, err
	}
	if it.reservedBy == nil || it.reservedBy.id != by {
		return nil, invalid("reservedByUserID", "does not hold the reservation of the file")
	}
	if it.reservedBy != c.user && roleOf(c.user, it) < manager {
		return nil, reservedBySomebody(it)
	}
	it.reservedBy = nil
	return &reply{body: object{"id": it.id, "type": fileKind}}, nil
}

// reservedBySomebody is the answer about a file that another user has reserved.
func reservedBySomebody(it *item) *refusal {
	return &refusal{
		status: http.StatusForbidden, code: codeGeneral, item: it,
		key:     "!csFileReserved," + it.reservedBy.displayName,
		message: fmt.Sprintf("The file is reserved by '%s'.", it.reservedBy.displayName),
	}
}
