"""A host that runs into a limit of the machine, and says what became of it."""

import gc
import json
import os
import resource
import sys
import tempfile
from pathlib import Path

import snakebridge as sb
from snakebridge.errors import SnakebridgeError


def say(**told):
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def folder(options, path):
    tempfile.tempdir = os.environ["TMPDIR"] = os.environ["XDG_RUNTIME_DIR"] = path
    with sb.connect(**options) as client:
        say(value=client.call("operator:add", 1, 2))


def opened():
    gc.collect()
    return [int(path.name) for path in Path("/proc/self/fd").iterdir()]


def descriptors(options):
    with sb.connect(**options):
        pass
    before = len(opened())
    with sb.connect(workers=1, timeout=30, **options) as client:
        client.call("os:getpid")
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(opened()) + 4, hard))
        client.resize(3)
        served = [client.call("operator:add", 1, 2) for _ in range(20)]
        refused = "nothing"
        try:
            sb.connect(**options).close()
        except (SnakebridgeError, OSError) as error:
            refused = type(error).__name__
        say(served=served, refused=refused)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        client.resize(3)
        client.wait_ready(3)
        say(workers=len(client.stats().workers))
    say(leaked=max(0, len(opened()) - before))


options, state, *arguments = json.loads(sys.argv[1]), sys.argv[2], *sys.argv[3:]
globals()[state](options, *arguments)
