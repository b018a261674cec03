"""A run of sequences that was stopped goes on with what has not held yet on the code as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from person import sequences


@pytest.mark.parametrize(
    ("changed", "left_out"),
    [({}, True), ({"code": "before"}, False), ({"seed": "another"}, False), ({"held": False}, False)],
    ids=["held", "on other code", "under another seed", "failed"],
)
def test_only_chunks_that_held_under_this_seed_on_this_code_are_left_out(
    changed: dict[str, object], left_out: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REELWRIGHT_SEED", "48")
    monkeypatch.setattr(sequences, "LOG", tmp_path / "seeds.jsonl")
    monkeypatch.setattr(sequences, "HELD", tmp_path / "held.json")
    monkeypatch.setattr(sequences, "CONTINUES", True)
    line = {"seed": "48", "code": sequences.compute_code_digest(), "held": True}
    lines = [{"n": n, **line, **(changed if n == 3 else {})} for n in range(10)]
    sequences.LOG.write_text("".join(f"{json.dumps(one)}\n" for one in lines), encoding="utf-8")
    sequences._list_held.cache_clear()
    try:
        assert (range(10) not in sequences.list_chunks(12, 0)) == left_out
    finally:
        sequences._list_held.cache_clear()


def test_what_held_is_kept_for_a_run_that_goes_on_in_another_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REELWRIGHT_SEED", "48")
    monkeypatch.setattr(sequences, "LOG", tmp_path / "seeds.jsonl")
    monkeypatch.setattr(sequences, "HELD", tmp_path / "held.json")
    monkeypatch.setattr(sequences, "CONTINUES", True)
    line = {"seed": "48", "code": sequences.compute_code_digest()}
    lines = [{"n": n, **line, "held": n != 23} for n in [*range(10), *range(20, 30)]]
    sequences.LOG.write_text("".join(f"{json.dumps(one)}\n" for one in lines), encoding="utf-8")
    sequences._list_held.cache_clear()
    try:
        sequences.keep_held()
        assert json.loads(sequences.HELD.read_text(encoding="utf-8"))["held"] == [[0, 10], [20, 23], [24, 30]]
        sequences.LOG.unlink()
        sequences._list_held.cache_clear()
        assert range(10) not in sequences.list_chunks(12, 0)
        assert range(20, 30) in sequences.list_chunks(12, 2)
    finally:
        sequences._list_held.cache_clear()


def test_a_sequence_that_was_stopped_leaves_no_line_and_one_that_failed_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REELWRIGHT_SEED", "48")
    monkeypatch.setattr(sequences, "LOG", tmp_path / "seeds.jsonl")
    with pytest.raises(KeyboardInterrupt), sequences.record_sequence(3, "cell"):
        raise KeyboardInterrupt
    assert not sequences.LOG.exists()
    with pytest.raises(AssertionError), sequences.record_sequence(4, "cell"):
        raise AssertionError
    assert json.loads(sequences.LOG.read_text(encoding="utf-8"))["held"] is False


def test_what_the_digest_leaves_out_runs_in_no_sequence() -> None:
    source = Path(sequences.reelwright.__file__).parent
    modules = [f"reelwright.{place.removesuffix('.py').replace('/', '.')}" for place in sequences._CLUSTER]
    importers = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if any(f"from {module} import" in path.read_text("utf-8") for module in modules)
    }
    assert importers <= {"engines/cluster.py", "engines/host.py"}, "only a host with a Ray address takes it"
    texts = [path.read_text("utf-8") for path in Path(__file__).parent.glob("*.py") if path.name != Path(__file__).name]
    assert not [text for text in texts if "ray_address" in text.lower()]
