"""An add-on for mitmproxy that masks as such add-ons usually do: expressions over each text of a JSON body."""

import json
import re

ID_NUMBER = re.compile(r"(?<!\d)(\d)\d{16}([\dXx])(?!\d)")
CARD = re.compile(r"(?<!\d)(\d{4})\d{8,11}(\d{4})(?!\d)")
PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
EMAIL = re.compile(r"[\w.+-]+(@[\w-]+(?:\.[\w-]+)+)")
NAMES = {"name", "contact"}
ADDRESSES = {"address"}


def masked_text(text):
    text = ID_NUMBER.sub(r"\1****************\2", text)
    text = CARD.sub(r"\1***********\2", text)
    text = PHONE.sub(r"\1****\2", text)
    return EMAIL.sub(r"***\1", text)


def masked(value, key=None):
    if isinstance(value, dict):
        return {name: masked(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner, key) for inner in value]
    if isinstance(value, str):
        if key in NAMES or key in ADDRESSES:
            return value[:1] + "**"
        return masked_text(value)
    return value


def request(flow):
    if "json" in flow.request.headers.get("content-type", ""):
        body = masked(json.loads(flow.request.get_content()))
        flow.request.text = json.dumps(body, ensure_ascii=False)
