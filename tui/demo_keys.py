"""The demo cloud's fixed fake keys: they open nothing but a demo cloud on loopback."""

from __future__ import annotations

KEYS = {
    "alibaba": {
        "access_key_id": "LTAI5tTASKDECKDEMO000001",
        "access_key_secret": "taskdeckDemoSecretAlibaba00001",
    },
    "tencent": {
        "access_key_id": "AKIDTASKDECKDEMO00000000000000000001",
        "access_key_secret": "taskdeckDemoSecretTencent0000001",
    },
    "huawei": {
        "access_key_id": "HPUATASKDECKDEMO0001",
        "access_key_secret": "taskdeckDemoSecretHuawei0000000000000001",
    },
    "huawei-user": {"username": "deck-operator", "password": "taskdeck-demo-Pass1", "domain": "hw-demo"},
}
