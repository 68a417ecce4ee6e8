"""The figures of verified libraries in their file: canonical, replaced as a whole, and refused when damaged."""

from __future__ import annotations

import pytest

from snakebridge.errors import ManifestError
from snakebridge.manifest import Verified, read_verified, write_verified

ONE = Verified(manifest="a" * 64, direct=3, bridged=2, kinds={"shown": 1})
OTHER = Verified(manifest="b" * 64, direct=5, bridged=5, kinds={})


def test_figures_come_back_and_the_order_of_writing_does_not_show(tmp_path):
    assert read_verified(tmp_path) == {}
    assert write_verified(tmp_path, "zebra", ONE)
    assert write_verified(tmp_path, "ape", OTHER)
    assert read_verified(tmp_path) == {"ape": OTHER, "zebra": ONE}
    (file,) = tmp_path.iterdir()
    before = file.read_bytes()
    assert not write_verified(tmp_path, "zebra", ONE)
    file.unlink()
    write_verified(tmp_path, "ape", OTHER)
    write_verified(tmp_path, "zebra", ONE)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"a":{}}', '{"a":{"manifest":"x","direct":-1,"bridged":0,"kinds":{}}}'],
    ids=["empty", "list", "no-figures", "negative"],
)
def test_damaged_file_is_refused_and_left_alone(tmp_path, text):
    file = tmp_path / "snakebridge.verified"
    file.write_text(text)
    with pytest.raises(ManifestError, match="delete it and verify again"):
        write_verified(tmp_path, "a", ONE)
    assert file.read_text() == text
