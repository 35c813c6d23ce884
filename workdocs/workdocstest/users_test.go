package workdocstest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// escaped escapes an id for a path or a query: those of users have an "&".
func escaped(text string) string { return url.QueryEscape(text) }

func TestUsers(t *testing.T) {
	f := newFixture(t)
	made := f.want(f.call("POST", "/api/v1/users", `{"Username":"ada","EmailAddress":"ada@example.com","GivenName":"Ada",
		"Surname":"King","Password":"pass","TimeZoneId":"Europe/London","StorageRule":{"StorageType":"QUOTA","StorageAllocatedInBytes":10}}`), 201, "")
	id := made.text("User", "Id")
	token := f.Token(id)
	f.want(f.as(token, "GET", "/api/v1/me", ""), 200, "")
	f.want(f.call("POST", "/api/v1/users", `{"Username":"ada","GivenName":"x","Surname":"x","Password":"pass"}`), 409,
		"EntityAlreadyExistsException")
	f.want(f.as(token, "POST", "/api/v1/users", `{"Username":"bob","GivenName":"x","Surname":"x","Password":"pass"}`), 403,
		"UnauthorizedOperationException")

	path := "/api/v1/users/" + escaped(id)
	f.want(f.call("DELETE", path+"/activation", ""), 204, "")
	refused := f.want(f.as(token, "GET", "/api/v1/me", ""), 403, "UnauthorizedOperationException")
	equal(t, "an error that has no members", "{}", refused.body)
	equal(t, "active and pending", []string{"Administrator"},
		f.call("GET", "/api/v1/users", "").texts("Users", "Username"))
	equal(t, "all", []string{"Administrator", "ada"},
		f.call("GET", "/api/v1/users?include=ALL", "").texts("Users", "Username"))
	activated := f.want(f.call("POST", path+"/activation", ""), 200, "")
	equal(t, "status", "ACTIVE", activated.text("User", "Status"))

	changed := f.want(f.call("PATCH", path, `{"Surname":"Lovelace","Type":"ADMIN","Locale":"de"}`), 200, "")
	equal(t, "changed", []string{"Ada", "Lovelace", "ADMIN", "de", "Europe/London"},
		[]string{changed.text("User", "GivenName"),
			changed.text("User", "Surname"), changed.text("User", "Type"), changed.text("User", "Locale"),
			changed.text("User", "TimeZoneId")})
	f.want(f.as(token, "PATCH", path, `{"Type":"USER"}`), 200, "")
	power := f.want(f.call("PATCH", path, `{"GrantPoweruserPrivileges":"TRUE"}`), 200, "")
	equal(t, "type", "POWERUSER", power.text("User", "Type"))

	f.want(f.call("DELETE", path, ""), 204, "")
	f.want(f.call("DELETE", path, ""), 404, "EntityNotExistsException")
	f.want(f.call("GET", "/api/v1/folders/"+made.text("User", "RootFolderId"), ""), 404, "EntityNotExistsException")
	f.want(f.as(token, "GET", "/api/v1/me", ""), 403, "UnauthorizedOperationException")
	equal(t, "token", "", f.Token(id))
}

func TestLastAdministrator(t *testing.T) {
	f := newFixture(t)
	path := "/api/v1/users/" + escaped(f.call("GET", "/api/v1/users", "").text("Users", 0, "Id"))
	last := f.want(f.call("PATCH", path, `{"Type":"USER"}`), 409, "DeactivatingLastSystemUserException")
	equal(t, "an error that has no members", "{}", last.body)
	f.want(f.call("DELETE", path+"/activation", ""), 403, "UnauthorizedOperationException")
	f.want(f.call("DELETE", path, ""), 403, "UnauthorizedOperationException")
}

func TestDescribeUsers(t *testing.T) {
	f := newFixture(t)
	for _, name := range []string{"Maria Garcia", "Mateo Jackson", "Li Juan"} {
		given, surname, _ := strings.Cut(name, " ")
		f.want(f.call("POST", "/api/v1/users", `{"Username":"`+strings.ToLower(surname)+`","GivenName":"`+given+`","Surname":"`+surname+`","Password":"pass"}`), 201, "")
	}
	garcia := f.call("GET", "/api/v1/users?query=garcia", "").text("Users", 0, "Id")
	for query, want := range map[string][]string{
		"":              {"Administrator", "garcia", "jackson", "juan"},
		"?query=Ma":     {"garcia", "jackson"},
		"?query=Ma%20J": {"jackson"},
		"?query=Ma&userIds=" + escaped(garcia+", "+garcia): {"garcia", "garcia"},
		"?sort=FULL_NAME&order=DESCENDING":                 {"jackson", "garcia", "juan", "Administrator"},
		"?sort=STORAGE_USED":                               {"Administrator", "garcia", "jackson", "juan"},
		"?limit=1":                                         {"Administrator"},
	} {
		equal(t, "users"+query, want, f.want(f.call("GET", "/api/v1/users"+query, ""), 200, "").texts("Users", "Username"))
	}
	got := f.want(f.call("GET", "/api/v1/users?userIds=ghost,"+escaped(garcia), ""), 404, "EntityNotExistsException")
	equal(t, "unknown ids", any([]any{"ghost"}), got.get("EntityIds"))
	for i := range 25 {
		f.AddUser(fmt.Sprint("user", i))
	}
	page := f.want(f.call("GET", "/api/v1/users", ""), 200, "")
	if n := len(page.texts("Users", "Id")); n != 24 || page.get("TotalNumberOfUsers") != 29.0 ||
		page.text("Marker") == "" {
		t.Errorf("%d users of %v", n, page.get("TotalNumberOfUsers"))
	}
}

