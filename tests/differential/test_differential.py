"""The same body gives the same result beside the library and through the bridge: on every link, profile and guest."""

from __future__ import annotations

import json

import pytest

from differential.cases import CASES
from differential.combinations import COMBINATIONS, FIRST
from differential.different import DIFFERENT, OLDER

GROUPS = sorted({case.group for case in CASES.values()})
# The largest groups are dealt out: beside `FIRST` a combination gets every fourth case, or every second. Each link gets all.
DEALT = {"operators": 4, "algorithms": 2, "collections": 2, "numbers": 2, "text": 2, "time": 2}


def version(guest: str) -> tuple[int, ...]:
    return tuple(map(int, guest.split(".")))


def matches(name: str, pattern: str) -> bool:
    """Return whether a pattern is about a case; an asterisk at the end stands for the rest."""
    return name == pattern or (pattern.endswith("*") and name.startswith(pattern[:-1]))


def reason(name: str, guest: str) -> str | None:
    """Return why a case may differ."""
    known = DIFFERENT if version(guest) >= (3, 10) else {**DIFFERENT, **OLDER}
    return next((known[each] for each in known if matches(name, each)), None)


def difference(name: str, local: object, remote: object) -> str | None:
    """Return what differs, as text."""
    if json.loads(json.dumps(remote)) == local:
        return None
    shown = (json.dumps(each, ensure_ascii=True) for each in (local, remote))
    return "{}\n    beside:  {}\n    through: {}".format(name, *shown)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("combination", COMBINATIONS, ids=str)
def test_cases_give_the_same_through_the_bridge(group, combination, expected, bridged):
    known = expected(combination.guest)
    names = [name for name, case in CASES.items() if case.group == group and name in known]
    if combination != FIRST:
        step = DEALT.get(group, 1)
        names = names[COMBINATIONS.index(combination) % step :: step]
    found = {name: difference(name, known[name], bridged(name, combination)) for name in names}
    differing = [text for name, text in found.items() if text is not None and reason(name, combination.guest) is None]
    assert not differing, f"{len(differing)} of {len(names)} cases differ\n" + "\n".join(differing)
    if combination == FIRST:
        mended = [name for name, text in found.items() if text is None and reason(name, combination.guest) is not None]
        assert not mended, "these no longer differ: take them out of DIFFERENT\n" + "\n".join(mended)


def test_every_difference_is_of_a_case():
    assert [each for each in (*DIFFERENT, *OLDER) if not any(matches(name, each) for name in CASES)] == []


def test_there_are_hundreds_of_cases_that_do_not_differ():
    assert sum(reason(name, FIRST.guest) is None for name in CASES) >= 400
