"""A commented config to begin with: every key of the contract, the optional ones commented out."""

EXAMPLE = """\
# taskdeck config. The program reads this file and never writes it.
# Keys never stand here: credentials = "env" reads the variables of the vendors' own SDKs.

[monitor]
interval = "15s"           # default poll interval of a source
# theme = "auto"           # auto = deck-dark or deck-light, ansi-* on 16 colours; docs/themes.md has the others
# write = false            # true allows stop and delete, still confirmed
# time = "local"           # local | utc

# [ui]
# layout = "auto"          # auto | compact | full | deck
# glyphs = "auto"          # auto | unicode | ascii
# mouse = "auto"           # auto | on | off
# notify = "auto"          # auto | bell | osc9 | osc777 | off: when a watched task ends

# [keys]                   # binding id = "key", or "" to unbind (the ids are in README.md)

# [views]                  # name = "filter", used as @name
# bad = "state:bad sort:age"

# [network]
# proxy = "http://proxy.example:3128"   # the environment's proxy variables are not read
# ca_bundle = "company-ca.pem"          # relative to this file
# timeout = "30s"

[accounts.ali-prod]
vendor = "alibaba"         # alibaba | tencent | huawei
credentials = "env"        # ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET, ALIBABA_CLOUD_SECURITY_TOKEN
# rate_share = 0.6         # share of each documented rate limit that we may use, 0.05 to 1.0, or "off"
# prod = true              # marked on screen, actions need the task's id typed

[accounts.tx-prod]
vendor = "tencent"
credentials = "env"        # TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, TENCENTCLOUD_TOKEN
site = "intl"              # intl | mainland

[accounts.hw-prod]
vendor = "huawei"
credentials = "env"        # HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK, HUAWEICLOUD_SDK_SECURITY_TOKEN
# project_id = "0123456789abcdef0123456789abcdef"   # else looked up by region
# auth = "aksk"            # aksk | token (HUAWEICLOUD_SDK_USERNAME, _PASSWORD, _DOMAIN_NAME)
# iam_endpoint = "https://iam.example"

[[sources]]
name = "thumbs"            # unique, without "/"
adapter = "alibaba-fc"
account = "ali-prod"
region = "cn-hangzhou"
functions = "*"            # every function in task mode, or ["thumbnailer", "ingest"]
# qualifier = "LATEST"
# interval = "10s"
# window = "24h"           # ended tasks within; "all" for everything the provider keeps
# max_tasks = 10000        # past it the source is PARTIAL; "all" for no limit
# endpoint = "https://fc.example"   # replaces scheme, host and port

[[sources]]
name = "ctr"
adapter = "alibaba-opensearch"
account = "ali-prod"
region = "cn-hangzhou"
targets = ["my-app/ctr/test_model_2"]   # appGroup/function/instance; instance "*" = discover

[[sources]]
name = "media"
adapter = "tencent-mps"
account = "tx-prod"
region = "ap-singapore"    # optional for MPS

[[sources]]
name = "commands"
adapter = "tencent-tat"
account = "tx-prod"
region = "ap-guangzhou"
# instance_ids = ["ins-zj0f57ex"]       # also invocation_ids, command_ids

[[sources]]
name = "keys"
adapter = "huawei-kps"
account = "hw-prod"
region = "cn-north-4"
"""
