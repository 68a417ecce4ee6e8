"""Objects stay where they are; what you loop over streams."""

import itertools
import os
import sys

import snakebridge as sb

with sb.connect(python=os.environ.get("SNAKEBRIDGE_PYTHON", sys.executable)) as client:
    with client.session():
        ordered = client.module("collections").OrderedDict()
        ordered["first"] = 1
        ordered["second"] = [2]
        print(ordered, len(ordered), "first" in ordered, list(ordered))
        squares = client.call("builtins:map", client.module("math").sqrt, client.module("itertools").count())
        print([round(root, 2) for root in itertools.islice(squares, 5)])
    try:
        print(ordered["first"])
    except sb.StaleReferenceError as error:
        print(f"after the session: {error}")
