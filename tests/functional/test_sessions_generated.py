"""Sessions of generated packages: replay with typed proxies, owner death at the program's end."""

from __future__ import annotations

import subprocess
import sys
import textwrap

REPLAY = """
    import os, signal
    import snakebridge as sb
    from o import configparser, os as there

    with sb.session(replay=True):
        parser = configparser.ConfigParser()
        parser.read_string("[one]\\nkey = 1")
        section = parser["one"]
        assert type(section) is configparser.SectionProxy
        os.kill(there.getpid(), signal.SIGKILL)
        try:
            while True:  # the call at the moment of death is not made again
                parser.sections()
        except sb.WorkerLostError:
            pass
        parser.set("one", "more", "2")
        assert section["key"] == "1" and section["more"] == "2", dict(section)
        assert type(parser) is configparser.ConfigParser
        assert parser["one"] is section
    print("ran")
"""

LEFT_OPEN = """
    import snakebridge as sb
    from o import configparser

    session = sb.session(ttl=60)
    session.__enter__()
    parser = configparser.ConfigParser()
    print("ran")
"""


def run(folder, program):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("ran\n", 0), done.stderr
    return done.stderr


def test_generated_proxies_are_replayed_and_programs_may_end_inside(tmp_path, target):
    command = [sys.executable, "-m", "snakebridge", "generate", "configparser", "os", "--python", str(target)]
    subprocess.run([*command, "--out", "o", "--manifests", "m"], cwd=tmp_path, check=True, capture_output=True)
    assert "SIGKILL" in run(tmp_path, REPLAY)  # the supervisor's warning
    assert run(tmp_path, LEFT_OPEN) == ""
