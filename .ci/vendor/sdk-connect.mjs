// Takes a chat through a whole life with the SDK for JavaScript.
//
//   MODULES=FOLDER node sdk-connect.mjs GUIDE

import { Calls, load, said, same, url } from './sdk.mjs';

const sdk = load('@aws-sdk/client-connectparticipant');
const client = new sdk.ConnectParticipantClient({ region: 'us-east-1', endpoint: url, maxAttempts: 1,
  credentials: { accessKeyId: 'unused', secretAccessKey: 'unused' } });
const calls = new Calls(sdk, client);
const { call, refused } = { call: calls.call.bind(calls), refused: calls.refused.bind(calls) };
const event = 'application/vnd.amazonaws.connect.event.';

const enter = async (title) => (await call('CreateParticipantConnection', { ParticipantToken: said(title),
  Type: ['WEBSOCKET', 'CONNECTION_CREDENTIALS'] })).ConnectionCredentials.ConnectionToken;
const [ana, ben] = [await enter("customer's token"), await enter("agent's token")];
await refused('CreateParticipantConnection', { ParticipantToken: 'wrong', Type: ['WEBSOCKET'] }, 'AccessDeniedException');

const first = await call('SendMessage', { ConnectionToken: ana, ContentType: 'text/plain', Content: 'Ça va?' });
const again = { ConnectionToken: ben, ContentType: 'text/plain', Content: 'Yes.', ClientToken: 'once' };
same('the same message', (await call('SendMessage', again)).Id, (await call('SendMessage', again)).Id);
await call('SendEvent', { ConnectionToken: ana, ContentType: event + 'typing' });
await call('SendEvent', { ConnectionToken: ben, ContentType: event + 'message.read',
  Content: JSON.stringify({ messageId: first.Id }) });
await refused('SendMessage', { ConnectionToken: ana, ContentType: 'text/plain', Content: 'x'.repeat(1025) },
  'ValidationException');

const content = Buffer.from('all is well\n'.repeat(1000));
const started = await call('StartAttachmentUpload', { ConnectionToken: ana, AttachmentName: 'Übersicht 1+1.csv',
  ContentType: 'text/csv', AttachmentSizeInBytes: content.length });
const put = await fetch(started.UploadMetadata.Url, { method: 'PUT', body: content,
  headers: started.UploadMetadata.HeadersToInclude });
same('the status of the PUT', put.status, 200);
await call('CompleteAttachmentUpload', { ConnectionToken: ana, AttachmentIds: [started.AttachmentId] });
const attachment = await call('GetAttachment', { ConnectionToken: ben, AttachmentId: started.AttachmentId });
same('the content', Buffer.from(await (await fetch(attachment.Url)).arrayBuffer()).equals(content), true);
same('the size', attachment.AttachmentSizeInBytes, content.length);

// Back from the newest, and forward from each kind of position.
const back = [];
for (let NextToken; back.length === 0 || NextToken;) {
  const page = await call('GetTranscript', { ConnectionToken: ana, MaxResults: 2, NextToken, StartPosition: {} });
  back.push(...page.Transcript);
  NextToken = page.NextToken;
}
const seen = back.find((item) => item.Id === first.Id);
same('the message', [seen.Content, seen.ParticipantRole, seen.MessageMetadata.Receipts.length], ['Ça va?', 'CUSTOMER', 1]);
for (const StartPosition of [{ Id: first.Id }, { AbsoluteTime: seen.AbsoluteTime }, { MostRecent: back.length }]) {
  const page = await call('GetTranscript', { ConnectionToken: ana, MaxResults: 100, ScanDirection: 'FORWARD',
    SortOrder: 'ASCENDING', StartPosition });
  same(`the items from ${Object.keys(StartPosition)}`, page.Transcript.some((item) => item.Content === 'Yes.'), true);
}
await refused('GetTranscript', { ConnectionToken: ana, NextToken: 'x' }, 'ValidationException');

// What the emulator has nothing of is refused in the service's own way.
const session = { ConnectionToken: ana, SessionId: 's'.repeat(36) };
await refused('DescribeView', { ConnectionToken: ana, ViewToken: 'none' }, 'ResourceNotFoundException');
await refused('GetAuthenticationUrl', { ...session, RedirectUri: 'https://example.com' }, 'ValidationException');
await refused('CancelParticipantAuthentication', session, 'ValidationException');

await call('DisconnectParticipant', { ConnectionToken: ana });
await refused('SendMessage', { ConnectionToken: ana, ContentType: 'text/plain', Content: 'gone' }, 'AccessDeniedException');
calls.report('Connect', ['DescribeView', 'GetAuthenticationUrl', 'CancelParticipantAuthentication']);
