"""Composing a film: ours against one filtergraph, the x264-only floor and MoviePy; and what an edit costs."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from bench.compose_film import FPS, LENGTHS, OVER, SIZE, Film, build, digest_of, with_other_shot
from bench.cost import Cost, cost
from bench.scale import IS_SMOKE, choose
from bench.verdict import verdict
from reelwright.media.base import ffmpeg
from reelwright.media.video.encoding import build_video_args
from reelwright.media.words.captions import draw_captions
from reelwright.reel.base.document import to_json
from reelwright.reel.film.cues import compute_cues
from reelwright.reel.film.plan import Plan

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".bench"
GOAL = "graph<=1.1,memory<=0.5,floor<=1.55,ssim>=0.98,moviepy>=2.4,moviepy_memory<=0.25,shot<=0.25,sound<=0.06"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.compose")
    parser.add_argument("--without-moviepy", action="store_true", help="say that it was not run, and judge the rest")
    given = parser.parse_args()
    folder = CACHE / choose("compose", "smoke_compose")
    shutil.rmtree(folder, ignore_errors=True)
    (CACHE / choose("clips", "smoke_clips")).mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True)
    film = build(CACHE / choose("clips", "smoke_clips"))
    drawn = _drawn(film.plan, folder)
    graph, filtered = _filtergraph(film, drawn, folder)
    cold, ours = _ours(film, film.plan, film.beds[0], folder, "cold")
    shot, _ = _ours(film, with_other_shot(film.plan, 3, film.other), film.beds[0], folder, "shot")
    sound, _ = _ours(film, film.plan, film.beds[1], folder, "sound")
    decode = cost(_ff([*ffmpeg.build_input(ours), "-map", "0:v", "-f", "null", "-"]), folder / "decode.log")
    again = [
        *ffmpeg.build_input(ours),
        "-map",
        "0:v",
        *build_video_args(SIZE, FPS),
        ffmpeg.build_output(folder / "floor.mp4"),
    ]
    encode = cost(_ff(again), folder / "floor.log")
    floor = Cost(encode.cpu_s - decode.cpu_s, encode.wall_s - decode.wall_s, encode.peak_mb, "")
    ssim = _ssim(ours, filtered, folder)
    rival = None if given.without_moviepy or IS_SMOKE else _moviepy(film, drawn, folder)
    rows = {
        "ours, cold": cold, "one filtergraph": graph, "x264 floor": floor, "moviepy 2.2": rival,
        "one shot of eight": shot, "only sound": sound,
    }  # fmt: skip
    print(f"{'':<20}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}   {sum(LENGTHS)} frames of {SIZE[0]}x{SIZE[1]}")
    for name, row in rows.items():
        shown = f"{row.cpu_s:8.1f}{row.wall_s:8.1f}{row.peak_mb:9.0f}" if row else "   was not run"
        print(f"{name:<20}{shown}")
    for name, row in (("one shot", shot), ("only sound", sound)):
        print(f"{name}: made {row.said.splitlines()[-1]}")
    return _judge(cold, graph, floor, rival, shot, sound, ssim)


def _judge(cold: Cost, graph: Cost, floor: Cost, rival: Cost | None, shot: Cost, sound: Cost, ssim: float) -> int:
    figures: dict[str, object] = {
        "graph": cold.cpu_s / graph.cpu_s,
        "memory": cold.peak_mb / graph.peak_mb,
        "floor": cold.cpu_s / floor.cpu_s,
        "ssim": ssim,
        "moviepy": rival.cpu_s / cold.cpu_s if rival else "not_run",
        "moviepy_memory": cold.peak_mb / rival.peak_mb if rival else "not_run",
        "shot": shot.cpu_s / cold.cpu_s,
        "sound": sound.cpu_s / cold.cpu_s,
    }
    passed = True
    for name, sign, limit in re.findall(r"(\w+)(<=|>=)([\d.]+)", GOAL):
        value = figures[name]
        if isinstance(value, float):
            passed &= value <= float(limit) if sign == "<=" else value >= float(limit)
    return verdict("compose", passed, figures, GOAL)


def _ff(args: list[str]) -> list[str]:
    return [str(ffmpeg.find_program()), "-hide_banner", "-nostdin", "-y", "-loglevel", "info", "-nostats", *args]


def _ours(film: Film, plan: Plan, bed: Path, folder: Path, name: str) -> tuple[Cost, Path]:
    plan_file, assets = folder / f"{name}.json", folder / "assets.json"
    plan_file.write_text(to_json(plan))
    assets.write_text(json.dumps({digest: str(path) for digest, path in film.assets.items()}))
    command = [sys.executable, "-m", "bench.compose_ours", str(plan_file), str(assets), digest_of(bed)]
    spent = cost([*command, str(folder / "store")], folder / f"{name}.log")
    return spent, Path(spent.said.splitlines()[0])


def _drawn(plan: Plan, folder: Path) -> list[dict[str, object]]:
    """Captions and overlays as PNG files with their places and their frames in the film."""
    captions = [{"text": c.text, "start": c.start, "length": c.length, "elapsed": 0} for c in compute_cues(plan)]
    overlays = [
        {"kind": o.kind, "text": o.text, "start": plan.compute_windows()[shot.id][0] + o.start, "length": o.length}
        for shot in plan.shots
        for o in shot.overlays
    ]
    pictures = draw_captions(captions, overlays, size=SIZE, language="en", look=plan.look, style=plan.caption_style)
    found: list[dict[str, object]] = []
    for index, picture in enumerate(pictures):
        path = folder / f"drawn{index}.png"
        path.write_bytes(picture.image_png)
        found.append({
            "path": str(path), "x": picture.x, "y": picture.y, "start": picture.start, "length": picture.length,
        })  # fmt: skip
    return found


def _filtergraph(film: Film, drawn: list[dict[str, object]], folder: Path) -> tuple[Cost, Path]:
    """What one would write by hand: every clip, fade, picture and the bed in one graph."""
    inputs = [argument for clip in film.clips for argument in ("-i", str(clip))]
    inputs += [argument for picture in drawn for argument in ("-i", str(picture["path"]))]
    inputs += ["-i", str(film.beds[0])]
    chains, at = [], 0
    for index, length in enumerate(LENGTHS):
        frames = length + (OVER if index < len(LENGTHS) - 1 else 0)
        chains.append(f"[{index}:v]fps=30,trim=end_frame={frames},setpts=PTS-STARTPTS,settb=1/30,setsar=1[c{index}]")
    last = "c0"
    for index, length in enumerate(LENGTHS[:-1]):
        at += length
        fade = f"xfade=transition=fade:duration={OVER / 30}:offset={at / 30:.6f}"
        chains.append(f"[{last}][c{index + 1}]{fade}[f{index}]")
        last = f"f{index}"
    for index, picture in enumerate(drawn):
        until = int(str(picture["start"])) + int(str(picture["length"])) - 1
        place = f"x={picture['x']}:y={picture['y']}:enable='between(n,{picture['start']},{until})'"
        chains.append(f"[{last}][{len(film.clips) + index}:v]overlay={place}[o{index}]")
        last = f"o{index}"
    sound = f"[{len(film.clips) + len(drawn)}:a]loudnorm=I=-14:TP=-1.5:LRA=11,aresample=48000[a]"
    made = folder / "filtergraph.mp4"
    args = [*inputs, "-filter_complex", ";".join([*chains, sound]), "-map", f"[{last}]", "-map", "[a]"]
    args += [*build_video_args(SIZE, FPS), "-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart", str(made)]
    return cost(_ff(args), folder / "filtergraph.log"), made


def _ssim(first: Path, second: Path, folder: Path) -> float:
    args = [
        *ffmpeg.build_input(first),
        *ffmpeg.build_input(second),
        "-filter_complex",
        "[0:v][1:v]ssim",
        "-f",
        "null",
        "-",
    ]
    said = cost(_ff(args), folder / "ssim.log").said
    return float(re.findall(r"All:([\d.]+)", said)[-1])


def _moviepy(film: Film, drawn: list[dict[str, object]], folder: Path) -> Cost:
    home = CACHE / "moviepy"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "moviepy>=2.2,<2.3"], check=True)
        (home / "ready").touch()
    spec = folder / "moviepy.json"
    spec.write_text(
        json.dumps({
            "clips": [str(clip) for clip in film.clips], "lengths": LENGTHS, "over": OVER, "fps": FPS[0],
            "size": SIZE, "drawn": drawn, "bed": str(film.beds[0]),
        })
    )  # fmt: skip
    command = [str(python), str(Path(__file__).with_name("compose_moviepy.py")), str(spec), str(folder / "moviepy.mp4")]
    return cost(command, folder / "moviepy.log")


if __name__ == "__main__":
    sys.exit(main())
