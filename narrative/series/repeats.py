"""Articles that repeat another: copies of one story, and an outlet's same headline again within three days."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

WITHIN = pd.Timedelta(hours=72)

_NO_WORDS = re.compile(r"[\W_]+")


def copied(articles: pd.Series[Any], stories: pd.Series[Any]) -> NDArray[np.bool_]:
    """Which articles are of the story of an earlier row; one without a story begins its own.

    Args:
        articles: ids.
        stories: the id of the article that each one's story began with, null where unknown.
    """
    again: NDArray[np.bool_] = stories.fillna(articles).duplicated().to_numpy()
    return again


def repeated(outlets: pd.Series[Any], titles: pd.Series[Any], moments: pd.Series[Any]) -> NDArray[np.bool_]:
    """Which articles repeat an earlier one: the same outlet and headline within 72 hours of the one that counts.

    Case, punctuation and spaces don't tell headlines apart. An article without a headline or a moment repeats nothing.
    Of two at the same moment, the one that comes first in the rows counts.

    Args:
        outlets: names.
        titles: headlines, null where there is none.
        moments: when each counts as told, null where unknown.
    """
    folded = [_NO_WORDS.sub(" ", title).strip().casefold() if isinstance(title, str) else "" for title in titles]
    headlines, names = pd.factorize(np.array(folded, dtype=object))
    keys = pd.factorize(outlets)[0] * (len(names) + 1) + headlines
    known = pd.DatetimeIndex(moments).as_unit("us")
    times = known.asi8
    told = np.flatnonzero(np.array([bool(one) for one in folded], dtype=bool) & known.notna())
    order = told[np.lexsort([told, times[told], keys[told]])]

    found = np.zeros(len(outlets), dtype=np.bool_)
    within = WITHIN // pd.Timedelta(microseconds=1)
    same = np.concatenate([[False], keys[order[1:]] == keys[order[:-1]]])  # as the row before
    counted = 0
    for place in np.flatnonzero(same):  # few are told twice, so only these are walked through
        if not same[place - 1]:
            counted = times[order[place - 1]]
        if times[order[place]] - counted <= within:
            found[order[place]] = True
        else:
            counted = times[order[place]]
    return found
