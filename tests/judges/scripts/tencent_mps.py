"""Lists every task through the vendor's SDK: stdin has the question, stdout the answer."""

import json
import sys

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.mps.v20190612.models import DescribeTaskDetailRequest, DescribeTasksRequest
from tencentcloud.mps.v20190612.mps_client import MpsClient


def main() -> None:
    asked = json.load(sys.stdin)
    profile = ClientProfile(
        httpProfile=HttpProfile(protocol="http", endpoint=asked["endpoint"].removeprefix("http://"))
    )
    client = MpsClient(Credential(asked["key_id"], asked["secret"], asked.get("token")), asked["region"], profile)
    try:
        rows = []
        for native, failed in (("WAITING", None), ("PROCESSING", None), ("FINISH", False), ("FINISH", True)):
            token = None
            while True:
                request = DescribeTasksRequest()
                request.Status, request.SubTaskHasFailed, request.Limit, request.ScrollToken = (
                    native,
                    failed,
                    100,
                    token,
                )
                body = client.DescribeTasks(request)
                rows += [[None, task.TaskId, native] for task in body.TaskSet]
                token = body.ScrollToken
                if not token:
                    break
        detail = DescribeTaskDetailRequest()
        detail.TaskId = rows[0][1]
        json.dump({"rows": rows, "detail": [rows[0][1], client.DescribeTaskDetail(detail).Status]}, sys.stdout)
    except TencentCloudSDKException as error:
        json.dump({"error": error.code}, sys.stdout)


main()
