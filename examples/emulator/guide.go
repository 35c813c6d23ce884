package main

import (
	"context"
	"io"
	"strings"
	"text/template"

	"github.com/docferry/docferry/oracledocs/oracledocstest"
	"github.com/docferry/docferry/workdocs/workdocstest"
)

var guide = template.Must(template.New("guide").Parse(`docferry emulator at {{.URL}}
the page in a browser {{.URL}}/
{{- if .PEM}}
certificate to trust  {{.PEM}}
{{- end}}

Amazon WorkDocs       {{.URL}}/api/v1
  access key          {{.KeyID}}
  secret access key   {{.Key}}
  folder              {{.Folder}}
  a user's token      {{.UserToken}}

Amazon Connect        {{.URL}}/participant
  contact             {{.Contact}}
  customer's id       {{.CustomerID}}
  customer's token    {{.Customer}}
  agent's id          {{.AgentID}}
  agent's token       {{.Agent}}

Oracle documents      {{.URL}}/documents/api/1.2
  user and password   {{.User}}:{{.Password}}
  bearer token        {{.Bearer}}
  to share with       {{.Guest}}:{{.GuestPassword}}

Try, in another shell:

export AWS_ACCESS_KEY_ID={{.KeyID}} AWS_SECRET_ACCESS_KEY={{.Key}} AWS_DEFAULT_REGION={{.Region}}
{{- with .QuotedPEM}}
export AWS_CA_BUNDLE={{.}} CURL_CA_BUNDLE={{.}} SSL_CERT_FILE={{.}} NODE_EXTRA_CA_CERTS={{.}}
{{- end}}
aws workdocs create-folder --endpoint-url {{.URL}} --parent-folder-id {{.Folder}} --name "Reports $(date +%Y-%m-%d-%H%M%S)-$$"
aws connectparticipant create-participant-connection --endpoint-url {{.URL}} --type CONNECTION_CREDENTIALS --participant-token '{{.Agent}}'
curl -sS -f -H 'Authentication: {{.UserToken}}' {{.URL}}/api/v1/me/root
curl -sS -f -H 'X-Amz-Bearer: {{.Customer}}' -H 'Content-Type: application/json' -d '{"Type":["CONNECTION_CREDENTIALS"]}' {{.URL}}/participant/connection
curl -sS -f -u {{.User}}:{{.Password}} -F 'jsonInputParameters={"parentID":"self"}' -F 'primaryFile=@README.md' {{.URL}}/documents/api/1.2/files/data
curl -sS -f -H 'Authorization: Bearer {{.Bearer}}' {{.URL}}/documents/api/1.2/folders/items
cec register-server emulator -e {{.URL}} -u {{.User}} -p {{.Password}} -t dev_ec
go run ./examples/quickstart -workdocs-endpoint {{.URL}} -workdocs-folder {{.Folder}} -connect-endpoint {{.URL}} -connect-participant-token '{{.Customer}}' -oracle-url {{.URL}} -oracle-token {{.Bearer}}

Everything is kept in memory{{with .ExportTo}}, and written to {{.}} at the end{{end}}. An interrupt ends it.
`))

// guide makes something to begin with, and prints how to reach it.
func (e *emulator) guide(ctx context.Context, out io.Writer, at access) error {
	credentials, err := e.workdocs.Credentials().Retrieve(ctx)
	if err != nil {
		return err
	}
	_, userToken := e.workdocs.AddUser("ada@example.com")
	chat := e.connect.NewChat()
	customer, agent := chat.Join("CUSTOMER", "Ana"), chat.Join("AGENT", "Ben")
	const guest, guestPassword = "grace", "grace-secret"
	e.oracle.AddUser(guest, guestPassword)
	e.oracle.AddGroup("Editors", guest, oracledocstest.User)
	values := map[string]string{
		"URL": at.url, "PEM": at.pem,
		"KeyID": credentials.AccessKeyID, "Key": credentials.SecretAccessKey, "Region": workdocstest.Region,
		"Folder": e.workdocs.RootFolder(), "UserToken": userToken,
		"Contact":  chat.ContactID,
		"Customer": customer, "CustomerID": chat.ParticipantID(customer),
		"Agent": agent, "AgentID": chat.ParticipantID(agent),
		"User": oracledocstest.User, "Password": oracledocstest.Password,
		"Bearer": e.oracle.AddToken(oracledocstest.User), "Guest": guest, "GuestPassword": guestPassword,
	}
	if at.pem != "" {
		values["QuotedPEM"] = "'" + strings.ReplaceAll(at.pem, "'", `'\''`) + "'"
	}
	if e.exportTo != nil {
		values["ExportTo"] = e.exportTo.name
	}
	return guide.Execute(out, values)
}
