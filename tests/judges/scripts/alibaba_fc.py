"""Lists every task of one region through the vendor's SDK: stdin has the question, stdout the answer."""

import json
import sys

from alibabacloud_fc20230330.client import Client
from alibabacloud_fc20230330.models import GetAsyncTaskRequest, ListAsyncInvokeConfigsRequest, ListAsyncTasksRequest
from alibabacloud_tea_openapi.models import Config


def main() -> None:
    asked = json.load(sys.stdin)
    client = Client(
        Config(
            access_key_id=asked["key_id"],
            access_key_secret=asked["secret"],
            security_token=asked.get("token"),
            endpoint=asked["endpoint"].removeprefix("http://"),
            protocol="http",
            region_id=asked["region"],
        )
    )
    try:
        configs = client.list_async_invoke_configs(ListAsyncInvokeConfigsRequest(limit=100)).body.configs
        names = [c.function_arn.split("functions/")[1].split("/")[0] for c in configs if c.async_task]
        rows = []
        for name in names:
            token = None
            while True:
                body = client.list_async_tasks(name, ListAsyncTasksRequest(limit=100, next_token=token)).body
                rows += [[name, task.task_id, task.status] for task in body.tasks]
                token = body.next_token
                if not token:
                    break
        detail = client.get_async_task(rows[0][0], rows[0][1], GetAsyncTaskRequest()).body
        json.dump({"rows": rows, "detail": [detail.task_id, detail.status]}, sys.stdout)
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises is the answer
        json.dump({"error": str(getattr(error, "code", error))}, sys.stdout)


main()
