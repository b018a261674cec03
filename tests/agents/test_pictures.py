"""Pictures for agents: a contact sheet, a still that is the film's own frame, and only what an edit changed."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
from PIL import Image

from agents.served import BRIEF, KLING, SMALL, serve


def read_frames(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def to_array(image: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(image)).convert("RGB"))


async def test_a_film_is_seen_as_a_sheet_as_its_own_frames_and_by_what_changed(tmp_path: Path) -> None:
    async with serve(tmp_path / "home") as agent:
        begun = await agent.call("make", brief=BRIEF, **{**SMALL, "length": 8})
        project = begun.fields["project"]
        before = await agent.call("look", project=project)
        assert before.fields["is_finished"] is False
        done = await agent.finish(project)
        film = Path(done.fields["files"][0])
        frames = read_frames(film)

        sheet = await agent.call("look", project=project)
        assert len(sheet.images) == 1 and sheet.images[0].startswith(b"\xff\xd8") and len(sheet.images[0]) < 400_000
        shots = sheet.fields["shots"]
        assert len(shots) == done.fields["shots"]

        for at, n in ((0, 0), (1.0, 30), (7.99, len(frames) - 1)):
            still = await agent.call("look", project=project, at=at)
            assert still.images[0].startswith(b"\x89PNG")
            assert np.array_equal(to_array(still.images[0]), frames[n]), (at, len(frames))
        by_shot = await agent.call("look", project=project, shot=2)
        assert by_shot.fields["shot"] == 2
        assert any(np.array_equal(to_array(by_shot.images[0]), frame) for frame in frames)
        assert (await agent.call("look", project=project, changes=True)).fields["message"].startswith("there is no")

        edited = await agent.call("edit", project=project, shot=2, words="It never, ever flickers.")
        assert edited.fields["text_changes"][0]["shot"] == 2
        await agent.finish(project)
        changed = await agent.call("look", project=project, changes=True)
        (found,) = changed.fields["changed"]
        assert found["shots"] == [2] and len(changed.images) == 1
        after = read_frames(film)
        differ = [n for n, (old, new) in enumerate(zip(frames, after, strict=True)) if not np.array_equal(old, new)]
        rate = len(frames) / 8
        assert found["start_s"] * rate <= differ[0] and differ[-1] < found["end_s"] * rate

        for wrong in ({"at": 9}, {"shot": 99}, {"shot": 1, "at": 1}):
            assert (await agent.call("look", project=project, **wrong)).code == "invalid_value"


async def test_takes_are_seen_before_there_is_a_film(tmp_path: Path) -> None:
    async with serve(tmp_path / "home", wallet="9") as agent:
        begun = await agent.call("make", clip="A fox in the snow", model=KLING, length=5)
        await agent.finish(begun.fields["project"])
        seen = await agent.call("look", project=begun.fields["project"])
        assert len(seen.images) == 1 and seen.fields["is_finished"] is False
        assert (await agent.call("look", project=begun.fields["project"], shot=1)).images[0].startswith(b"\x89PNG")
