"""Sphinx inventories: real ones, and every way in which a file or a server can fail to be one."""

from __future__ import annotations

import contextlib
import threading
import zlib
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from snakebridge.errors import ConfigurationError
from snakebridge.introspect._inventory import find_inventory, parse_inventory, read_inventory

HEAD = b"# Sphinx inventory version 2\n# Project: zoo\n# Version: 1\n# The remainder is compressed using zlib.\n"
LINES = "zoo.feed py:function 1 api.html#$ -\nzoo.Cat py:class 1 api.html#zoo.Cat A cat, in words\n"
GOOD = HEAD + zlib.compress(LINES.encode())


def test_names_and_roles_are_read():
    odd = LINES + "\nno entry\nzoo std:label -1 index.html Zoo\na b py:function 1 x -\nzoo.feed py:method 1 x -\n"
    found = parse_inventory(HEAD + zlib.compress(odd.encode()), "zoo")
    assert found.roles == {"zoo.feed": "function", "zoo.Cat": "class"}
    assert found.names == {"zoo.feed", "zoo.Cat"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "is no Sphinx inventory", id="empty"),
        pytest.param(b"<html>\n", "is no Sphinx inventory", id="html"),
        pytest.param(b"# Sphinx inventory version 1\n", "is an inventory of another version", id="version-1"),
        pytest.param(HEAD[:60], "ends before its first entry", id="head-alone"),
        pytest.param(HEAD + b"plain", "is damaged", id="not-compressed"),
        pytest.param(GOOD[:-6], "is cut off", id="cut-off"),
        pytest.param(HEAD + zlib.compress(b"\xff\xfe py:class 1 x -\n"), "not UTF-8", id="not-utf-8"),
        pytest.param(HEAD + zlib.compress(b"zoo std:doc 1 x -\n"), "lists no Python name", id="nothing-of-python"),
        pytest.param(HEAD + zlib.compress(bytes(2**27 + 1)), "unpacks to more than 128 MiB", id="bomb"),
    ],
)
def test_what_is_no_inventory_is_one_sentence(data, said):
    with pytest.raises(ConfigurationError, match=r"^zoo\.inv .*; build it with") as caught:
        parse_inventory(data, "zoo.inv")
    assert said in str(caught.value)


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path):
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(ConfigurationError, match="cannot read the inventory"):
            read_inventory(str(path))


def test_a_file_that_is_too_large_is_not_read_further(tmp_path):
    path = tmp_path / "objects.inv"
    with path.open("wb") as file:
        file.truncate(2**25 + 1)
    with pytest.raises(ConfigurationError, match="has more than 32 MiB"):
        read_inventory(str(path))


def test_the_inventory_nearest_to_the_top_is_the_library_own(tmp_path):
    assert find_inventory(tmp_path) is None
    for folder in ("b/deep", "b", "a"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "objects.inv").write_bytes(GOOD)
    assert find_inventory(tmp_path) == tmp_path / "a" / "objects.inv"


@contextlib.contextmanager
def server(status, content):
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as listening:
        thread = threading.Thread(target=listening.handle_request)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}/objects.inv"
        thread.join(10)


def test_a_url_is_fetched():
    with server(200, GOOD) as url:
        assert read_inventory(url).names == {"zoo.feed", "zoo.Cat"}


def test_a_server_that_refuses_is_one_sentence():
    with server(404, b"") as url, pytest.raises(ConfigurationError, match=r"cannot fetch .*Not Found.*name a file"):
        read_inventory(url)


def test_a_server_that_is_not_there_is_one_sentence():
    with server(200, GOOD) as url:
        read_inventory(url)
    with pytest.raises(ConfigurationError, match="cannot fetch"):
        read_inventory(url)
