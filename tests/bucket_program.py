"""The process of ``buckets``: serves S3's protocol by moto, and is stopped and started by lines on standard input."""

from __future__ import annotations

import logging
import os
import sys

os.environ["MOTO_DISABLE_GLOBAL_CORS"] = "true"  # else every page may read it, whatever the rules of the bucket
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
port = 0
server: ThreadedMotoServer | None = None
for line in sys.stdin:
    if line == "start\n" and server is None:
        server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
        server.start()
        port = int(server.get_host_and_port()[1])
    elif line == "stop\n" and server is not None:
        server.stop()
        server = None
    print(port, flush=True)
