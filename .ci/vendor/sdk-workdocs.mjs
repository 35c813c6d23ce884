// Takes users, folders and documents through a whole life with the SDK for
// JavaScript.
//
//   MODULES=FOLDER node sdk-workdocs.mjs GUIDE

import { Calls, load, said, same, url } from './sdk.mjs';

const sdk = load('@aws-sdk/client-workdocs');
const options = { region: 'us-east-1', endpoint: url, maxAttempts: 1 };
const client = new sdk.WorkDocsClient({ ...options,
  credentials: { accessKeyId: said('access key'), secretAccessKey: said('secret access key') } });
const stranger = new sdk.WorkDocsClient({ ...options, credentials: { accessKeyId: 'AKIDNOBODY', secretAccessKey: 'x' } });
const calls = new Calls(sdk, client);
const { call, refused } = { call: calls.call.bind(calls), refused: calls.refused.bind(calls) };

// Users, by name, and what they may store.
const users = (await call('DescribeUsers', { AuthenticationToken: said("a user's token") })).Users;
const OrganizationId = users[0].OrganizationId;
const { User: bea } = await call('CreateUser', { OrganizationId, Username: 'bea', EmailAddress: 'bea@example.com',
  GivenName: 'Bea', Surname: 'Börne', Password: 'Secret-123' });
await call('ActivateUser', { UserId: bea.Id });
const changed = await call('UpdateUser', { UserId: bea.Id, GivenName: 'Beatrix',
  StorageRule: { StorageType: 'QUOTA', StorageAllocatedInBytes: 1 << 30 } });
same('the name', changed.User.GivenName, 'Beatrix');
await refused('UpdateUser', { UserId: 'nobody', GivenName: 'x' }, 'EntityNotExistsException');
await refused('GetFolder', { FolderId: said('folder') }, 'UnrecognizedClientException', stranger); // not in the model
const AuthenticationToken = said("a user's token");
const me = (await call('GetCurrentUser', { AuthenticationToken })).User;
const root = (await call('DescribeRootFolders', { AuthenticationToken })).Folders[0];
await call('DescribeGroups', { OrganizationId, SearchQuery: 'none' });

// Folders.
const folder = async (Name, ParentFolderId) => (await call('CreateFolder', { Name, ParentFolderId })).Metadata.Id;
const reports = await folder('Reports', said('folder'));
const drafts = await folder('Drafts', reports);
await refused('CreateFolder', { Name: 'Drafts', ParentFolderId: reports }, 'EntityAlreadyExistsException');
await call('UpdateFolder', { FolderId: drafts, Name: 'Old drafts' });
same('the folder', (await call('GetFolder', { FolderId: drafts })).Metadata.Name, 'Old drafts');
same('its path', (await call('GetFolderPath', { FolderId: drafts, Fields: 'NAME' })).Path.Components.map((c) => c.Name).slice(-2),
  ['Reports', 'Old drafts']);

// Documents and their versions.
const name = 'May report 1+1 – Übersicht.txt';
const store = async (content, input) => {
  const { Metadata, UploadMetadata } = await call('InitiateDocumentVersionUpload', { ...input,
    ContentType: 'text/plain', DocumentSizeInBytes: content.length });
  const put = await fetch(UploadMetadata.UploadUrl, { method: 'PUT', body: content, headers: UploadMetadata.SignedHeaders });
  same('the status of the PUT', put.status, 200);
  const ids = { DocumentId: Metadata.Id, VersionId: Metadata.LatestVersionMetadata.Id };
  await call('UpdateDocumentVersion', { ...ids, VersionStatus: 'ACTIVE' });
  return ids;
};
const [one, two] = [Buffer.from('all is well'), Buffer.from('all is better')];
const first = await store(one, { Name: name, ParentFolderId: reports });
const second = await store(two, { Id: first.DocumentId });
const { DocumentId } = first;
const version = (await call('GetDocumentVersion', { ...second, Fields: 'SOURCE' })).Metadata;
same('the content', Buffer.from(await (await fetch(version.Source.ORIGINAL)).arrayBuffer()).equals(two), true);
const versions = await call('DescribeDocumentVersions', { DocumentId });
same('the versions', versions.DocumentVersions.map((v) => v.Id), [second.VersionId, first.VersionId]);
const lost = await call('InitiateDocumentVersionUpload', { Name: 'lost.txt', ParentFolderId: reports });
await call('AbortDocumentVersionUpload', { DocumentId: lost.Metadata.Id, VersionId: lost.Metadata.LatestVersionMetadata.Id });
same('the document', (await call('GetDocument', { DocumentId })).Metadata.LatestVersionMetadata.Name, name);
await call('GetDocumentPath', { DocumentId });
await call('UpdateDocument', { DocumentId, Name: 'June.txt' });
await call('DeleteDocumentVersion', { DocumentId, VersionId: first.VersionId, DeletePriorVersions: false });
const left = async () => (await call('DescribeDocumentVersions', { DocumentId })).DocumentVersions.map((v) => v.Id);
same('the versions without the first', await left(), [second.VersionId]);
await call('RestoreDocumentVersions', { DocumentId });
same('the versions with the first again', await left(), [second.VersionId, first.VersionId]);
for (const change of [{ ParentFolderId: drafts }, { ParentFolderId: reports }, { ResourceState: 'RECYCLED' }, { ResourceState: 'ACTIVE' }]) {
  await call('UpdateDocument', { DocumentId, ...change });
}
same('where it is', (await call('GetDocument', { DocumentId })).Metadata.ParentFolderId, reports);

