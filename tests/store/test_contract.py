"""The store offers what the waist asks for, to the letter; the engine knows nothing else of it."""

from __future__ import annotations

import inspect
import pickle
from pathlib import Path
from typing import get_type_hints

import pytest

from reelwright.engine import waist
from reelwright.store.journal import SqlJournal
from reelwright.store.ledger import SqlLedger
from reelwright.store.vault import FolderVault

PAIRS = [(waist.Journal, SqlJournal), (waist.Ledger, SqlLedger), (waist.Vault, FolderVault)]
METHODS = [
    pytest.param(asked, offered, name, id=f"{asked.__name__}.{name}")
    for asked, offered in PAIRS
    for name, value in vars(asked).items()
    if inspect.isfunction(value) and not name.startswith("_")
]


@pytest.mark.parametrize(("asked", "offered", "name"), METHODS)
def test_a_method_of_the_waist_is_offered_with_the_same_parameters(asked: type, offered: type, name: str) -> None:
    wanted, found = inspect.signature(getattr(asked, name)), inspect.signature(getattr(offered, name))
    assert list(found.parameters.values())[: len(wanted.parameters)] == list(wanted.parameters.values())
    assert all(extra.default is not extra.empty for extra in list(found.parameters.values())[len(wanted.parameters) :])
    if name != "open_local":  # an async generator becomes a context manager by its decorator
        assert get_type_hints(getattr(offered, name))["return"] == get_type_hints(getattr(asked, name))["return"]


def test_a_vault_travels_to_a_hand(tmp_path: Path) -> None:
    vault = FolderVault.open(tmp_path / "vault")
    assert pickle.loads(pickle.dumps(vault)) == vault
