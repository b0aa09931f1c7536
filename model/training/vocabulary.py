"""What the net tells apart. The order is part of the model: proxy/ reads it from spotter.json."""

DIGITS = "zero oh nought one two three four five six seven eight nine".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
PAYMENT = (
    "card number long security code expiry date sort account payment gone through digits back "
    "last details authorised expire front"
).split()

CLASSES = ["other", *DIGITS, "double", "triple", "teen", "tens", "hundred", *PAYMENT]
NUMBER_CLASSES = CLASSES.index("card")
"""Classes 1 to NUMBER_CLASSES - 1 are number words."""

_ALIASES = {
    "naught": "nought",
    "o": "oh",
    "expires": "expire",
    "expiration": "expiry",
    "numbers": "number",
    "digit": "digits",
    "cards": "card",
    "payments": "payment",
    "codes": "code",
    "dates": "date",
    "authorized": "authorised",
    **{word: "teen" for word in TEENS},
    **{word: "tens" for word in TENS},
}


def class_of(word: str) -> int:
    """0 for every word that the net is not told."""
    name = _ALIASES.get(word, word)
    return CLASSES.index(name) if name in CLASSES else 0


def is_number(word: str) -> bool:
    return 0 < class_of(word) < NUMBER_CLASSES
