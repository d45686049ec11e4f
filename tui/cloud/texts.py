"""What the demo cloud's people called things, and what goes wrong with them."""

FC_ERRORS = (
    "UnhandledInvocationError: Process exited unexpectedly (duration: 2841ms, maxMemoryUsage: 511MB)",
    "Function timed out after 60 seconds",
    "Traceback (most recent call last): File \"/code/index.py\", line 41, in handler: KeyError: 'orderId'",
    "Function instance exceeded memory limit 512 MB (OOMKilled)",
    "Error: connect ETIMEDOUT 10.24.3.17:3306",
    "oss2.exceptions.NoSuchKey: {'status': 404, 'details': {'Code': 'NoSuchKey', 'Key': 'in/2026/发票-0417.pdf'}}",
    "requests.exceptions.SSLError: certificate verify failed: certificate has expired",
    "java.lang.OutOfMemoryError: Java heap space",
    "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
    "PermissionError: [Errno 13] Permission denied: '/mnt/nas/out'",
    "CAExited: the function instance exited with code 137",
    "Throttled by downstream: Table Store OTSQuotaExhausted, too frequent row operations",
)

OS_ERRORS: tuple[object, ...] = (
    {"code": "SampleNotEnough", "message": "training samples 8213 are fewer than the required 10000"},
    {"code": "BehaviorDataMissing", "message": "no click behavior was uploaded in the last 7 days"},
    "data download failed: partition ds=20261118 does not exist",
    {"code": "AucTooLow", "message": "auc 0.512 is below the threshold 0.6, the model is not published"},
    "worker 3 of 8 was preempted and could not be rescheduled",
    {"code": "FieldNotFound", "message": "field 'title_cn' is not in the application structure"},
    "dag node feature_join failed: exit code 1",
    {"code": "ModelExportFailed", "message": "saved_model exceeds 2 GB"},
    "query 词表 is empty after filtering",
    {"code": "QuotaExceeded", "message": "concurrent trainings of this instance: 2 of 2"},
    "label leak check failed: feature 'is_clicked' correlates 1.0",
    {"code": "InternalTrainError", "message": "loss is NaN at step 1840"},
)

MPS_ERRORS = (
    ("InternalError", "internal error"),
    ("InvalidParameterValue.Object", "the source object does not exist or is not readable"),
    ("InputFileFormatUnsupported", "moov atom not found"),
    ("InputFileBroken", "invalid data found when processing input at 00:12:44"),
    ("InputStreamNotFound", "no video stream in the source"),
    ("OutputUploadFailed", "upload to COS failed: 403 AccessDenied"),
    ("ImageCorrupted", "watermark image cannot be decoded"),
    ("AudioTrackMissing", "audio template needs an audio track"),
    ("DownloadTimeout", "the source answered no bytes for 60 s"),
    ("CodecUnsupported", "codec prores_raw is not supported"),
    ("DurationTooLong", "the source is longer than 12 h"),
    ("AsrLanguageUndetected", "no supported language was heard"),
)

TAT_ERRORS = (
    "",
    "",
    "",
    "",
    "bash: line 3: /opt/app/bin/rotate.sh: No such file or directory",
    "curl: (28) Failed to connect to 10.0.12.4 port 8080 after 10001 ms",
    "No space left on device: /var/lib/docker",
    "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 2214 (apt-get)",
    "systemd: Job for nginx.service failed because the control process exited with error code",
    "拒绝访问。 (0x80070005)",
    "kernel: Out of memory: Killed process 4171 (java)",
    "rsync error: some files/attrs were not transferred (code 23)",
)
TAT_DELIVER_ERRORS = ("agent offline", "agent did not pull the task within 60 s", "instance is being stopped")
TAT_START_ERRORS = ("working directory /srv/release does not exist", "user deploy does not exist", "fork: retry")

KPS_ERRORS: tuple[tuple[str | None, str], ...] = (
    ("KPS.6028", "Failed to connect to the server."),
    ("KPS.6031", "The SSH port 22 of the server is unreachable."),
    ("KPS.6033", "The password of user root is incorrect."),
    ("KPS.6035", "The private key does not match the key pair bound to the server."),
    ("KPS.6037", "Permission denied: ~/.ssh/authorized_keys is immutable."),
    ("KPS.6040", "The server is not running."),
    ("KPS.6042", "The disk of the server is full."),
    ("KPS.6044", "The operating system of the server is not supported."),
    ("KPS.6047", "sshd could not be restarted."),
    ("KPS.6050", "The security group does not allow 100.125.0.0/16."),
    (None, "Update public key error"),
    (None, "Timed out while the server was being reset"),
)

