"""Briefs that are no briefs, with a piece of what each refusal says is accepted. Every door refuses them."""

from __future__ import annotations

from typing import Final

PAGE: Final = (
    "<!DOCTYPE html><html><head><title>Bean Street</title><style>body{color:red}</style></head><body><nav>"
    "<a href='/x'>Home</a></nav><h1>Bean Street</h1><p>Filter coffee for €3 until 5 June.</p></body></html>"
)
BAD_BRIEFS: Final = {
    "100,000 characters": ("word " * 20_000, "at most 20000 characters"),
    "only emoji": ("🎉🎉🔥🚀 👨‍👩‍👧", "a few words"),
    "a web page": (PAGE, "not its HTML"),
    "a page of tags": ("<div><p>one</p><p>two</p></div>\n", "not its HTML"),
    "a script that no font covers": ("ᚠᚢᚦᚨᚱᚲ ᚷᚹᚺᚾᛁᛃ ᛇᛈᛉᛊᛏᛒ", "letters of Latin"),
    "the name of a file": ("s.txt", "not the name of a file"),
    "the path of a file": ("C:\\films\\summer.docx", "not the name of a file"),
}
