"""The contract sees what breaks a shop; `python -m tests.contract.mutations` tries all of it."""

from __future__ import annotations

from pathlib import Path

import msgspec.yaml
import pytest

from . import mutations
from .mutations import ROOT, main

SHOPS = [shop for shop in ("flask_examples", "fastapi_examples") if (ROOT / "src" / shop).is_dir()]
DEFECT = {
    "file": f"{SHOPS[0]}/errors.py",
    "old": '404: "There is nothing at this address."',
    "new": '404: "Nothing."',
    "breaks": "an address that is not there is told in other words",
}
HARMLESS = {
    "file": f"{SHOPS[0]}/errors.py",
    "old": '"""Every error in one shape, whoever raised it.',
    "new": '"""Every error in one form, whoever raised it.',
    "breaks": "nothing that anybody can see",
}


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list of defects of the test's own, and the part of the contract that sees the first."""
    path = tmp_path / "mutations.yml"
    monkeypatch.setattr(mutations, "LIST", path)
    monkeypatch.setattr(mutations, "CONTRACT", "tests/contract/test_catalogue.py")
    return path


def test_every_defect_can_be_made() -> None:
    assert len(mutations.mutations()) >= 15 * len(SHOPS)


def test_a_defect_that_no_test_sees_is_an_error(
    listed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed.write_bytes(msgspec.yaml.encode([DEFECT, HARMLESS]))

    status = main([])

    seen, unseen, count = capsys.readouterr().out.splitlines()
    assert status == 1
    assert "told in other words: tests/contract/test_" in seen
    assert unseen.endswith("nothing that anybody can see: NOT SEEN")
    assert count == "1 of 2 defects are seen."


def test_a_defect_whose_place_is_gone_is_an_error(
    listed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = {**DEFECT, "file": f"{SHOPS[0]}/moved.py"}
    listed.write_bytes(msgspec.yaml.encode([{**DEFECT, "old": "no such code"}, moved]))

    status = main([])

    first, second = capsys.readouterr().err.splitlines()
    assert status == 2
    assert "stands 0 times in the file; mend mutations.yml" in first
    assert "the file cannot be read: No such file" in second


def test_a_choice_of_nothing_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "nothing of the kind"]) == 2
    assert "No defect has 'nothing of the kind'" in capsys.readouterr().err
