"""Builders of clips that films are really given: odd, turned, broken, or not clips at all. Nothing is committed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reelwright.media.base import ffmpeg

_X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def moving(
    path: Path, *, size: str = "160x90", rate: str = "30", seconds: float = 1.0, sound: bool = False,
    encoder: tuple[str, ...] = _X264, filters: str = "null", output: tuple[str, ...] = (),
) -> Path:  # fmt: skip
    """A test picture that moves in every frame."""
    args = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]
    if sound:
        args += ["-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={seconds}"]
    args += ["-vf", filters, *encoder, *(("-c:a", "aac") if sound else ()), *output, ffmpeg.build_output(path)]
    ffmpeg.run(args)
    return path


def variable_rate(path: Path) -> Path:
    """Frames at 0, 2, 4 … and then every one: header 30 fps, 20 on average."""
    keep = "select='if(lt(n,60),not(mod(n,2)),1)'"
    return moving(path, seconds=3, filters=keep, output=("-fps_mode", "vfr"))


def odd(path: Path) -> Path:
    """161 by 91 pixels, which yuv420p cannot hold."""
    return moving(path, size="161x91", encoder=("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p"))


def turned(path: Path) -> Path:
    """Filmed upright: 160 by 90 as coded, shown as 90 by 160."""
    flat = moving(path.with_name(f"flat-{path.name}"))
    ffmpeg.run([*ffmpeg.build_input(flat, "-display_rotation", "90"), "-c", "copy", ffmpeg.build_output(path)])
    return path


def wide_pixels(path: Path) -> Path:
    """Pixels four thirds as wide as high."""
    return moving(path, size="120x90", filters="setsar=4/3")


def ten_bit_hlg(path: Path) -> Path:
    color = ("-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace", "bt2020nc")
    tagged = "setparams=colorspace=bt2020nc:color_primaries=bt2020:color_trc=arib-std-b67"
    encoder = ("-c:v", "libx265", "-x265-params", "log-level=none", "-preset", "ultrafast")
    return moving(path, seconds=0.5, filters=f"format=yuv420p10le,{tagged}", encoder=encoder, output=color)


def with_alpha(path: Path) -> Path:
    """White, half transparent: over black it is a middle grey."""
    encoder = ("-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le")
    return moving(path, filters="format=rgba,geq=r=255:g=255:b=255:a=128", encoder=encoder, seconds=0.4)


def vp9_alpha(path: Path) -> Path:
    encoder = ("-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-cpu-used", "8", "-deadline", "realtime")
    return moving(path, filters="format=rgba,geq=r=255:g=255:b=255:a=128", encoder=encoder, seconds=0.4)


def full_range(path: Path) -> Path:
    return moving(path, encoder=("-c:v", "mjpeg", "-pix_fmt", "yuvj420p"))


def interlaced(path: Path) -> Path:
    encoder = (*_X264, "-flags", "+ildct+ilme", "-x264-params", "tff=1")
    return moving(path, filters="tinterlace=interleave_top,setfield=tff", size="160x96", rate="60", encoder=encoder)


def late_start(path: Path) -> Path:
    """The picture starts a third of a second after its container."""
    flat = moving(path.with_name(f"flat-{path.name}"), sound=True)
    args = [*ffmpeg.build_input(flat, "-itsoffset", "0.333333"), *ffmpeg.build_input(flat)]
    ffmpeg.run([*args, "-map", "0:v", "-map", "1:a", "-c", "copy", ffmpeg.build_output(path)])
    return path


def silent_video_only_sound(path: Path) -> Path:
    """Sound and no picture."""
    ffmpeg.run(["-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", ffmpeg.build_output(path)])
    return path


def cut_off(path: Path, *, share: float, faststart: bool) -> Path:
    """The first ``share`` of a clip's bytes, its index first or last."""
    flags = ("-movflags", "+faststart") if faststart else ()
    whole = moving(path.with_name(f"whole-{path.name}"), seconds=2, output=flags)
    data = whole.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def no_frames(path: Path) -> Path:
    """What ``-t 0`` leaves: a well-formed file without a stream, and an exit status of 0."""
    moving(path, output=("-t", "0"))
    return path


TEXTS: dict[str, str] = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nsecret.mp4\n#EXT-X-ENDLIST\n",
    "ffconcat": "ffconcat version 1.0\nfile secret.mp4\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=video 5004 RTP/AVP 96\n",
    "edl": "TITLE: X\n001  AX V C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n",
    "svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname"/></svg>',
    "html": "<!doctype html><p>sign in</p>",
    "empty": "",
}
"""Texts that pass themselves off as media under a media file's name."""

ODD_BUT_GOOD: dict[str, Callable[[Path], Path]] = {
    "variable-rate.mp4": variable_rate,
    "odd.mp4": odd,
    "turned.mp4": turned,
    "wide-pixels.mp4": wide_pixels,
    "hlg.mp4": ten_bit_hlg,
    "alpha.mov": with_alpha,
    "alpha.webm": vp9_alpha,
    "full-range.mov": full_range,
    "interlaced.mp4": interlaced,
    "late-start.mp4": late_start,
}
"""Clips that must come out whole, with what was done to them stated."""
