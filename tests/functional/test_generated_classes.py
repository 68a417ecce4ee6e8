"""Generated classes behave like the library's own: the whole way, from a library with every sort of class."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from interpreters import interpreter

LIBRARY = Path(__file__).parents[1] / "zoo" / "libraries" / "zoo_classes.py"

ATTRIBUTES = """
    one = zoo.Base("n")
    assert (one.count, one.grow(), one.count) == (0, 1, 1)
    assert (zoo.Base.count, zoo.Child.count, zoo.Grandchild.count) == (0, 10, 10)
    assert zoo.Base.registry == {} and zoo.Base.shared is None
    one.strict, one.label = False, "mine"
    assert (one.strict, one.label, zoo.Base.strict) == (False, "mine", True)
"""

CLASS_METHODS = """
    class Mine(zoo.Child):
        pass

    assert type(zoo.Base.make("a")) is zoo.Base
    assert type(zoo.Child.make("a")) is zoo.Child
    assert [each.whoami() for each in (zoo.Child, zoo.Grandchild, Mine)] == ["Child", "grand Grandchild", "Child"]
    assert zoo.Child("x").whoami() == "Child"
    assert zoo.Child.add(1, 2) == 3
    for address in ("Child.grow", "Child.__init__", "Child.nothing", "_Hidden.make", "Base.make.__func__"):
        try:
            zoo._lib.call(f"zoo_classes:{address}")
        except AdapterRefusedError:
            pass
        else:
            raise AssertionError(address)
"""

ENUMS = """
    Colour, Access = zoo.Colour, zoo.Access
    assert Colour.RED.pretty == "Red"
    assert Colour.RED.mix(Colour.GREEN) is Colour.GREEN
    assert Colour.default() is Colour.GREEN and Colour.named("RED") is Colour.RED
    assert str(Colour.RED) == "colour red" and Colour.RED < Colour.GREEN
    assert zoo.same(Colour.RED) is Colour.RED
    assert zoo.both() is Access.READ | Access.WRITE
    assert (Access.READ | Access.EXEC).describe() == "5"
    for value in (Access.READ | Access.EXEC, Access(0), zoo.Opaque.FIRST):
        assert zoo.same(value) is value
"""

ERRORS = """
    error = zoo.TroubleError("hm", level=4)
    assert (error.what, error.level, str(error), error.args) == ("hm", 4, "hm!", ("hm!",))
    assert (error.explain(), error.explain(loud=True), error.doubled) == ("hm at 4", "HM AT 4", 8)
    assert zoo.check(error) == "TroubleError hm! {'what': 'hm', 'level': 4}"
    assert zoo.same(error) is error
    try:
        zoo.fail("x")
    except ValueError as raised:
        assert type(raised) is zoo.TroubleError and raised.explain() == "x at 3" and raised.doubled == 6
    else:
        raise AssertionError
    worse = zoo.WorseError.of("w")
    assert type(worse) is zoo.WorseError and worse.level == 7 and worse.explain() == "w at 7"
    assert zoo.PlainError(1, 2).args == (1, 2)

    def raising():
        raise error

    try:
        zoo.run(raising)
    except zoo.TroubleError as raised:
        assert raised is error
    try:
        zoo.TroubleError()
    except TypeError as missing:
        assert "what" in str(missing)
    copied = pickle.loads(pickle.dumps(error))
    assert copied.level == 4
    try:
        copied.explain()
    except sb.StaleReferenceError as gone:
        assert "it is a copy" in str(gone)
    else:
        raise AssertionError
