"""Type expressions of the host's own classes and of the library's, as a library that reads them gets them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Optional

import pytest


class Thing:
    pass


@pytest.mark.parametrize("given", [list[int], dict[str, int] | None, Optional[dt.date], Annotated[int, "m"]], ids=repr)  # noqa: UP045 - what is tested
def test_type_expression_is_one_over_there_and_comes_back(client, given):
    assert client.call("builtins:repr", given) == repr(given)
    back = client.call("copy:copy", given)
    assert (type(back), back) == (type(given), given)


def test_class_of_the_library_in_a_type_expression_is_its_own(client):
    counter = client.module("collections").Counter
    assert client.call("builtins:repr", list[counter]) == "list[collections.Counter]"
    assert client.call("copy:copy", list[counter]) == list[counter]


def test_class_of_values_that_is_passed_is_the_library_s_own(client):
    assert client.call("builtins:isinstance", dt.date(2024, 1, 2), dt.date) is True
    assert client.call("operator:is_", type(None), client.module("types").NoneType) is True


def test_type_expression_with_a_class_of_the_host_comes_back_as_itself(client):
    given = list[Thing]
    assert client.call("copy:copy", given) == given
    assert client.call("types:SimpleNamespace", given=given).given is given
