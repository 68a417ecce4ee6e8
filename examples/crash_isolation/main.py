"""What a crashing or endless library costs: one call."""

import logging
import os
import sys

import snakebridge as sb

logging.getLogger("snakebridge").setLevel(logging.ERROR)  # deaths are printed below

with sb.connect(python=os.environ.get("SNAKEBRIDGE_PYTHON", sys.executable)) as client:
    try:
        client.call("ctypes:string_at", 1)  # reads address 1
    except sb.WorkerLostError as error:
        print(f"lost to {error.report.signal}" if error.report else error)
    print("next call:", client.call("math:sqrt", 16))
    try:
        sb.options(timeout=0.5)(client.call)("time:sleep", 3600)
    except sb.CallTimeoutError as error:
        print(error)
    print("next call:", client.call("math:sqrt", 25))
