"""Every error that `narrative` raises on purpose.

Each message says what happened, where, and what to do; the command line prints it as one line.

    NarrativeError
    ├── InputError               a source can't be read as an article, or a record as what it claims to be
    │   └── FetchError           a page could not be fetched
    │       ├── AddressRefused   the address is private, loopback or link-local
    │       └── RobotsRefused    robots.txt forbids the page, or could not be reached
    ├── CorpusError              a corpus folder is absent, damaged, locked or of a newer version
    ├── SettingsError            narrative.toml, an option or a data file is wrong
    └── MissingExtra             a command needs packages of an extra that is not installed

Warnings go through Python's `warnings`, under `NarrativeWarning`: `UndatedWarning` names the periods that stay null
because the article has no publication date.
"""


class NarrativeError(Exception):
    """The root: something about the input, the data or the settings that the user can mend."""

    exit_code = 1


class InputError(NarrativeError):
    """A source that can't be read as what it should be; `source` names it."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        """Errors cross process borders, and two arguments must come back as two."""
        return type(self), (self.source, self.reason)


class FetchError(InputError):
    """A page that could not be fetched."""


class AddressRefused(FetchError):
    """An address that is not public."""


class RobotsRefused(FetchError):
    """A page that robots.txt forbids."""


class CorpusError(NarrativeError):
    """A corpus that can't be opened, read or written."""


class SettingsError(NarrativeError):
    """Settings that contradict themselves or name what does not exist."""

    exit_code = 2


class MissingExtra(NarrativeError):
    """A part of the package that was not installed."""

    def __init__(self, extra: str, needed_for: str) -> None:
        super().__init__(f"{needed_for} needs the extra '{extra}': pip install 'crypto-narrative[{extra}]'")
        self.extra = extra
        self.needed_for = needed_for

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        """As `InputError.__reduce__`."""
        return type(self), (self.extra, self.needed_for)


class NarrativeWarning(UserWarning):
    """The root of the warnings."""


class UndatedWarning(NarrativeWarning):
    """Relative periods that could not be resolved because the article has no publication date."""
