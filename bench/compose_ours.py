"""Composes the film of ``bench.compose`` through our works, as one hand does them: only what is not had yet."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from bench.compose_film import digest_of
from reelwright.media.base.work import Source, Work
from reelwright.media.sound.mix import make_mix
from reelwright.media.video.film import join_film
from reelwright.media.video.segments import make_body, make_transition
from reelwright.reel.base.document import from_json
from reelwright.reel.base.value import Digest, StepKey
from reelwright.reel.film.breakdown import BED, build_graph
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.graph import Graph, Step, compute_step_fingerprint

WORKS: Mapping[str, Work] = {
    "segment.body": make_body,
    "segment.transition": make_transition,
    "mix": make_mix,
    "film": join_film,
}


def main(plan_file: str, assets_file: str, bed: str, store: str) -> None:
    plan = from_json(Plan, Path(plan_file).read_text(), "plan")
    assets = {digest: Path(path) for digest, path in json.loads(Path(assets_file).read_text()).items()}
    built = _Build(build_graph(plan, "film"), assets, Path(store), Digest(bed))
    for key in built.graph.goal:
        sys.stdout.write(f"{built.make(key)}\n{' '.join(built.done)}\n")


class _Build:
    """A folder by fingerprint stands for the journal and the vault: what is there is had."""

    def __init__(self, graph: Graph, assets: dict[str, Path], store: Path, bed: Digest) -> None:
        self.graph, self.assets, self.store = graph, assets, store
        self.made: dict[StepKey, Path] = {BED: assets[bed]}
        self.done: list[str] = []

    def make(self, key: StepKey) -> Path:
        if key not in self.made:
            step = self.graph.steps[key]
            inputs = {i: self.assets[i.asset] if i.asset else self.make(i.of or key) for i in step.inputs}
            name = compute_step_fingerprint(step, {i: digest_of(path) for i, path in inputs.items()})
            assert name is not None
            kept = self.store / name.replace(":", "-")
            if not kept.exists():
                self._do(step, [Source(role=i.role, part=i.part, path=inputs[i]) for i in step.inputs], kept)
            self.made[key] = kept / (kept / "first").read_text()
        return self.made[key]

    def _do(self, step: Step, sources: list[Source], kept: Path) -> None:
        room = kept.with_suffix(".room")
        room.mkdir(parents=True)
        made = WORKS[step.work or ""](step.args, sources, room, lambda done: None)
        half = kept.with_suffix(".half")
        half.mkdir()
        for file in made.files:
            file.path.rename(half / file.path.name)
        (half / "first").write_text(made.files[0].path.name)
        (half / "facts.json").write_text(json.dumps(made.facts))
        shutil.rmtree(room)
        half.rename(kept)
        self.done.append(step.key)


if __name__ == "__main__":
    main(*sys.argv[1:])
