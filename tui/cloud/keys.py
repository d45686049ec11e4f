"""The demo cloud's fixed fake keys: they open nothing but a demo cloud."""

from tui.demo_keys import KEYS

DEMO_KEYS = {vendor: KEYS[vendor] for vendor in ("alibaba", "tencent", "huawei")}

# temporary keys: a second pair for each vendor, with the token that belongs to it
STS_KEYS = {
    "alibaba": {
        "access_key_id": "STS.TASKDECKDEMO000000002",
        "access_key_secret": "taskdeckDemoSecretAlibaba00002",
        "security_token": "CAISdemo/taskdeck+alibaba/sts==",
    },
    "tencent": {
        "access_key_id": "AKIDTASKDECKDEMO00000000000000000002",
        "access_key_secret": "taskdeckDemoSecretTencent0000002",
        "security_token": "demo-taskdeck-tencent-sts-token-0002",
    },
    "huawei": {
        "access_key_id": "HSTATASKDECKDEMO0002",
        "access_key_secret": "taskdeckDemoSecretHuawei0000000000000002",
        "security_token": "gQpjbi1ub3J0aC00demo+taskdeck/huawei==",
    },
}

HUAWEI_USER = KEYS["huawei-user"]

HUAWEI_PROJECTS = {
    "cn-north-4": "0dec0de000000000000000000000c404",
    "ap-southeast-1": "0dec0de000000000000000000000a5e1",
}

ENV = {
    "ALIBABA_CLOUD_ACCESS_KEY_ID": DEMO_KEYS["alibaba"]["access_key_id"],
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET": DEMO_KEYS["alibaba"]["access_key_secret"],
    "TENCENTCLOUD_SECRET_ID": DEMO_KEYS["tencent"]["access_key_id"],
    "TENCENTCLOUD_SECRET_KEY": DEMO_KEYS["tencent"]["access_key_secret"],
    "HUAWEICLOUD_SDK_AK": DEMO_KEYS["huawei"]["access_key_id"],
    "HUAWEICLOUD_SDK_SK": DEMO_KEYS["huawei"]["access_key_secret"],
    "HUAWEICLOUD_SDK_PROJECT_ID": HUAWEI_PROJECTS["cn-north-4"],
    "HUAWEICLOUD_SDK_USERNAME": HUAWEI_USER["username"],
    "HUAWEICLOUD_SDK_PASSWORD": HUAWEI_USER["password"],
    "HUAWEICLOUD_SDK_DOMAIN_NAME": HUAWEI_USER["domain"],
}
