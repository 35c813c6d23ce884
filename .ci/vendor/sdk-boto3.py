"""Takes a document and a chat through a whole life with boto3.

    python3 sdk-boto3.py GUIDE
"""

import sys
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

guide = [line.strip() for line in open(sys.argv[1], encoding="utf-8")]


def said(title):
    """Returns what the emulator printed behind a title."""
    return next(line[len(title):].strip() for line in guide if line.startswith(title + " "))


def client(service):
    return boto3.client(service, endpoint_url=said("docferry emulator at"), region_name="us-east-1",
                        aws_access_key_id=said("access key"), aws_secret_access_key=said("secret access key"),
                        config=Config(retries={"max_attempts": 0}))


def put(url, header, content):
    request = urllib.request.Request(url, data=content, headers=header, method="PUT")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200, answer.status


def get(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read()


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        return
    raise AssertionError(f"not refused with {code}")


content = "All is well.\n".encode() * 1000


def documents():
    docs = client("workdocs")
    folder = docs.create_folder(Name="From boto3", ParentFolderId=said("folder"))["Metadata"]["Id"]
    begun = docs.initiate_document_version_upload(Name="Übersicht 1+1.txt", ParentFolderId=folder, ContentType="text/plain",
                                                  DocumentSizeInBytes=len(content))
    document, version = begun["Metadata"]["Id"], begun["Metadata"]["LatestVersionMetadata"]["Id"]
    put(begun["UploadMetadata"]["UploadUrl"], begun["UploadMetadata"]["SignedHeaders"], content)
    docs.update_document_version(DocumentId=document, VersionId=version, VersionStatus="ACTIVE")
    source = docs.get_document_version(DocumentId=document, VersionId=version, Fields="SOURCE")["Metadata"]["Source"]
    assert get(source["ORIGINAL"]) == content
    pages = docs.get_paginator("describe_folder_contents").paginate(FolderId=folder)
    names = [d["LatestVersionMetadata"]["Name"] for page in pages for d in page["Documents"]]
    assert names == ["Übersicht 1+1.txt"], names
    docs.create_labels(ResourceId=document, Labels=["may"])
    assert docs.get_document(DocumentId=document)["Metadata"]["Labels"] == ["may"]
    docs.delete_folder(FolderId=folder)
    refused("EntityNotExistsException", docs.get_folder, FolderId="nothing")


def chat():
    parts = client("connectparticipant")
    token = parts.create_participant_connection(
        ParticipantToken=said("agent's token"),
        Type=["CONNECTION_CREDENTIALS"])["ConnectionCredentials"]["ConnectionToken"]
    sent = parts.send_message(ConnectionToken=token, ContentType="text/plain", Content="From boto3.")["Id"]
    started = parts.start_attachment_upload(ConnectionToken=token, AttachmentName="a.txt", ContentType="text/plain",
                                            AttachmentSizeInBytes=len(content), ClientToken="1")
    put(started["UploadMetadata"]["Url"], started["UploadMetadata"]["HeadersToInclude"], content)
    parts.complete_attachment_upload(ConnectionToken=token, AttachmentIds=[started["AttachmentId"]], ClientToken="1")
    url = parts.get_attachment(ConnectionToken=token, AttachmentId=started["AttachmentId"])["Url"]
    assert get(url) == content
    items = parts.get_transcript(ConnectionToken=token, MaxResults=100)["Transcript"]
    assert any(item["Id"] == sent and item["Content"] == "From boto3." for item in items)
    refused("ValidationException", parts.get_transcript, ConnectionToken=token, NextToken="x")
    parts.disconnect_participant(ConnectionToken=token)


for check in (documents, chat):
    check()
    print("ok      boto3", check.__name__)
