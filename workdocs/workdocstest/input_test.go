package workdocstest_test

import (
	"strings"
	"testing"
)

// TestMembers sends members that are not as they must be. Each message begins
// with the name of the member.
func TestMembers(t *testing.T) {
	f := newFixture(t)
	root, org := f.RootFolder(), f.OrganizationID()
	document, version := f.AddDocument(root, "a.txt", []byte("a"))
	long := func(n int) string { return strings.Repeat("x", n) }
	for _, test := range []struct{ request, body, member string }{
		{"POST /folders", `{"Name":"x"}`, "ParentFolderId"},
		{"POST /folders", `{"Name":"x","ParentFolderId":"` + root + `","Extra":1}`, "Extra"},
		{"POST /folders", `{"name":"x","ParentFolderId":"` + root + `"}`, "Name"},
		{"POST /folders", `{"Name":7,"ParentFolderId":"` + root + `"}`, "Name"},
		{"POST /folders", `{"Name":null,"ParentFolderId":"` + root + `"}`, "Name"},
		{"POST /folders", `{"Name":"","ParentFolderId":"` + root + `"}`, "Name"},
		{"POST /folders", `{"Name":"` + long(256) + `","ParentFolderId":"` + root + `"}`, "Name"},
		{"POST /folders", `{"Name":"a\tb","ParentFolderId":"` + root + `"}`, "Name"},
		{"POST /folders", `{"Name":"a\u202eb","ParentFolderId":"` + root + `"}`, "Name"},
		{"POST /folders", `{"Name":"x","ParentFolderId":"` + long(129) + `"}`, "ParentFolderId"},
		{"POST /folders", `{"Name":"x","ParentFolderId":"a/b"}`, "ParentFolderId"},
		{"POST /folders?Name=x", `{"Name":"x","ParentFolderId":"` + root + `"}`, "Name"},
		{"POST /documents", `{"ParentFolderId":"` + root + `"}`, "Name"},
		{"POST /documents", `{"Name":"x"}`, "ParentFolderId"},
		{"POST /documents", `{"Name":"x","ParentFolderId":"` + root + `","DocumentSizeInBytes":-1}`, "DocumentSizeInBytes"},
		{"POST /documents", `{"Name":"x","ParentFolderId":"` + root + `","DocumentSizeInBytes":"1"}`, "DocumentSizeInBytes"},
		{"POST /documents", `{"Name":"x","ParentFolderId":"` + root + `","DocumentSizeInBytes":1.5}`, "DocumentSizeInBytes"},
		{"POST /documents", `{"Name":"x","ParentFolderId":"` + root + `","ContentCreatedTimestamp":"2026-01-01T00:00:00Z"}`,
			"ContentCreatedTimestamp"},
		{"POST /documents", `{"Name":"x","ParentFolderId":"` + root + `","ContentCreatedTimestamp":1e300}`,
			"ContentCreatedTimestamp"},
		{"PATCH /documents/" + document + "/versions/" + version, `{}`, "VersionStatus"},
		{"PATCH /documents/" + document + "/versions/" + version, `{"VersionStatus":"INITIALIZED"}`, "VersionStatus"},
		{"PATCH /documents/" + document, `{"ResourceState":"RECYCLING"}`, "ResourceState"},
		{"PATCH /documents/" + document, `{"ResourceState":"RECYCLED","Name":"b"}`, "ResourceState"},
		{"GET /documents/" + document + "?includeCustomMetadata=yes", "", "includeCustomMetadata"},
		{"GET /documents/" + document + "?limit=1", "", "limit"},
		{"GET /documents/" + document + "/path?marker=1", "", "marker"},
		{"GET /folders/" + root + "/contents?limit=0", "", "limit"},
		{"GET /folders/" + root + "/contents?limit=1000", "", "limit"},
		{"GET /folders/" + root + "/contents?limit=ten", "", "limit"},
		{"GET /folders/" + root + "/contents?limit=1&limit=2", "", "limit"},
		{"GET /folders/" + root + "/contents?marker=x", "", "marker"},
		{"GET /folders/" + root + "/contents?sort=SIZE", "", "sort"},
		{"GET /folders/" + root + "/contents?include=", "", "include"},
		{"GET /folders/" + root + "/contents", `{"Limit":1}`, "Limit"},
		{"GET /activities", "", "organizationId"},
		{"GET /activities?organizationId=" + org + "&startTime=1700000000", "", "startTime"},
		{"GET /activities?organizationId=" + org + "&activityTypes=FOLDER_CREATED,NOTHING", "", "activityTypes"},
		{"GET /resources", "", "userId"},
		{"GET /groups", "", "searchQuery"},
		{"DELETE /documentVersions/" + document + "/versions/" + version, "", "deletePriorVersions"},
		{"PUT /resources/" + document + "/labels", `{}`, "Labels"},
		{"PUT /resources/" + document + "/labels", `{"Labels":"x"}`, "Labels"},
		{"PUT /resources/" + document + "/labels", `{"Labels":["` + long(33) + `"]}`, "Labels"},
		{"PUT /resources/" + document + "/labels", `{"Labels":["x",1]}`, "Labels"},
		{"PUT /resources/" + document + "/labels", `{"Labels":["x",null]}`, "Labels"},
		{"PUT /resources/" + document + "/labels", `{"Labels":null}`, "Labels"},
		{"DELETE /resources/" + document + "/labels", "", "labels"},
		{"PUT /resources/" + document + "/customMetadata", `{"CustomMetadata":{}}`, "CustomMetadata"},
		{"PUT /resources/" + document + "/customMetadata", `{"CustomMetadata":{"ä":"x"}}`, "CustomMetadata.ä"},
		{"PUT /resources/" + document + "/customMetadata", `{"CustomMetadata":{"x":1}}`, "CustomMetadata.x"},
		{"PUT /resources/" + document + "/customMetadata", `{"CustomMetadata":{"x":null}}`, "CustomMetadata.x"},
		{"POST /resources/" + document + "/permissions", `{"Principals":[null]}`, "Principals"},
		{"PUT /resources/" + document + "/customMetadata?versionId=x", `{"CustomMetadata":{"x":"1"}}`, "versionId"}, // it is versionid here
		{"POST /resources/" + document + "/permissions", `{"Principals":[{"Id":"x","Type":"USER"}]}`, "Principals.Role"},
		{"POST /resources/" + document + "/permissions", `{"Principals":[{"Id":"x","Type":"USER","Role":"KING"}]}`,
			"Principals.Role"},
		{"POST /resources/" + document + "/permissions", `{"Principals":[{"Id":"x","Type":"USER","Role":"OWNER","X":1}]}`,
			"Principals.X"},
		{"POST /resources/" + document + "/permissions", `{"Principals":[],"NotificationOptions":{"SendEmail":"true"}}`,
			"NotificationOptions.SendEmail"},
		{"POST /documents/" + document + "/versions/" + version + "/comment", `{"Text":"` + long(2049) + `"}`, "Text"},
		{"POST /users", `{"Username":"a b","GivenName":"x","Surname":"x","Password":"abcd"}`, "Username"},
		{"POST /users", `{"Username":"ab","GivenName":"x","Surname":"x","Password":"abc"}`, "Password"},
		{"POST /users", `{"Username":"ab","GivenName":"x","Surname":"x","Password":"abcd","StorageRule":{"StorageType":"QUOTA"}}`, "StorageRule.StorageAllocatedInBytes"},
		{"POST /organizations/" + org + "/subscriptions",
			`{"Endpoint":"http://x","Protocol":"HTTPS","SubscriptionType":"ALL"}`, "Endpoint"},
		{"POST /search", `{"QueryText":"x"}`, "OrganizationId"},
		{"POST /search", `{"OrganizationId":"` + org + `","Limit":101}`, "Limit"},
		{"POST /search", `{"OrganizationId":"` + org + `","Marker":"x"}`, "Marker"},
		{"POST /search", `{"OrganizationId":"` + org + `","Filters":{"SizeRange":{"StartValue":-1}}}`,
			"Filters.SizeRange.StartValue"},
		{"POST /search", `{"OrganizationId":"` + org + `","Filters":{"Unknown":[]}}`, "Filters.Unknown"},
	} {
		method, path, _ := strings.Cut(test.request, " ")
		got := f.call(method, "/api/v1"+path, test.body)
		if name, _, _ := strings.Cut(got.text("Message"), ": "); got.code() != "InvalidArgumentException" ||
			name != test.member {
			t.Errorf("%s %s: got %d %q %s, want %s named", test.request, test.body, got.status, got.code(), got.body,
				test.member)
		}
	}
}
