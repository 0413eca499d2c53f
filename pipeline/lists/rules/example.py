"""One sound list, from which every rule's two examples are made.

The examples are documentation and test at once: ``docs/lists/rules.md`` shows
how the two differ, and a test checks that the rule finds the bad one alone.
"""

from __future__ import annotations

from datetime import date

AS_OF = date(2022, 6, 15)
"""The day on which the examples are judged."""
PREVIEW_DAYS = 365

SOUND = """# A List

## Table of Contents

- [Privacy](#privacy)
- [Fairness](#fairness)

## Privacy

### Privacy: 2022

- Private Things. [[paper]](https://arxiv.org/abs/2205.00002) [[code]](https://github.com/ada/things)
  - Zoë Author, Bob Writer. *ICLR 2022*
  - Key Word: Auditing; Shadow Models.
  - <details><summary>Digest</summary> Things are kept private.</details>

- Older Private Things. [[paper]](https://arxiv.org/abs/2204.00001)
  - Bob Writer.
  - Key Word: Auditing.
  - <details><summary>Digest</summary> Older things are kept private.</details>

## Fairness

### Fairness: 2022

- Fair Things. [[paper]](https://arxiv.org/abs/2203.00003)
  - Cyd Scribe.
  - Key Word: Auditing.
  - <details><summary>Digest</summary> Things are shared out fairly.</details>
"""


def changed(*changes: tuple[str, str]) -> str:
    """The sound list with each old text, which occurs in it once, replaced by a new one."""
    text = SOUND
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} occurs {text.count(old)} times in the example")
        text = text.replace(old, new)
    return text
