"""Patterns of the notations in which programs print values."""

from __future__ import annotations

import re
from typing import Final

SPACE = re.compile(r"(?:\s|//[^\n]*)*")
WORD = re.compile(r"[A-Za-z_$][\w$.]*")
GENERIC = re.compile(r"(?:\[[\w\[\], .|]*\]|\{\w+, \w+\})(?=\s*[({])")
KEY_END = re.compile(r"\s*(?:=>|:|=(?!=))\s*")
KEY_MARK = re.compile(r"#\d+\s|[+#@-](?=[\"\w])|:")
"""What stands before a key: the number of an object and whether a member is public in PHP, the mark of a symbol."""
BRACKETED = re.compile(r"\[(\"(?:[^\"\\]|\\.)*+\")\]")
ENTRY = re.compile(r"""\s*(?:"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|\d+)\s*=>""")
"""The first entry of an array of PHP, or of a dictionary of Julia."""
EMPTY = re.compile(r"\[\s*\]|\(\s*\)")
MEMBER = re.compile(r"\s*(?:(?:\((?:string|int)\) (?:\(len=\d+\) )?)?[\"'\[#+:<]|[A-Za-z_$][\w$.]*\s*(?:=|:))")
ENUM = re.compile(r"<[\w.]+: ([^<>\n]{1,200})>")
BINARY = re.compile(r'<<("(?:[^"\\]|\\.)*+")(?:/utf8)?>>')
OBJECT = re.compile(r"#<(?:struct |data )?[A-Z][\w:]*(?::0x[0-9a-f]+)?(?=\s+@?[a-z_]\w*=)|#<OpenStruct(?= ?>)")
TYPE = re.compile(
    r"(?:(map\[\w+\]|\[\])(?:interface \{\}|any|[\w.*]+)(?=\{)|interface \{\}(?=\()|"
    r"\((\[\]|map\[\w+\])?[\w.*]*(?: \{\})?\)(?: \((?:len|cap)=\d+(?: cap=\d+)?\))? ?(?=[\"{\[<\w-]))|"
    r"(?:[A-Z]\w*)?\(\d+\)\s*(?=\[)|array:\d+ ?(?=\[)|[#%](?=\{)|\^ (?=array)"
)
"""What names the type of a value before it: in Go, in its dumps, in consoles, in PHP, Erlang and Elixir."""
MARK = re.compile(
    r"\[(?:Object|Array|Circular(?: \*\d+)?|[A-Z]\w*)(?: [\w: ]+)?\]|\[\.{3}\]|\{\.{3}\}|\.{3}[^,\n\])}]*|…[^,\n\])}]*|"
    r"<[^<>\n]{1,80}>|#<[^>\n]*>"
)
PAIRS: Final = {"{": "}", "[": "]", "(": ")"}
PLAIN: Final = frozenset({"Object", "Dict"})
"""Names of what holds the members that were sent, and no others."""
LISTS: Final = frozenset({"array", "Array", "Any", "vec!", "Vec"})
"""Names before the brackets of a list."""
