"""Numbers and units inside expressions of time."""

from __future__ import annotations

_WORDS = {
    name: number
    for number, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {
    "a": 1,
    "an": 1,
    "couple": 2,
    "thirty": 30,
    "forty": 40,
    "sixty": 60,
    "ninety": 90,
    "couple of": 2,
    "a couple of": 2,
    "dozen": 12,
}
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()

NUMBER_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|twenty|thirty|forty|sixty|ninety|(?:a\s)?couple\sof)"
)
DIGITS = rf"(?:\d{{1,4}}|{NUMBER_WORD})"
SESSION = r"(?:(?:consecutive\s|straight\s|U\.?S\.?\s)?(?:trading|business|market)\s(?:day|session)|session)"
UNIT = rf"(?:hour|hr|day|week|fortnight|month|quarter|year|decade|h|d|{SESSION})"

COUNTS = ("#", *_WORDS)


def count(words: str) -> int:
    """The number that words or digits name; 0 for none."""
    bare = " ".join(words.lower().split())
    return int(bare) if bare.isdecimal() else _WORDS.get(bare, 0)


def unit_of(word: str) -> str:
    """The unit in full."""
    bare = word.lower().rstrip(".")
    if " " in bare or bare.startswith("session"):
        return "session"
    bare = bare.removesuffix("s")
    return {"h": "hour", "hr": "hour", "d": "day"}.get(bare, bare)


def ordinal(words: str) -> int:
    """1 for "first", "1st" or "1"; 0 for none."""
    bare = words.lower()
    if bare in ORDINALS:
        return ORDINALS.index(bare) + 1
    digits = bare.rstrip("stndrh")
    return int(digits) if digits.isdecimal() else 0
