"""``video_generation``: the old names, from an import that costs nothing."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import video_generation

NAMES = {
    "config": ["DEFAULT_BASE_URL", "DEFAULT_MODEL", "MAX_PROMPT_LENGTH"],
    "models": ["BatchResult", "VideoRequest", "VideoResponse"],
    "exceptions": ["APIError", "DownloadError", "OperationNotFoundError", "TimeoutError", "ValidationError"],
    "generator": ["VeoVideoGenerator", "generate_video", "generate_video_async", "generate_videos_batch"],
    "utils": ["generate_filename", "parse_video_uri", "sanitize_filename", "validate_prompt"],
}


def test_old_imports_work():
    from video_generation import VeoVideoGenerator, VideoRequest, generate_video, generate_videos_batch

    assert all((VeoVideoGenerator, VideoRequest, generate_video, generate_videos_batch))
    assert sorted(video_generation.__all__) == dir(video_generation)
    for name in video_generation.__all__:
        assert getattr(video_generation, name) is not None


@pytest.mark.parametrize("part", NAMES)
def test_every_part_exports_its_names(part: str):
    module = importlib.import_module(f"video_generation.{part}")
    assert set(NAMES[part]) <= set(module.__all__)
    assert all(getattr(module, name) is not None for name in module.__all__)


def test_the_facade_loads_nothing_that_draws():
    heavy = ("skia", "av", "numpy", "PIL", "imageio_ffmpeg")
    code = (
        "import sys, video_generation\n"
        "assert 'pydantic' not in sys.modules\n"
        "video_generation.VeoVideoGenerator, video_generation.VideoRequest\n"
        f"print([m for m in {heavy!r} if m in sys.modules])"
    )
    source = str(Path(video_generation.__file__).parents[1])
    env = {**os.environ, "PYTHONPATH": source}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert ran.stdout.strip() == "[]"