"""

RECORDS = """
    spot = zoo.point()
    assert type(spot) is zoo.Point and spot == (1.0, 2.0) and spot.x == 1.0
    assert (zoo.length(zoo.Point(1.0, 5.0)), zoo.length(zoo.Point(1.0))) == (6.0, 1.0)
    assert type(zoo.same(zoo.Old(1, [2]))) is zoo.Old
    fancy = zoo.fancy()
    assert type(fancy) is zoo.Fancy and fancy.double() == 6 and fancy[0] == 3
    assert fancy._fields == ("a",) and fancy._asdict() == {"a": 3} and fancy._replace(a=4).double() == 8
    try:
        fancy._double
    except (AdapterRefusedError, AttributeError):
        pass
    else:
        raise AssertionError
    assert zoo.options() == {"size": 1}
    assert zoo.take(zoo.Options(size=1, name="x")) == ["name", "size"]
    assert zoo.Options.__required_keys__ == frozenset()
"""

DATA = """
    data = zoo.Data(1)
    data.b = [3]
    match data:
        case zoo.Data(1, [3]):
            pass
        case _:
            raise AssertionError
    assert zoo.More(1, d=2.0).d == 2.0
    assert not isinstance(data, collections.abc.Hashable) and not isinstance(zoo.Unhashable(), collections.abc.Hashable)
    assert {zoo.Rehashed(): 1}
    assert zoo.Box[int](3).get() == 3 and type(zoo.box()) is zoo.Box
    assert zoo.IntBox(3).double() == 6 and isinstance(zoo.IntBox(3), zoo.Box)
"""

INSTANCES = """
    hidden = zoo.hidden()
    assert type(hidden) is type(zoo.hidden()) and type(hidden).__name__ == "_Hidden"
    assert isinstance(hidden, zoo.Child) and isinstance(hidden, zoo.Sized) and issubclass(type(hidden), zoo.Base)
    assert hidden[4] == 8 and len(hidden) == 3 and hidden.upper == "H" and hidden.count == 10
    assert zoo.is_a(hidden, zoo.Child) and zoo.is_a(zoo.Child(), zoo.Base) and not zoo.is_a(zoo.Base(), zoo.Child)
    assert zoo.is_heir(zoo.Child, zoo.Base) and zoo.same(zoo.Child) is zoo.Child
"""

HEIRS = """
    class Mine(zoo.Child):
        def __init__(self, name):
            self._cache = {"own": 1}
            self.label = "early"
            super().__init__(name)
            self._later = 2

    mine = Mine("n")
    mine._later += 1
    assert (mine._cache, mine._later, mine.label, vars(mine)) == ({"own": 1}, 3, "early", {"_cache": {"own": 1}, "_later": 3})
    del mine._later
    assert not hasattr(mine, "_later")

    class Forgetful(zoo.Child):
        def __init__(self):
            pass

    try:
        Forgetful().grow()
    except sb.StaleReferenceError as forgotten:
        assert "constructor" in str(forgotten)
    one = zoo.Base("n")
    assert not hasattr(one, "_repr_html_") and not hasattr(one, "_ipython_canary_method_should_not_exist_")
    try:
        one._secret
    except AdapterRefusedError as private:
        assert isinstance(private, AttributeError) and "_secret is private" in str(private)
    else:
        raise AssertionError
"""

PROGRAMS = {
    "attributes": ATTRIBUTES,
    "class-methods": CLASS_METHODS,
    "enums": ENUMS,
    "errors": ERRORS,
    "records": RECORDS,
    "data": DATA,
    "instances": INSTANCES,
    "heirs": HEIRS,
}
HEAD = """
import collections.abc, pickle
import snakebridge as sb
from snakebridge.errors import AdapterRefusedError
from o import zoo_classes as zoo
"""


@pytest.fixture(scope="module", params=["3.9", "3.13"])
def bridged(request, tmp_path_factory):
    """A folder with the library's generated package; the library is in an environment of its own."""
    folder = tmp_path_factory.mktemp("classes")
    python = folder / "venv" / "bin" / "python"
    subprocess.run([interpreter(request.param), "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    shutil.copy(LIBRARY, packages)
    command = [sys.executable, "-m", "snakebridge", "generate", "zoo_classes", "--python", str(python)]
    subprocess.run([*command, "--out", "o", "--manifests", "m"], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_generated_class_behaves_as_the_librarys_own(bridged, program):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HEAD + textwrap.dedent(program)],
        cwd=bridged,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
