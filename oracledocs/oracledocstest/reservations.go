package oracledocstest

import (
	"fmt"
	"net/http"
)

// reserveFile marks a file as in use. Nothing is ever refused because of a
// reservation except a second one by another user; both are inferred.
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

// unreserveFile ends a reservation, which the request has to attribute to the
// right user. A manager may end anybody's.
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
		return nil, invalid("reservedByUserID", "does not hold a reservation of the file")
	}
	if it.reservedBy != c.user && roleOf(c.user, it) < manager {
		return nil, reservedBySomebody(it)
	}
	it.reservedBy = nil
	return &reply{body: object{"id": it.id, "type": fileKind}}, nil
}

func reservedBySomebody(it *item) *refusal {
	return &refusal{
		status: http.StatusForbidden, code: codeGeneral, item: it,
		key:     "!csFileReserved," + it.reservedBy.displayName,
		message: fmt.Sprintf("The file is reserved by '%s'.", it.reservedBy.displayName),
	}
}
