package workdocstest

import (
	"math"
	"slices"
)

// The rules of the API for the details of users.
var (
	usernames      = matching(256, `[\w\-+.]+(@[a-zA-Z0-9.\-]+\.[a-zA-Z]+)?`)
	emailAddresses = matching(256, `[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}`)
	personName     = rule{max: 64}
	userTypes      = enum("USER", "ADMIN", "POWERUSER", "MINIMALUSER", "WORKSPACESUSER")
	locales        = enum("en", "fr", "ko", "de", "es", "ja", "ru", "zh_CN", "zh_TW", "pt_BR", "default")
)

// oneUser is the answer of operations on users.
type oneUser struct{ User userAnswer }

// createUser adds a user, who is active at once and whose token [Server.Token]
// returns. The password is only checked: it cannot be used here.
func (s *Server) createUser(c *call) (any, error) {
	c.body.need("Username", "GivenName", "Surname", "Password")
	organization := c.body.text("OrganizationId", principalID)
	username := c.body.text("Username", usernames)
	email := c.body.text("EmailAddress", emailAddresses)
	given, surname := c.body.text("GivenName", personName), c.body.text("Surname", personName)
	// The password has a limit on both sides: 4 to 32 characters of Latin-1.
	if n := len([]rune(c.body.text("Password", matching(32, `[\x{20}-\x{FF}]+`)))); n < 4 {
		c.input.add("Password", "must have at least 4 characters")
	}
	zone := c.body.text("TimeZoneId", anyText)
	storage, limited := c.body.storageRule()
	if err := c.valid(); err != nil {
		return nil, err
	}
	if err := ours(c, organization); err != nil {
		return nil, err
	}
	if s.userNamed(username) != nil {
		return nil, refuse("EntityAlreadyExistsException", "there already is a user with this name")
	}
	u := s.newUser(username)
	u.givenName, u.surname = given, surname
	if email != "" {
		u.email = email
	}
	if zone != "" {
		u.timeZone = zone
	}
	if limited {
		u.storage = storage
	}
	return oneUser{describeUser(u)}, nil
}

// storageRule reads the member StorageRule. ok is false if it is absent.
func (o object) storageRule() (rule storageRule, ok bool) {
	in, ok := o.object("StorageRule")
	bytes, sized := in.number("StorageAllocatedInBytes", 0, math.MaxInt64)
	rule = storageRule{bytes, in.text("StorageType", enum("UNLIMITED", "QUOTA"))}
	if rule.StorageType == "QUOTA" && !sized {
		// Inferred: the model does not require it.
		in.add(in.within+"StorageAllocatedInBytes", "is required for a quota")
	}
	return rule, ok
}

// updateUser changes the details of a user. Empty members leave them as they
// are. The last active administrator must remain one.
func (s *Server) updateUser(c *call) (any, error) {
	given, surname := c.body.text("GivenName", personName), c.body.text("Surname", personName)
	kind := c.body.text("Type", userTypes)
	storage, limited := c.body.storageRule()
	zone, locale := c.body.text("TimeZoneId", anyText), c.body.text("Locale", locales)
	power := c.body.text("GrantPoweruserPrivileges", enum("TRUE", "FALSE"))
	u, err := s.account(c)
	if err != nil {
		return nil, err
	}
	// Inferred: the flag is a shorthand for setting the type.
	switch {
	case power == "TRUE" && u.kind == "USER":
		kind = "POWERUSER"
	case power == "FALSE" && u.kind == "POWERUSER":
		kind = "USER"
	}
	// This is the only operation whose model has this error.
	if kind != "" && kind != "ADMIN" && s.lastAdministrator(u) {
		return nil, refuse("DeactivatingLastSystemUserException", "")
	}
	for _, change := range []struct {
		to   *string
		text string
	}{{&u.givenName, given}, {&u.surname, surname}, {&u.kind, kind}, {&u.timeZone, zone}, {&u.locale, locale}} {
		if change.text != "" {
			*change.to = change.text
		}
	}
	if limited {
		u.storage = storage
	}
	u.modified = c.now
	return oneUser{describeUser(u)}, nil
}

// account returns the user that the path names. It first checks that the call is
// valid.
func (s *Server) account(c *call) (*user, error) {
	id := c.path.text("UserId", principalID)
	if err := c.valid(); err != nil {
		return nil, err
	}
	if u := s.userByID(id); u != nil {
		return u, nil
	}
	return nil, missing("user", id)
}

// lastAdministrator reports whether u is the only active administrator of the
// organization.
func (s *Server) lastAdministrator(u *user) bool {
	isOne := func(o *user) bool { return o.kind == "ADMIN" && o.status == "ACTIVE" }
	return isOne(u) && s.userWhere(func(o *user) bool { return o != u && isOne(o) }) == nil
}

// activateUser lets a user call the API again, or accepts a pending user. The
// user's token stays the same.
func (s *Server) activateUser(c *call) (any, error) {
	u, err := s.account(c)
	if err != nil {
		return nil, err
	}
	u.status, u.modified = "ACTIVE", c.now
	return oneUser{describeUser(u)}, nil
}

// deactivateUser makes a user's token invalid until the user is activated
// again. Inferred: the last administrator cannot be deactivated. The API has a
// particular error for that, but only in UpdateUser.
func (s *Server) deactivateUser(c *call) (any, error) {
	u, err := s.account(c)
	if err != nil {
		return nil, err
	}
	if s.lastAdministrator(u) {
		return nil, refuse("UnauthorizedOperationException", "")
	}
	u.status, u.modified = "INACTIVE", c.now
	return nil, nil
}

// deleteUser deletes a user, everything in the user's folders, as documented, and
// the user's permissions. Inferred: the last administrator cannot be deleted, nor
// the built-in administrator, because signed calls act as that user.
func (s *Server) deleteUser(c *call) (any, error) {
	u, err := s.account(c)
	if err != nil {
		return nil, err
	}
	if u == s.administrator || s.lastAdministrator(u) {
		return nil, refuse("UnauthorizedOperationException", "")
	}
	s.remove(u.root)
	s.remove(u.bin)
	// A grant or membership that is left behind would apply to no user, but
	// would still be listed.
	for _, r := range s.resources {
		r.grants = slices.DeleteFunc(r.grants, func(g grant) bool { return g.id == u.id })
	}
	isUser := func(o *user) bool { return o == u }
	for _, g := range s.groups {
		g.members = slices.DeleteFunc(g.members, isUser)
	}
	s.users = slices.DeleteFunc(s.users, isUser)
	return nil, nil
}

// getCurrentUser describes the user whose token the request has. It takes a
// token, because signed calls belong to no particular user.
func (s *Server) getCurrentUser(c *call) (any, error) {
	if err := c.valid(); err != nil {
		return nil, err
	}
	return oneUser{describeUser(c.user)}, nil
}

// describeRootFolders lists the root folder and the recycle bin of the user
// whose token the request has.
func (s *Server) describeRootFolders(c *call) (any, error) {
	w := c.window(100, 999)
	if err := c.valid(); err != nil {
		return nil, err
	}
	var answer struct {
		Folders []folderMetadata
		Marker  string `json:",omitzero"`
	}
	answer.Folders, answer.Marker = cut(w, []folderMetadata{describeFolder(c.user.root), describeFolder(c.user.bin)})
	return answer, nil
}
