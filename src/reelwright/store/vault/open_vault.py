"""Opens the vault that the settings name, in a folder or in an object store, and its markers of paid sends."""

from __future__ import annotations

from reelwright.net.object_store import ObjectStore
from reelwright.settings import Settings
from reelwright.store.vault.markers import Markers, SendMarkers
from reelwright.store.vault.object_markers import ObjectMarkers
from reelwright.store.vault.object_vault import ObjectVault
from reelwright.store.vault.vault import FolderVault


def open_vault(settings: Settings) -> FolderVault:
    """Open the vault; its folder is created if need be. Contacts no object store."""
    folder = FolderVault.open(settings.vault)
    if not settings.vault_url:
        return folder

    store = ObjectStore(settings.vault_url, settings.vault_endpoint)
    return ObjectVault(folder.root, store, settings.vault_cache_gb * 10**9)


def open_markers(vault: FolderVault) -> SendMarkers:
    """Open the markers of paid sends, which lie where the bytes of ``vault`` do."""
    if not isinstance(vault, ObjectVault):
        return Markers(vault)

    return ObjectMarkers(vault)
