"""The reason why a video has not begun: others before it, weights that load, or no node with its GPUs."""

from __future__ import annotations

import math
import time
from pathlib import Path

from reelwright.engines.cards import get_engine_card
from reelwright.engines.host import get_runs_folder
from reelwright.engines.model_cards import get_model_card
from reelwright.engines.run_record import RunFiles, build_wait_files
from reelwright.errors import BadInput
from reelwright.reason import Reason


def explain_wait(home: Path, model: str, before: int) -> Reason | None:
    """Return why a video of ``model`` has not begun, as far as this machine's files tell; None if nothing delays it.

    ``before``: the videos of the model that were ordered earlier and are not made yet.
    """
    try:
        card = get_model_card(home, model)
        engine = get_engine_card(home, card.engine)
    except BadInput:
        return None
    runs = get_runs_folder(home)
    files = RunFiles(runs, model)
    if before >= engine.slots:
        count = before - engine.slots + 1
        video_s = files.read_video_s()
        if video_s is None:
            return Reason("engine_has_others", params={"model": model, "count": count})
        starts_in_s = math.ceil(math.ceil(count / engine.slots) * video_s)
        return Reason("engine_has_others_for", params={"model": model, "count": count, "starts_in_s": starts_in_s})
    if (record := files.read()) is None:
        files = build_wait_files(runs, model)
        record = files.read()
    if record is None or record.ready_s is not None:
        return None
    for_s = max(0, round(time.time() - record.started_at))
    if not record.is_placed:
        memory = card.memory
        needs = f"{max(1, memory.gpus)} × GPU, {memory.gpu_gb} GB" if memory.gpu_gb else "1 × CPU"
        return Reason("engine_waits_for_node", params={"model": model, "for_s": for_s, "needs": needs})
    usual_s = files.read_load_s()
    if usual_s is None:
        return Reason("engine_loading", params={"model": model, "for_s": for_s})
    return Reason("engine_loading_again", params={"model": model, "for_s": for_s, "usual_s": round(usual_s)})
