"""What is kept apart to judge the model with: never trained on, never chosen by.

Every source of speech asks `allow` before it is used, so that none slips in by a longer list of voices.
"""

import hashlib

SPEAKERS = frozenset({"george", "lucas", "yweweler"})
"""Of the Free Spoken Digit Dataset."""

ESPEAK_VOICES = frozenset({"en-gb-x-rp+f3", "en-029+m7", "en-gb-x-gbcwmd", "en-029+f4"})

FLITE_VOICES = frozenset({"awb", "kal16", "kal"})
"""`kal` is the same man as `kal16`."""

FESTIVAL_VOICES = frozenset({"ked_diphone", "kal_diphone"})

CARDS = frozenset(
    {
        "4242424242424242",
        "2223003122003222",
        "371449635398431",
        "5200828282828210",
        "6011000990139424",
        "3056930009020004",
        "4000056655665556",
    }
)

_OF = {
    "fsdd": SPEAKERS,
    "espeak": ESPEAK_VOICES,
    "flite": FLITE_VOICES,
    "festival": FESTIVAL_VOICES,
    "card": CARDS,
}


class Reserved(Exception):
    """Something kept apart was about to be trained on."""


def allow(kind: str, name: str) -> str:
    """Returns `name`, unless it is kept apart. `kind`: fsdd, espeak, flite, festival or card."""
    if name.lower() in _OF[kind]:
        raise Reserved(f"{kind} {name} is kept apart to judge the model")
    return name


def is_clip_kept_apart(name: str, odd: bool) -> bool:
    """Recordings without a speaker's name are halved by the MD5 of their name; one half is kept apart.

    `odd`: whether the half with odd sums is the one to train on.
    """
    return (int(hashlib.md5(name.encode()).hexdigest(), 16) % 2 == 1) != odd