# name, id prefix ("" = 32 hex digits), share of the arrivals, task mode on, qualifier
FC_FUNCTIONS: dict[str, tuple[tuple[str, str, int, bool, str], ...]] = {
    "cn-hangzhou": (
        ("thumbnailer", "", 8, True, "LATEST"),
        ("ingest-orders", "order-", 6, True, "LATEST"),
        ("ocr-invoice", "", 4, True, "prod"),
        ("report-pdf", "report-", 2, True, "LATEST"),
        ("legacy-media$transcode", "", 3, True, "LATEST"),
        ("api-auth", "", 0, False, "LATEST"),
        ("webhook_relay", "", 0, False, "LATEST"),
    ),
    "cn-shanghai": (
        ("nightly-billing", "job-", 2, True, "LATEST"),
        ("embed-documents", "", 6, True, "LATEST"),
        ("ingest-orders", "order-", 4, True, "LATEST"),
    ),
}

# app group, function, instance, model type, listed in the config by name
OS_TARGETS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "cn-hangzhou": (
        ("shop_search", "ctr", "ctr_main", "tf_checkpoint"),
        ("shop_search", "ctr", "ctr_test", "tf_checkpoint"),
        ("shop_search", "ctr", "ctr_double11", "tf_checkpoint"),
        ("shop_search", "pop", "pop_daily", "pop"),
    ),
    "cn-shanghai": (
        ("news_feed", "ctr", "news_ctr", "tf_checkpoint"),
        ("news_feed", "ctr", "news_ctr_v2", "tf_checkpoint"),
        ("news_feed", "hot", "hot_words", "hot"),
    ),
}

# task type of the row, sub-task types, share
MPS_KINDS: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("WorkflowTask", ("Transcode",), 8),
    ("WorkflowTask", ("Transcode", "SampleSnapshot"), 5),
    ("WorkflowTask", ("AdaptiveDynamicStreaming",), 3),
    ("WorkflowTask", ("AiRecognition",), 2),
    ("WorkflowTask", ("action-trans",), 2),
    ("ScheduleTask", ("SmartSubtitles", "Transcode"), 2),
    ("EditMediaTask", (), 2),
    ("LiveProcessTask", ("LiveRecord",), 1),
)
MPS_OBJECTS = ("in/sport-2026", "in/lecture", "raw/直播回放", "raw/clip", "in/mastered/trailer", "upload/手机视频")

# name or None (run without saving), type, script, share
TAT_COMMANDS: tuple[tuple[str | None, str, str, int], ...] = (
    ("nightly-清理", "SHELL", "#!/bin/sh\nfind /var/log/app -mtime +7 -delete\n", 4),
    ("restart-nginx", "SHELL", "systemctl restart nginx && systemctl is-active nginx\n", 3),
    ("collect-metrics", "SHELL", "vmstat 1 5; df -h; free -m\n", 5),
    ("deploy-web", "SHELL", "cd /srv/release && ./deploy.sh --tag latest\n", 2),
    ("rotate-证书", "SHELL", "certbot renew --quiet\n", 1),
    ("win-update-check", "POWERSHELL", "Get-HotFix | Sort-Object InstalledOn\n", 2),
    ("清理回收站", "BAT", "rd /s /q %systemdrive%\\$Recycle.Bin\n", 1),
    (None, "SHELL", "uptime\n", 1),
)
TAT_OUTPUTS = (
    "ok\n",
    "removed 214 files, freed 3.1 GB\n",
    "active\n",
    " 10:02:11 up 41 days,  2:11,  1 user,  load average: 0.31, 0.28, 0.22\n",
    "Filesystem      Size  Used Avail Use% Mounted on\n/dev/vda1        50G   31G   17G  65% /\n",
    "清理完成：共删除 37 个文件\n",
    "\x1b[32mPASS\x1b[0m 12 checks\n",
    "certificate is valid until 2027-02-11, nothing to do\n",
)

KPS_SERVERS = ("ecs-web", "ecs-api", "ecs-数据库", "bastion", "gpu-train", "ecs-日志", "cache", "runner", "ecs-测试")
KPS_KEYPAIRS = ("KeyPair-ops", "KeyPair-ci", "deploy_2026", "KeyPair-dba", "break-glass")
KPS_OPERATIONS = ("RESET", "REPLACE", "UNBIND")
