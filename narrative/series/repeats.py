"""Articles that an outlet repeats: the same headline again within three days."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

WITHIN = pd.Timedelta(hours=72)

_NO_WORDS = re.compile(r"[\W_]+")


def repeated(outlets: pd.Series[Any], titles: pd.Series[Any], moments: pd.Series[Any]) -> NDArray[np.bool_]:
    """Which articles repeat an earlier one: the same outlet and headline within 72 hours of the one that counts.

    Case, punctuation and spaces don't tell headlines apart. An article without a headline or a moment repeats nothing.
    Of two at the same moment, the one that comes first in the rows counts.

    Args:
        outlets: names.
        titles: headlines, null where there is none.
        moments: when each counts as told, null where unknown.
    """
    found = np.zeros(len(outlets), dtype=np.bool_)
    folded = [_NO_WORDS.sub(" ", title).strip().casefold() if isinstance(title, str) else "" for title in titles]
    counted: dict[tuple[Any, str], pd.Timestamp] = {}
    for row in np.argsort(moments.to_numpy(), kind="stable"):  # nulls come last
        moment, key = moments.iloc[row], (outlets.iloc[row], folded[row])
        if not folded[row] or pd.isna(moment):
            continue
        if key in counted and moment - counted[key] <= WITHIN:
            found[row] = True
        else:
            counted[key] = moment
    return found
