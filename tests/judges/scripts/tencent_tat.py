"""Lists every task through the vendor's SDK: stdin has the question, stdout the answer."""

import json
import sys

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.tat.v20201028.models import DescribeInvocationTasksRequest
from tencentcloud.tat.v20201028.tat_client import TatClient


def main() -> None:
    asked = json.load(sys.stdin)
    profile = ClientProfile(
        httpProfile=HttpProfile(protocol="http", endpoint=asked["endpoint"].removeprefix("http://"))
    )
    client = TatClient(Credential(asked["key_id"], asked["secret"], asked.get("token")), asked["region"], profile)
    try:
        rows: list[list[str | None]] = []
        while True:
            request = DescribeInvocationTasksRequest()
            request.Limit, request.Offset = 100, len(rows)
            body = client.DescribeInvocationTasks(request)
            rows += [[None, task.InvocationTaskId, task.TaskStatus] for task in body.InvocationTaskSet]
            if not body.InvocationTaskSet or len(rows) >= body.TotalCount:
                break
        request = DescribeInvocationTasksRequest()
        request.InvocationTaskIds, request.HideOutput = [rows[0][1]], False
        one = client.DescribeInvocationTasks(request).InvocationTaskSet[0]
        json.dump({"rows": rows, "detail": [one.InvocationTaskId, one.TaskStatus]}, sys.stdout)
    except TencentCloudSDKException as error:
        json.dump({"error": error.code}, sys.stdout)


main()
