"""Counts what the reader shows of labelled briefs: python -m tools.reader.evaluate HAND… [--faults]

Prints totals only, unless --faults is given, which names what is wrong and what is missing: never give it for the
briefs that nobody reads.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import regex

from reelwright.documents.script import Script
from reelwright.errors import ReelwrightError
from reelwright.planner.certain.values import CertainFacts
from reelwright.planner.reading.draft import build_script, draft_facts, drop_undrawable
from reelwright.planner.reading.read import read_brief
from reelwright.planner.screens.wording import format_address
from tools.reader.corpus import FOLDER, Example, read_hand

PICTURES = ("subject", "setting", "light", "style")
NOT_SHOWN = (*PICTURES, "dir")
TELLING = ("fact", "what", "number", "line", "who", "name")
"""Labels of a film that tells or explains something: one that sells or invites has others."""
JOINING = frozenset(
    "and or und oder et ou y o e ve и или en i a at in on of the for to with by der die das im am in für mit von bei "
    "zu le la les du de des au aux à pour el los las al del para con por il lo gli da di su per os as na no em um uma "
    "is are ist sind est sont es son è sono é são bir ile da "
    "via unter über dem den ein eine an auf dazu sowie aus ed ma u dans avec sur un une los una se ao aos das dos ma "
    "och att är på för med till av både samt het een op met van te aan oraz na do z w ze we dla po jest są lub "
    "și si sau cu din pe la este sunt pentru o și, de, ki için veya dir "
    "в с со к у на от до за по для а й та і з із від у або це с във със към от е са "
    "και "
    "và hoặc ở cho với là của "
    "في عبر من على و ب ל של ו את או עם هو هي إلى مع عن أو के का की में से को पर और या है हैं "
    "와 과 및 은 는 이 가 을 를 에 에서 도 と の は が を に で へ も や です 和 与 及 的 在 และ หรือ ที่".split()
)
"""Words that join two spans and say nothing by themselves."""


def judge(example: Example, facts: CertainFacts | None, script: Script | None) -> Iterator[tuple[str, str]]:
    """Yield (kind, text) of what is counted: ``said``, ``refused``, ``fact``, ``shown``, ``named``, ``wrong`` …"""
    gold = [span for span in example.spans if span[2] not in NOT_SHOWN]
    subjects = [span for span in example.spans if span[2] in PICTURES]
    if gold or subjects:
        yield "said", ""
        if script is None and not (facts and facts.pictures):
            yield "refused", example.text
    texts = list(_list_texts(script)) if script else []
    covered = {n for text in texts for a, b in _find_all(example.text, text) for n in range(a, b)}
    for start, end, label in gold:
        if label == "name":
            continue
        letters = {
            n
            for word in regex.finditer(r"[\p{L}\p{M}\p{Nd}]+", example.text, pos=start, endpos=end)
            if word[0].casefold() not in JOINING
            for n in range(*word.span())
        }
        yield "fact", label
        yield (
            ("shown", label)
            if len(letters & covered) >= 0.9 * len(letters)
            else ("missing", f"{label}: {example.text[start:end]}")
        )
    names = {example.text[a:b].casefold() for a, b, label in example.spans if label == "name"}
    if names:
        yield "name", ""
        shown = {screen.text.casefold() for screen in script.screens if screen.form == "reveal"} if script else set()
        everything = " ".join(texts).casefold()
        if shown & names or any(name in everything for name in names):
            yield "named", ""
        else:
            yield "unnamed", f"{names} {shown}"
    may = list_showable(example)
    wrong = False
    for text in texts:
        if not is_right(example.text, text, may):
            wrong = True
            yield "wrong", text
    if script:
        yield "film", ""
        if wrong:
            yield "wrong film", ""


def list_showable(example: Example) -> set[int]:
    """Return the characters that may stand on screen: of a brief that names nothing, what its pictures show; of one
    that tells or explains something, also what it is about.
    """
    gold = [span for span in example.spans if span[2] not in NOT_SHOWN]
    if all(label in TELLING for _, _, label in gold):
        gold += [span for span in example.spans if span[2] == "subject"]
    return {n for a, b, _ in gold or [s for s in example.spans if s[2] in PICTURES] for n in range(a, b)}


def find_shared(training: Iterable[Example], tests: Iterable[Example]) -> list[tuple[str, int]]:
    """Return hand and number of each test brief that shares a brief, a name or six words with a training brief."""
    names: set[str] = set()
    runs: set[tuple[str, ...]] = set()
    for example in training:
        names |= _list_names(example)
        runs |= _list_runs(example.text)
    return [
        (example.hand, example.number)
        for example in tests
        if names & _list_names(example) or runs & _list_runs(example.text)
    ]


def _list_names(example: Example) -> set[str]:
    return {example.text[a:b].casefold() for a, b, label in example.spans if label == "name"}


def _list_runs(text: str, length: int = 6) -> set[tuple[str, ...]]:
    words = regex.findall(r"[\p{L}\p{M}\p{Nd}]{2,}", text.casefold())
    return {tuple(words[n : n + length]) for n in range(len(words) - length + 1)}


def is_right(brief: str, text: str, may: set[int]) -> bool:
    """Return whether ``text`` stands somewhere in ``brief`` so that all its words but joining ones may be shown."""
    for start, end in _find_all(brief, text):
        others = "".join(brief[n] if n not in may else " " for n in range(start, end))
        if all(word.casefold() in JOINING for word in regex.findall(r"[\p{L}\p{M}\p{Nd}]+", others)):
            return True
    return False


def measure_showable(brief: str, text: str, may: set[int]) -> float:
    """Return which share of the letters of ``text`` may be shown, joining words left out: where it stands best."""
    best = 0.0
    for start, end in _find_all(brief, text):
        words = list(regex.finditer(r"[\p{L}\p{M}\p{Nd}]+", brief, pos=start, endpos=end))
        letters = [n for word in words if word[0].casefold() not in JOINING for n in range(*word.span())]
        best = max(best, sum(n in may for n in letters) / len(letters) if letters else 1.0)
    return best


def _find_all(brief: str, text: str) -> Iterator[tuple[int, int]]:
    pattern = r"\s+".join(regex.escape(word) for word in text.split())
    return (found.span() for found in regex.finditer(pattern, brief)) if pattern else iter(())


def _list_texts(script: Script) -> Iterator[str]:
    for screen in script.screens:
        for run in screen.runs:
            if run.text.strip():
                yield run.text.strip()
        if screen.url:
            yield format_address(screen.url)
        if screen.speaker:
            yield screen.speaker


def main() -> None:
    """Print totals for the hands that are named, and by language."""
    parser = argparse.ArgumentParser()
    parser.add_argument("hands", nargs="+")
    parser.add_argument("--faults", action="store_true")
    asked = parser.parse_args()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    labels: Counter[str] = Counter()
    training = [one for path in sorted(FOLDER.glob("hand-*.txt")) for one in read_hand(path)]
    for hand in asked.hands:
        examples = list(read_hand(FOLDER / f"{hand}.txt"))
        shared = set() if hand.startswith("hand-") else set(find_shared(training, examples))
        for example in examples:
            if (example.hand, example.number) in shared:
                counts["left out"]["shared with the training part"] += 1
                continue
            facts, script = None, None
            try:
                facts = read_brief(example.text)
                script = build_script(facts, draft_facts(drop_undrawable(facts)[0]))
            except ReelwrightError:
                pass
            for kind, text in judge(example, facts, script):
                for key in ("all", example.language):
                    counts[key][kind] += 1
                if kind in ("fact", "shown"):
                    labels[f"{kind} {text}"] += 1
                if asked.faults and kind in ("refused", "wrong", "unnamed", "missing"):
                    print(f"  {example.hand} {example.number} {example.language} {kind}: {text}")
    for key, one in sorted(counts.items()):
        print(
            f"{key:4} refused {one['refused']}/{one['said']}, facts {one['shown']}/{one['fact']} "
            f"= {one['shown'] / max(1, one['fact']):.0%}, names {one['named']}/{one['name']}, "
            f"films with a wrong word {one['wrong film']}/{one['film']}"
        )
    print({k[5:]: f"{labels['shown ' + k[5:]]}/{v}" for k, v in sorted(labels.items()) if k.startswith("fact ")})


if __name__ == "__main__":
    main()
