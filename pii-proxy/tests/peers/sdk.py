"""The providers' own SDKs, as an application uses them, and as whoever checks a signature.

    sdk.py send PROVIDER ADDRESS ID SECRET TEXT    sends an SMS with TEXT in it; prints what comes of it, as JSON
    sdk.py check PROVIDER ID SECRET                reads a request as JSON, prints the Authorization that it should have
"""

import json
import sys

# The upstream of the tests answers something that no SDK reads.
ANSWERED = {"sent": True}


def send_tencent(address, key, secret, text):
    from tencentcloud.common import credential
    from tencentcloud.common.common_client import CommonClient
    from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile

    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=address))
    client = CommonClient("sms", "2021-01-11", credential.Credential(key, secret), "ap-guangzhou", profile=profile)
    try:
        client.call_json("SendSms", {"PhoneNumberSet": ["+8613800138000"], "TemplateParamSet": [text]})
        return ANSWERED
    except TencentCloudSDKException as error:
        return {"code": error.get_code(), "message": error.get_message(), "request": error.get_request_id()}
    except ValueError:
        return ANSWERED


def send_aliyun(address, key, secret, text):
    from alibabacloud_tea_openapi import models
    from alibabacloud_tea_openapi.client import Client
    from alibabacloud_tea_util.models import RuntimeOptions

    client = Client(models.Config(access_key_id=key, access_key_secret=secret, endpoint=address, protocol="HTTP"))
    params = models.Params(
        action="SendSms", version="2017-05-25", protocol="HTTP", method="POST", auth_type="AK", style="RPC",
        pathname="/", req_body_type="json", body_type="json",
    )
    query = {"PhoneNumbers": "13800138000", "TemplateParam": json.dumps({"text": text}, ensure_ascii=False)}
    try:
        client.call_api(params, models.OpenApiRequest(query=query, body={"text": text}), RuntimeOptions(autoretry=False))
        return ANSWERED
    except Exception as error:
        data = getattr(error, "data", None) or {}
        return {"code": getattr(error, "code", None), "message": str(error), "request": data.get("RequestId")}


def send_aws(address, key, secret, text):
    import botocore.session
    from botocore.config import Config
    from botocore.exceptions import ClientError
    from botocore.parsers import ResponseParserError

    client = botocore.session.get_session().create_client(
        "sns", region_name="us-east-1", endpoint_url="http://" + address, aws_access_key_id=key,
        aws_secret_access_key=secret, config=Config(retries={"max_attempts": 0}),
    )
    try:
        client.publish(PhoneNumber="+8613800138000", Message=text)
        return ANSWERED
    except ClientError as error:
        said = error.response
        request = said["ResponseMetadata"].get("RequestId")
        return {"code": said["Error"]["Code"], "message": said["Error"]["Message"], "request": request}
    except ResponseParserError:
        return ANSWERED


def check_tencent(request, key, secret):
    import hashlib
    from tencentcloud.common.sign import Sign

    headers = request["headers"]
    scope, names = headers["authorization"].split("Credential=")[1].split(", SignedHeaders=")
    names = names.split(",")[0]
    service, day = scope.split("/")[2], scope.split("/")[1]
    lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in names.split(";"))
    body = hashlib.sha256(request["body"].encode()).hexdigest()
    canonical = f"{request['method']}\n/\n\n{lines}\n{names}\n{body}"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{headers['x-tc-timestamp']}\n{day}/{service}/tc3_request\n{hashed}"
    signature = Sign.sign_tc3(secret, day, service, text)
    return f"TC3-HMAC-SHA256 Credential={key}/{day}/{service}/tc3_request, SignedHeaders={names}, Signature={signature}"


def check_aliyun(request, key, secret):
    import hashlib
    from urllib.parse import parse_qsl, urlsplit
    from alibabacloud_tea_openapi.utils import Utils
    from darabonba.request import DaraRequest

    made = DaraRequest()
    parts = urlsplit(request["target"])
    made.method, made.pathname = request["method"], parts.path
    made.query = dict(parse_qsl(parts.query, keep_blank_values=True))
    names = request["headers"]["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    made.headers = {name: request["headers"][name] for name in names}
    payload = hashlib.sha256(request["body"].encode()).hexdigest()
    made.headers["x-acs-content-sha256"] = payload
    return Utils.get_authorization(made, "ACS3-HMAC-SHA256", payload, key, secret)


def check_aws(request, key, secret):
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    headers = request["headers"]
    names = headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    made = AWSRequest(request["method"], "http://" + headers["host"] + request["target"], data=request["body"].encode())
    for name in names:
        made.headers[name] = headers[name]
    made.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(Credentials(key, secret), "sns", "us-east-1")
    text = signer.string_to_sign(made, signer.canonical_request(made))
    scope = signer.scope(made)
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={';'.join(names)}, Signature={signer.signature(text, made)}"


def main():
    what, provider, *rest = sys.argv[1:]
    if what == "send":
        print(json.dumps(globals()[f"send_{provider}"](*rest)))
    else:
        print(globals()[f"check_{provider}"](json.load(sys.stdin), *rest))


main()
