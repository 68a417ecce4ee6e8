"""The door of the guest: `<their python> -I -X pycache_prefix=<our cache> <this file> ROLE ARG...`.

Where it runs: in a foreign interpreter, started by path. The whole file parses on Python 2.7 and on every Python 3
(plain ASCII, annotations as comments), and above the gate it imports `sys` alone, so that an old interpreter gives a
sentence and an exit status of its own instead of a SyntaxError.

What it guarantees: the target's `sys.path` is as the target made it. The guest's package is loaded from its folder
without that folder, or the one around it (the host's site-packages), ever being on the path; otherwise the target
would import the host's numpy. `sys.argv` is emptied, because libraries such as kivy parse it when they are imported.
"""

import sys

EXIT_USAGE = 2
EXIT_UNSUPPORTED = 88
OLDEST = (3, 8)

if sys.version_info < OLDEST:
    sys.stderr.write(
        "snakebridge needs Python 3.8 or newer in the target, but %s is Python %s; "
        "choose a newer interpreter for this library.\n"
        % (sys.executable, ".".join(str(part) for part in sys.version_info[:3]))
    )
    sys.exit(EXIT_UNSUPPORTED)

import importlib  # noqa: E402 - nothing but `sys` may be imported before the gate
import importlib.util  # noqa: E402 - as above
import os  # noqa: E402 - as above

PACKAGE = "snakebridge_guest"
ROLES = {
    "describe": PACKAGE + ".describe",
    "examples": PACKAGE + ".examples",
    "outline": PACKAGE + ".outline",
    "probe": PACKAGE + ".probe",
    "worker": PACKAGE + ".worker",
    "zygote": PACKAGE + ".worker.zygote",
}


def load_package(folder):
    # type: (str) -> None
    """Make the guest's package importable from its folder alone, whatever else has that name in the target."""
    spec = importlib.util.spec_from_file_location(
        PACKAGE, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    assert spec is not None
    assert spec.loader is not None
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


def main(arguments):
    # type: (list[str]) -> int
    """Run one role and return its exit status."""
    if not arguments or arguments[0] not in ROLES:
        sys.stderr.write(
            "snakebridge_guest is started by snakebridge, with one of the roles %s; it was given %s.\n"
            % (", ".join(sorted(ROLES)), repr(arguments[0]) if arguments else "none")
        )
        return EXIT_USAGE
    folder = os.path.dirname(os.path.abspath(__file__))
    # The interpreter puts the script's folder first unless it runs isolated, and a wrapper script may drop options.
    if sys.path and os.path.abspath(sys.path[0]) == folder:
        del sys.path[0]
    load_package(folder)
    del sys.argv[1:]
    return int(importlib.import_module(ROLES[arguments[0]]).main(arguments[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
