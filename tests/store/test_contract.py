"""``FolderVault`` has the methods of the protocol ``Vault``, with the same parameters, and can be pickled."""

from __future__ import annotations

import inspect
import pickle
from pathlib import Path
from typing import get_type_hints

import pytest

from reelwright.engine.steps.interfaces import Vault
from reelwright.store.vault.vault import FolderVault

METHODS = [name for name, value in vars(Vault).items() if inspect.isfunction(value) and not name.startswith("_")]


@pytest.mark.parametrize("name", METHODS)
def test_the_folder_vault_has_each_method_of_the_protocol_with_the_same_parameters(name: str) -> None:
    wanted, found = inspect.signature(getattr(Vault, name)), inspect.signature(getattr(FolderVault, name))
    assert list(found.parameters.values())[: len(wanted.parameters)] == list(wanted.parameters.values())
    assert all(extra.default is not extra.empty for extra in list(found.parameters.values())[len(wanted.parameters) :])
    if name != "open_local":  # an async generator becomes a context manager by its decorator
        assert get_type_hints(getattr(FolderVault, name))["return"] == get_type_hints(getattr(Vault, name))["return"]


def test_a_vault_travels_to_a_hand(tmp_path: Path) -> None:
    vault = FolderVault.open(tmp_path / "vault")
    assert pickle.loads(pickle.dumps(vault)) == vault