func TestStorageRules(t *testing.T) {
	f := newFixture(t)
	id, token, root := f.newUser("ada")
	f.want(f.call("PATCH", "/api/v1/users/"+escaped(id),
		`{"StorageRule":{"StorageType":"QUOTA","StorageAllocatedInBytes":10}}`), 200, "")
	for _, nothing := range []string{`{}`, `null`, `{"StorageType":null}`} { // leaves the rule as it is
		f.want(f.call("PATCH", "/api/v1/users/"+escaped(id), `{"StorageRule":`+nothing+`}`), 200, "")
	}
	f.AddDocument(root, "six.txt", []byte("123456"))
	body := func(size int) string {
		return fmt.Sprintf(`{"Name":"new %d","ParentFolderId":"%s","DocumentSizeInBytes":%d}`, size, root, size)
	}
	f.want(f.as(token, "POST", "/api/v1/documents", body(4)), 201, "")
	f.want(f.as(token, "POST", "/api/v1/documents", body(5)), 413, "StorageLimitWillExceedException")
	f.AddDocument(root, "four.txt", []byte("1234"))
	f.want(f.as(token, "POST", "/api/v1/documents", body(0)), 409, "StorageLimitExceededException")
	got := f.want(f.call("GET", "/api/v1/users?fields=STORAGE_METADATA&userIds="+escaped(id), ""), 200, "")
	equal(t, "storage", any(map[string]any{
		"StorageUtilizedInBytes": 10.0,
		"StorageRule":            map[string]any{"StorageAllocatedInBytes": 10.0, "StorageType": "QUOTA"},
	}), got.get("Users", 0, "Storage"))
}

func TestTokenOperations(t *testing.T) {
	f := newFixture(t)
	_, token, root := f.newUser("ada")
	for _, path := range []string{"/api/v1/me", "/api/v1/me/root"} {
		f.want(f.call("GET", path, ""), 400, "InvalidArgumentException")
	}
	got := f.want(f.as(token, "GET", "/api/v1/me/root", ""), 200, "")
	equal(t, "root folders", root, got.text("Folders", 0, "Id"))
	f.want(f.as(token, "GET", "/api/v1/organizations/"+f.OrganizationID()+"/subscriptions", ""), 400,
		"InvalidArgumentException")
	again, same := f.AddUser("ada")
	equal(t, "the same user", []string{f.Token(again), token}, []string{same, same})
}

func TestGroups(t *testing.T) {
	f := newFixture(t)
	editors := f.AddGroup("Editors")
	f.AddGroup("Readers")
	got := f.want(f.call("GET", "/api/v1/groups?searchQuery=edit", ""), 200, "")
	equal(t, "groups", any([]any{map[string]any{"Id": editors, "Name": "Editors"}}), got.get("Groups"))
	got = f.want(f.call("GET", "/api/v1/groups?searchQuery=nobody&organizationId="+f.OrganizationID(), ""), 200, "")
	equal(t, "no groups", `{"Groups":[]}`, got.body)
}

func TestSubscriptions(t *testing.T) {
	f := newFixture(t)
	path := "/api/v1/organizations/" + f.OrganizationID() + "/subscriptions"
	body := `{"Endpoint":"https://example.com/hook","Protocol":"HTTPS","SubscriptionType":"ALL"}`
	made := f.want(f.call("POST", path, body), 200, "")
	id := made.text("Subscription", "SubscriptionId")
	list := f.want(f.call("GET", path, ""), 200, "")
	equal(t, "subscriptions", any([]any{map[string]any{"SubscriptionId": id, "EndPoint": "https://example.com/hook",
		"Protocol": "HTTPS"}}), list.get("Subscriptions"))
	f.want(f.call("POST", "/api/v1/organizations/another/subscriptions", body), 404, "UnauthorizedResourceAccessException")
	for range 255 {
		f.want(f.call("POST", path, strings.Replace(body, "HTTPS", "SQS", 1)), 200, "")
	}
	f.want(f.call("POST", path, body), 429, "TooManySubscriptionsException")
	f.want(f.call("DELETE", path+"/"+id, ""), 200, "")
	f.want(f.call("DELETE", path+"/"+id, ""), 404, "EntityNotExistsException")
}
