package workdocstest_test

import "testing"

func TestSharing(t *testing.T) {
	f := newFixture(t)
	folder := f.AddFolder(f.RootFolder(), "shared")
	document, _ := f.AddDocument(folder, "a.txt", nil)
	user, token, _ := f.newUser("ada")
	member, memberToken, _ := f.newUser("bob")
	group := f.AddGroup("Readers", member)

	got := f.want(f.call("POST", "/api/v1/resources/"+folder+"/permissions", `{"Principals":[
		{"Id":"`+user+`","Type":"USER","Role":"CONTRIBUTOR"},
		{"Id":"`+group+`","Type":"GROUP","Role":"VIEWER"},
		{"Id":"anonymous","Type":"ANONYMOUS","Role":"VIEWER"},
		{"Id":"nobody","Type":"USER","Role":"VIEWER"},
		{"Id":"eve@example.com","Type":"INVITE","Role":"VIEWER"}],
		"NotificationOptions":{"SendEmail":true,"EmailMessage":"look"}}`), 201, "")
	equal(t, "statuses", []string{"SUCCESS", "SUCCESS", "SUCCESS", "FAILURE", "SUCCESS"},
		got.texts("ShareResults", "Status"))
	invitee := got.text("ShareResults", 4, "InviteePrincipalId")
	pending := f.want(f.call("GET", "/api/v1/users?userIds="+escaped(invitee), ""), 200, "")
	equal(t, "invitee", []string{"PENDING"}, pending.texts("Users", "Status"))

	owner := f.want(f.call("GET", "/api/v1/folders/"+folder, ""), 200, "").text("Metadata", "CreatorId")
	f.share(document, "USER", user, "VIEWER")
	list := f.want(f.call("GET", "/api/v1/resources/"+document+"/permissions", ""), 200, "")
	equal(t, "principals", []string{owner, user, group, "anonymous", invitee}, list.texts("Principals", "Id"))
	equal(t, "roles", any([]any{
		map[string]any{"Role": "VIEWER", "Type": "DIRECT"},
		map[string]any{"Role": "CONTRIBUTOR", "Type": "INHERITED"},
	}), list.get("Principals", 1, "Roles"))
	one := f.want(f.call("GET", "/api/v1/resources/"+document+"/permissions?principalId="+escaped(group), ""), 200, "")
	equal(t, "one principal", []string{"GROUP"}, one.texts("Principals", "Type"))

	// The higher role counts, so the user may still write; a reader may not.
	f.want(f.as(token, "PUT", "/api/v1/resources/"+document+"/labels", `{"Labels":["x"]}`), 200, "")
	f.want(f.as(memberToken, "GET", "/api/v1/documents/"+document, ""), 200, "")
	f.want(f.as(memberToken, "PUT", "/api/v1/resources/"+document+"/labels", `{"Labels":["x"]}`), 404,
		"UnauthorizedResourceAccessException")
	f.want(f.as(token, "DELETE", "/api/v1/documents/"+document, ""), 404, "UnauthorizedResourceAccessException")
	f.want(f.as(token, "POST", "/api/v1/resources/"+document+"/permissions", `{"Principals":[]}`), 404,
		"UnauthorizedResourceAccessException")

	path := "/api/v1/resources/" + folder + "/permissions"
	f.want(f.call("DELETE", path+"/"+escaped(group)+"?type=USER", ""), 204, "") // no such permission
	f.want(f.as(memberToken, "GET", "/api/v1/documents/"+document, ""), 200, "")
	f.want(f.call("DELETE", path+"/"+escaped(group)+"?type=GROUP", ""), 204, "")
	f.want(f.as(memberToken, "GET", "/api/v1/documents/"+document, ""), 404, "UnauthorizedResourceAccessException")
	f.want(f.call("DELETE", path, ""), 204, "")
	list = f.want(f.call("GET", path, ""), 200, "")
	equal(t, "principals in the end", []string{owner}, list.texts("Principals", "Id"))
	f.want(f.call("GET", "/api/v1/resources/nothing/permissions", ""), 404, "UnauthorizedResourceAccessException")
}

func TestRoles(t *testing.T) {
	f := newFixture(t)
	folder := f.AddFolder(f.RootFolder(), "shared")
	document, _ := f.AddDocument(folder, "a.txt", nil)
	for role, want := range map[string][]int{
		"":            {404, 404, 404},
		"VIEWER":      {200, 404, 404},
		"CONTRIBUTOR": {200, 201, 404},
		"COOWNER":     {200, 201, 200},
		"OWNER":       {200, 201, 200},
	} {
		user, token, _ := f.newUser("user" + role)
		if role != "" {
			f.share(folder, "USER", user, role)
		}
		equal(t, "role "+role, want, []int{
			f.as(token, "GET", "/api/v1/documents/"+document, "").status,
			f.as(token, "POST", "/api/v1/documents", `{"Name":"new","ParentFolderId":"`+folder+`"}`).status,
			f.as(token, "PATCH", "/api/v1/documents/"+document, `{}`).status,
		})
	}
	f.share(document, "ORGANIZATION", f.OrganizationID(), "VIEWER")
	_, token, _ := f.newUser("anyone")
	f.want(f.as(token, "GET", "/api/v1/documents/"+document, ""), 200, "")
}

func TestGetResources(t *testing.T) {
	f := newFixture(t)
	user, token, root := f.newUser("ada")
	folder := f.AddFolder(f.RootFolder(), "shared")
	f.AddFolder(folder, "inside")
	f.AddFolder(root, "own")
	document, _ := f.AddDocument(f.RootFolder(), "a.txt", nil)
	recycled, _ := f.AddDocument(f.RootFolder(), "b.txt", nil)
	for _, id := range []string{folder, document, recycled} {
		f.share(id, "USER", user, "VIEWER")
	}
	f.want(f.call("PATCH", "/api/v1/documents/"+recycled, `{"ResourceState":"RECYCLED"}`), 200, "")
	for name, got := range map[string]answer{
		"as the user":          f.as(token, "GET", "/api/v1/resources?collectionType=SHARED_WITH_ME", ""),
		"as the administrator": f.call("GET", "/api/v1/resources?userId="+escaped(user), ""),
	} {
		f.want(got, 200, "")
		equal(t, name, [][]string{{folder}, {document}}, [][]string{got.texts("Folders", "Id"), got.texts("Documents", "Id")})
	}
	other, _ := f.AddUser("bob")
	f.want(f.as(token, "GET", "/api/v1/resources?userId="+escaped(other), ""), 404, "UnauthorizedResourceAccessException")
}
