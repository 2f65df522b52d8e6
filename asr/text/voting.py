"""Several wordings of the same sound, from several decodes, made into one: letter by letter, as most of them have it.

After Fiscus, "A post-processing system to yield reduced word error rates: ROVER", 1997. A decoder's errors depend on
where its window begins and what it read before; what is really said depends on neither.
"""

from collections.abc import Sequence

from asr.text.letters import Letter, beside, distance, sounds


def central(wordings: Sequence[Sequence[Letter]], weights: Sequence[float]) -> int:
    """Which wording is nearest to all others; of equal ones, the weightiest, then the first."""
    rows = [sounds(wording) for wording in wordings]

    def far(index: int) -> tuple[float, float]:
        others = zip(rows, weights, strict=True)
        return sum(weight * distance(rows[index], row) for row, weight in others), -weights[index]

    return min(range(len(rows)), key=far)


def vote(wordings: Sequence[Sequence[Letter]], weights: Sequence[float]) -> str:
    """The central wording, changed in each place where another form has more weight. Punctuation is the central's."""
    base = wordings[central(wordings, weights)]
    forms = [beside(base, wording) for wording in wordings]
    text = ""
    for place in range(2 * len(base) + 1):
        letter = base[place // 2] if place % 2 else None
        own = letter.core if letter else ""
        chosen = _weightiest(own, [form[place] for form in forms], weights)
        if letter is None:
            text += chosen
        elif chosen:
            text += letter.text.replace(own, chosen, 1)
    return text


def _weightiest(own: str, forms: Sequence[str], weights: Sequence[float]) -> str:
    votes = {own: 0.0}
    for form, weight in zip(forms, weights, strict=True):
        votes[form] = votes.get(form, 0.0) + weight
    best = max(votes, key=lambda form: votes[form])
    # A tie is no reason to change what was written as a whole.
    return best if votes[best] > votes[own] + 1e-9 else own
