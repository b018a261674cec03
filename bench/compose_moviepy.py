"""The film of ``bench.compose`` with MoviePy 2.2, in an environment of its own: run with that environment's Python."""

import json
import sys

from moviepy import AudioFileClip, CompositeVideoClip, ImageClip, VideoFileClip, vfx


def main(spec_file: str, made: str) -> None:
    with open(spec_file, encoding="utf-8") as source:  # noqa: PTH123 - runs outside our package
        spec = json.load(source)
    fps, over = spec["fps"], spec["over"] / spec["fps"]
    layers, at = [], 0
    for index, (path, length) in enumerate(zip(spec["clips"], spec["lengths"], strict=True)):
        last = index == len(spec["lengths"]) - 1
        clip = VideoFileClip(path, audio=False).subclipped(0, (length + (0 if last else spec["over"])) / fps)
        clip = clip.with_start(at / fps)
        layers.append(clip.with_effects([vfx.CrossFadeIn(over)]) if index else clip)
        at += length
    for drawn in spec["drawn"]:
        picture = ImageClip(drawn["path"]).with_start(drawn["start"] / fps).with_duration(drawn["length"] / fps)
        layers.append(picture.with_position((drawn["x"], drawn["y"])))
    film = CompositeVideoClip(layers, size=tuple(spec["size"])).with_duration(at / fps)
    film = film.with_audio(AudioFileClip(spec["bed"]))
    film.write_videofile(
        made, fps=fps, codec="libx264", preset="veryfast", threads=2, audio_codec="aac", audio_bitrate="192k",
        ffmpeg_params=["-crf", "20", "-pix_fmt", "yuv420p"], logger=None,
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
