"""Is a word certainly a misspelling of another one, or could it be of a third?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.validate.words import normal

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A word that is further from what was probably meant is no slip of the fingers.
_SLIP = 2
_FAR = 1000
#: Longer words are not compared: no field has such a name.
_LONGEST = 80


def only_near(word: str, meant: str, others: Iterable[str], *, known: bool) -> int | None:
    """Return how far a word is from the one that it stands for; None where that is not certain.

    Args:
        word: What was written.
        meant: What it probably stands for.
        others: Everything that may stand there.
        known: A table says that this word stands for ``meant``, so that it may be far from it.

    Returns:
        The number of letters to insert, delete, replace or swap (upper case counts as lower); None
        where the word is far from ``meant``, or where one of ``others`` is as near.
    """
    if len(word) > _LONGEST:
        return None
    folded = word.casefold()
    distance = edits(folded, meant)
    if not known and distance > (_SLIP if len(meant) > 4 else 1) and normal(word) != normal(meant):
        return None
    reach = min(distance, _SLIP)
    if any(other != meant and edits(folded, other) <= reach for other in others):
        return None
    return distance


def edits(one: str, other: str) -> int:
    """Return the distance of two words in single slips: a letter too many, missing, wrong, swapped.

    The optimal string alignment distance; a large number where the lengths already differ by more
    than matters.
    """
    if abs(len(one) - len(other)) > 2 * _SLIP:
        return _FAR
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        last, row, earlier = row, [i], before
        for j, right in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]
