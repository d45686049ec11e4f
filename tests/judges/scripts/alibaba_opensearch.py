"""Lists every task of the given targets through the vendor's SDK: stdin has the question, stdout the answer."""

import json
import sys

from alibabacloud_opensearch20171225.client import Client
from alibabacloud_opensearch20171225.models import ListFunctionTasksRequest
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
        rows = []
        detail = None
        for app, function, instance in asked["targets"]:
            number = 1
            while True:
                request = ListFunctionTasksRequest(page_number=number, page_size=50)
                body = client.list_function_tasks(app, function, instance, request).body
                page = body.result or []
                rows += [[f"{app}/{function}/{instance}", task.run_id, task.status] for task in page]
                if page and detail is None:
                    one = client.get_function_task(app, function, instance, page[0].generation).body.result
                    detail = [one.run_id, one.status]
                if not page or number * 50 >= body.total_count:
                    break
                number += 1
        json.dump({"rows": rows, "detail": detail}, sys.stdout)
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises is the answer
        json.dump({"error": str(getattr(error, "code", error))}, sys.stdout)


main()
