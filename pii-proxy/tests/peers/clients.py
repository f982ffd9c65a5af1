"""Sends one message in each of the ways in which programs in Python send them, each with its name in X-Case."""

import sys

import httpx
import requests

BASE, TEXT = sys.argv[1], sys.argv[2]
FIELDS = {"content": TEXT, "seq": "1"}


def pieces():
    whole = ('{"content":"%s"}' % TEXT).encode()
    for at in range(0, len(whole), 5):
        yield whole[at : at + 5]


def files():
    return {"notice": ("notice.txt", TEXT.encode(), "text/plain; charset=utf-8")}


JSON = {"Content-Type": "application/json"}
WAYS = {
    "json": {"json": FIELDS},
    "form": {"data": FIELDS},
    "files": {"data": {"seq": "1"}, "files": files()},
    "query": {"params": FIELDS},
}


def named(client, case):
    return {"X-Case": "%s-%s" % (client, case)}


def check(answer, case):
    if answer.status_code != 200 or answer.text != "ok":
        sys.exit("%s: %s %s" % (case, answer.status_code, answer.text))


with requests.Session() as session:
    for case, way in WAYS.items():
        check(session.post(BASE, headers=named("requests", case), **way), case)
    headers = {**JSON, **named("requests", "streamed")}
    check(session.post(BASE, headers=headers, data=pieces()), "streamed")

for client, options in {"httpx": {}, "httpx-two": {"http1": False, "http2": True}}.items():
    with httpx.Client(**options) as session:
        for case, way in WAYS.items():
            check(session.post(BASE, headers=named(client, case), **way), case)
        headers = {**JSON, **named(client, "streamed")}
        check(session.post(BASE, headers=headers, content=pieces()), "streamed")