// Listings with pages.
for (let i = 0; i < 5; i++) await store(one, { Name: `${i}.txt`, ParentFolderId: drafts });
const listed = [];
for (let Marker, n = 0; n === 0 || Marker; n++) {
  const page = await call('DescribeFolderContents', { FolderId: drafts, Limit: 2, Marker, Sort: 'NAME', Type: 'DOCUMENT' });
  listed.push(...page.Documents.map((d) => d.LatestVersionMetadata.Name));
  Marker = page.Marker;
}
same('the documents', listed, ['0.txt', '1.txt', '2.txt', '3.txt', '4.txt']);

// What belongs to a document.
const Labels = ['urgent', 'may'];
await call('CreateLabels', { ResourceId: DocumentId, Labels });
await call('DeleteLabels', { ResourceId: DocumentId, Labels: ['may'] });
await call('CreateCustomMetadata', { ResourceId: DocumentId, CustomMetadata: { quarter: 'Q2' } });
const full = await call('GetDocument', { DocumentId, IncludeCustomMetadata: true });
same('labels and metadata', [full.Metadata.Labels, full.CustomMetadata], [['urgent'], { quarter: 'Q2' }]);
await call('DeleteCustomMetadata', { ResourceId: DocumentId, DeleteAll: true });
const { Comment } = await call('CreateComment', { ...second, Text: 'Well done.' });
same('the comments', (await call('DescribeComments', second)).Comments.length, 1);
await call('DeleteComment', { ...second, CommentId: Comment.CommentId });
await call('AddResourcePermissions', { ResourceId: DocumentId, Principals: [{ Id: bea.Id, Type: 'USER', Role: 'VIEWER' }] });
same('who may see it', (await call('DescribeResourcePermissions', { ResourceId: DocumentId })).Principals
  .some((p) => p.Id === bea.Id), true);
await call('RemoveResourcePermission', { ResourceId: DocumentId, PrincipalId: bea.Id });
await call('RemoveAllResourcePermissions', { ResourceId: DocumentId });
await call('DescribeActivities', { OrganizationId, Limit: 5 });
await call('GetResources', { AuthenticationToken, UserId: me.Id, CollectionType: 'SHARED_WITH_ME' });
await call('SearchResources', { AuthenticationToken, QueryText: 'June' });
const { Subscription } = await call('CreateNotificationSubscription', { OrganizationId, Endpoint: 'https://example.com/hook',
  Protocol: 'HTTPS', SubscriptionType: 'ALL' });
await call('DescribeNotificationSubscriptions', { OrganizationId });
await call('DeleteNotificationSubscription', { OrganizationId, SubscriptionId: Subscription.SubscriptionId });

// The end of it.
await call('DeleteDocument', { DocumentId });
await refused('UpdateDocument', { DocumentId: 'nothing', Name: 'x' }, 'EntityNotExistsException');
await call('DeleteFolderContents', { FolderId: drafts });
await call('DeleteFolder', { FolderId: drafts });
await refused('GetFolder', { FolderId: 'nothing' }, 'EntityNotExistsException');
await call('DeactivateUser', { UserId: bea.Id });
await call('DeleteUser', { UserId: bea.Id });
same('the root folder', typeof root.Id, 'string');
calls.report('WorkDocs');
