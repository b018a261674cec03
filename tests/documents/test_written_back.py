"""Any text is a script whose words stand in it, or is refused with a line; what is read can be written back."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from documents.test_read import TRAPS, WHOLE
from reelwright.documents.read import read_script
from reelwright.documents.script import Script
from reelwright.documents.write import write_script
from reelwright.errors import BadInput

SCRAPS = st.sampled_from(
    """\
Your coffee is cold
# Name
## words
---
- one
- two
1. step
2. step
2024. was
> said
> — Ana
> - a
**60** hours
~~old~~ new
![](a.png)
![seen]()
![b](<b c.png>)
words ![](d.png)
[Go](https://a.example)
see [it](https://a.example) now
<!-- note -->
<!-- length: 2 s -->
<!-- beat: offer; legal -->
^ spoken
```
code
*em*
**x
a\\*b
朝**「茶」**だ
مرحبا

layout: cover
5) five
+ plus
| a |
\\# no
#
a < b
_u_
`code`
<b>
  indented
""".split("\n")
)
TEXTS = st.lists(SCRAPS, max_size=14).map("\n".join) | st.text(max_size=60)


def bare(script: Script) -> Script:
    """Without lines, which a writer sets anew, and in the order in which notes come last."""
    screens = tuple(
        replace(one, line=0, picture=replace(one.picture, line=0) if one.picture else None) for one in script.screens
    )
    spoken = tuple(replace(one, line=0) for one in script.spoken_lines)
    return replace(
        script, screens=screens, spoken_lines=spoken, notes=tuple(replace(n, line=0) for n in script.notes), notices=()
    )


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_any_text_is_a_script_whose_words_stand_in_it_or_is_refused_with_a_line(text: str):
    try:
        script = read_script(text)
    except BadInput as refused:
        assert refused.field.startswith("script.md line ") and refused.accepted
        line = int(refused.field.rpartition(" ")[2])
        assert 1 <= line <= text.count("\n") + text.count("\r") + 1
        return
    for said in [screen.text for screen in script.screens] + [one.text for one in script.spoken_lines]:
        letters = iter(text)
        assert all(letter in letters for letter in said if not letter.isspace()), "letter by letter, in their order"


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_what_was_read_is_written_and_read_back_the_same(text: str):
    try:
        script = read_script(text)
    except BadInput:
        return
    written = write_script(script)
    assert bare(read_script(written)) == bare(script), written
    assert write_script(read_script(written)) == written


def test_the_forms_and_the_traps_are_written_back_too():
    for text in (WHOLE, *(text for text, _ in TRAPS.values())):
        script = read_script(text)
        assert bare(read_script(write_script(script))) == bare(script), write_script(script)
