"""A host that gets into one state of life, says so, and stays in it until it is killed."""

import itertools
import json
import sys
import threading

import snakebridge as sb


def say(word="there"):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def wait(*_):
    say()
    threading.Event().wait()


def starting(options):
    say()
    while True:
        with sb.connect(**options) as client:
            client.call("os:getpid")


def idle(client):
    client.call("os:getpid")
    wait()


def python(client):
    threading.Timer(0.1, say).start()
    client.call("brittle:busy", 600)


def native(client):
    threading.Timer(0.1, say).start()
    client.call("builtins:sum", client.call("itertools:repeat", 1))


def callback(client):
    client.call("functools:reduce", wait, [1, 2])


def stream(client):
    for number in client.call("itertools:count", 0):
        if number == 5000:
            say()


def recycling(client):
    say()
    for _ in itertools.count():
        client.call("os:getpid")
        client.recycle()


def family(client):
    client.call("brittle:family")
    client.call("brittle:strayed")
    wait()


def answering(client):
    """Answer each call with a line."""
    say(client.call("os:getpid"))
    for line in sys.stdin:
        say(client.call("brittle:mark", line.strip(), 0.2))
        say(client.call("os:getpid"))


def main(options, state):
    if state == "starting":
        starting(options)
    with sb.connect(**options) as client:
        globals()[state](client)


main(json.loads(sys.argv[1]), sys.argv[2])
