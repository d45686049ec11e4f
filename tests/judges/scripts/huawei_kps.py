"""Lists every task through the vendor's SDK: stdin has the question, stdout the answer."""

import json
import sys

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkkps.v3 import KpsClient, ListFailedTaskRequest, ListKeypairTaskRequest, ListRunningTaskRequest


def main() -> None:
    asked = json.load(sys.stdin)
    credentials = BasicCredentials(asked["key_id"], asked["secret"], asked["project_id"])
    if asked.get("token"):
        credentials = credentials.with_security_token(asked["token"])
    client = KpsClient.new_builder().with_credentials(credentials).with_endpoints([asked["endpoint"]]).build()
    try:
        rows = []
        for request, call in (
            (ListRunningTaskRequest, client.list_running_task),
            (ListFailedTaskRequest, client.list_failed_task),
        ):
            offset = 0
            while True:
                body = call(request(limit=100, offset=offset))
                rows += [[None, task.task_id, task.operate_type] for task in body.tasks]
                offset += len(body.tasks)
                if not body.tasks or offset >= body.total:
                    break
        one = client.list_keypair_task(ListKeypairTaskRequest(task_id=rows[-1][1]))
        json.dump({"rows": rows, "detail": [one.task_id, one.task_status]}, sys.stdout)
    except ClientRequestException as error:
        json.dump({"error": f"{error.error_code} {error.error_msg}"}, sys.stdout)


main()
