"""What is said. A comma is a pause."""

import re
from functools import cache
from pathlib import Path

from reserved import CARDS, allow
from vocabulary import DIGITS, TEENS, TENS, is_number

_MONTHS = ("january february march april may june july august september october november december").split()
_ZEROS = ["zero", "oh", "nought", "zero", "oh"]

_PHRASES = (
    """
the long card number|your card number|the long number across the front of the card
your card details|the security code|the three digits on the back|card number|security code
the last three digits on the back of the card|the expiry date|when does the card expire
the expiration date|the sort code|your account number|the payment has gone through
that's gone through|thank you that has gone through for you|your payment has been authorised
the sixteen digit number on the front|card number please|the number on the front|expiry date
the date on the card|the code on the back|bank account and sort code|a payment by debit card
the signature strip on the back|the valid from date|the four digits on the front|sort code
three digit security code|your long card number|account number|the last three digits
all gone through|the payment went through|payment authorised|the front of the card
three digits on the back|last three digits|payment has been authorised|gone through
""".replace(
        "\n", "|"
    )
    .strip("|")
    .split("|")
)

_ALMOST_PHRASES = (
    """
i have a card from my best friend|the number of cards|sort it out and then the code
she went through the account|a long way to go|the code of conduct|national security
the date of the party|a birthday card|your telephone number|the reference number|order number
the policy number|what date is best for you|they have gone on holiday|go through the front door
come back on monday|the last time|my account is locked|your payment is due|a library card
the front of the house|date of birth|post code|a postcode lookup|the back of the queue
direct debit payment|the security guard|a sort of|gone away|account manager|the card reader
long story short|that long|the expiry of the contract|through the roof|last week
""".replace(
        "\n", "|"
    )
    .strip("|")
    .split("|")
)

_LEADS = (
    """
can i take|could i have|and|please give me|would you mind reading|i just need|so|okay
now can you tell me|alright then|what is|i'll need|if you could read out|||
""".replace(
        "\n", "|"
    )
    .strip("|")
    .split("|")
)
_TAILS = "please|for me|when you're ready|thank you|now|sir|madam|||".split("|")
_NUMBER_LEADS = (
    """
it's|yes it's|okay so it's|right that's|the number is|the code is|it ends in|sure|my number is
the expiry is|sort code|and then|so that was|let me see|sorry it's|and the last bit is|ready
""".replace(
        "\n", "|"
    )
    .strip("|")
    .split("|")
)
_NUMBER_TAILS = "thank you|is that okay|and that's it|did you get that|please|that's all".split("|")

_SOUND_ALIKES = """
for to too won ate free tree fine night knight heaven hero know no sore fort fix mix sex tick nick
wine line mine shine lion high ocean open over also own bone phone stone alone want once wander than
then thin sin sits fits its pour poor door floor more core score war eaten hate late rate weight wait
several evening even event ever sever sea sir sorrow narrow arrow borrow tomorrow bubble trouble couple
ripple simple sample cart cord guard car lung belong along member lumber slumber coat cold called goad
data day debt amount count pavement basement gun done threw true throw before forget support report
fifth nightly finally find nice knife five's tend attend pretend sentence often token taken eaten seat
cease fore afford Friday threat thread through fair share sofa so sew owe aura author near nearer hear
here key keys knee needs an and in on when went worn warn sun some something someone anyone everyone
""".lower().split()

_COMMON = """
the be of and a that have it for not on with he as you do at this but his by from they we say her she or
an will my all would there their what so up out if about who get which go me when make can like time just
him know take people into year your good some could them see other than then now look only come over think
also back after use how our work well way even new want because any these give day most us is are was were
been has had did said got going house water school home please thanks sorry hello today really little never
again always morning afternoon monday tuesday wednesday thursday address street email letter name surname
delivery order invoice account customer service manager problem internet engine insurance policy doctor
""".split()

_TALK_PARTS = (
    """i was told that|could you check whether|my wife said|the lady i spoke to said|i don't think
    we've been waiting because|the website says|it would help if|let me see if|i'm afraid|you'll find that
    as far as i know|the trouble is|he asked me if|they promised that|i just wanted to say
    could you tell them|what happens if|i'm calling because|before we go on i should say""",
    """the boiler|the parcel|your appointment|the new router|my daughter|the engineer|our neighbour
    the invoice|this policy|the doctor|the letter|the washing machine|that subscription|the driver
    the kitchen door|their office|the insurance|my phone|the garden fence|everyone in the house""",
    """never arrived|needs to be replaced|is still not working|was supposed to come on friday|can wait
    has been moved to thursday|broke down in the rain|will be sent by post|is on the way to you
    was far too expensive|doesn't live here any more|had to be cancelled|stopped before it was finished
    should be there tomorrow|could not be found anywhere|went over the wall|isn't what i ordered""",
    """and nobody called me back|so i need some help|if that's alright with you|which is rather annoying
    because of the weather|as i said before|but i'm not in a hurry|and that was before the holidays
    so thank you for your patience||||""",
)

_FORTUNES = Path("/usr/share/games/fortunes")


def digits(rng, count: int) -> str:
    return "".join(str(rng.integers(10)) for _ in range(count))


def card_number(rng) -> str:
    """Made up, with the check digit of a real one; none of those kept apart."""
    prefix, length = (("4", 16), ("5", 16), ("2", 16), ("37", 15), ("6", 16))[rng.integers(5)]
    while True:
        body = prefix + digits(rng, length - len(prefix) - 1)
        doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body))]
        check = -sum(d - 9 if d > 9 else d for d in doubled) % 10
        if body + str(check) not in CARDS:
            return allow("card", body + str(check))


def spoken(number: str, rng, style: str) -> str:
    """`style`: plain; double, which also says "double" and "triple"; or pairs, as in "forty two"."""
    words, at = [], 0
    zero = _ZEROS[rng.integers(len(_ZEROS))]
    one = lambda digit: zero if digit == "0" else DIGITS[int(digit) + 2]  # noqa: E731
    while at < len(number):
        digit, rest = number[at], number[at:]
        run = len(rest) - len(rest.lstrip(digit))
        if style == "pairs" and digit != "0" and len(rest) > 1 and rng.random() < 0.85:
            tens, unit = int(digit), int(rest[1])
            words += [TEENS[unit]] if tens == 1 else [TENS[tens - 2]]
            if tens > 1 and unit > 0:
                words.append(one(rest[1]))
            at += 2
        elif style == "double" and run >= 3 and rng.random() < 0.6:
            words += ["triple", one(digit)]
            at += 3
        elif style == "double" and run >= 2 and rng.random() < 0.6:
            words += ["double", one(digit)]
            at += 2
        else:
            words.append(one(digit))
            at += 1
    return " ".join(words)


def _grouped(number: str, sizes: list) -> list:
    groups, at = [], 0
    for size in sizes:
        groups.append(number[at : at + size])
        at += size
    return [group for group in groups if group]


def _repetitive(number: str, rng) -> str:
    """Repeats a digit, so that there is something to double."""
    at = int(rng.integers(1, len(number))) if len(number) > 1 else 0
    return number[:at] + number[at - 1] + number[at + 1 :] if at else number


def _card(rng) -> str:
    number = card_number(rng)
    sizes = [4, 6, 5] if len(number) == 15 else [4, 4, 4, 4]
    style = ("plain", "double", "double", "pairs")[rng.integers(4)]
    pause = (", ", ", ", " ")[rng.integers(3)]
    return pause.join(spoken(group, rng, style) for group in _grouped(number, sizes))


def _short_code(rng) -> str:
    code = digits(rng, (3, 3, 3, 4)[rng.integers(4)])
    if rng.random() < 0.3:
        code = _repetitive(code, rng)
    words = spoken(code, rng, ("plain", "plain", "double")[rng.integers(3)])
    return words.replace(" ", ", ") if rng.random() < 0.15 else words


def _expiry(rng) -> str:
    month, year = int(rng.integers(1, 13)), int(rng.integers(24, 40))
    pair = spoken(str(year), rng, "pairs" if rng.random() < 0.6 else "plain")
    if rng.random() < 0.35:
        century = "twenty " if rng.random() < 0.5 else ""
        return f"{_MONTHS[month - 1]} {century}{pair}"
    number = f"{month:02d}" if rng.random() < 0.8 else str(month)
    said = spoken(number, rng, "pairs" if month > 9 else "plain")
    return said + (" ", ", ", " slash ", " of ")[rng.integers(4)] + pair


def _sort_code(rng) -> str:
    style = ("plain", "plain", "double", "pairs")[rng.integers(4)]
    groups = _grouped(digits(rng, 6), [2, 2, 2])
    return (", ", " ", " dash ")[rng.integers(3)].join(spoken(g, rng, style) for g in groups)


def _other_number(rng) -> str:
    """Telephone, order and account numbers, dates of birth, amounts, digits alone."""
    kind = rng.integers(5)
    if kind == 0:
        groups = _grouped("07" + digits(rng, 9), [3, 4, 4] if rng.random() < 0.5 else [5, 3, 3])
    elif kind == 1:
        groups = _grouped(digits(rng, int(rng.integers(5, 10))), [3, 3, 3])
    elif kind == 2:
        groups = _grouped(digits(rng, 8), [4, 4] if rng.random() < 0.5 else [2, 2, 2, 2])
    elif kind == 3:
        hundreds = f"{DIGITS[rng.integers(3, 12)]} hundred and {TENS[rng.integers(8)]} pounds "
        return hundreds + f"{TENS[rng.integers(8)]} pence"
    else:
        return ", ".join(spoken(d, rng, "plain") for d in digits(rng, int(rng.integers(1, 5))))
    return ", ".join(spoken(group, rng, ("plain", "double")[rng.integers(2)]) for group in groups)


def number(rng) -> str:
    kinds = (_card, _card, _short_code, _short_code, _expiry, _sort_code, _other_number)
    said = kinds[rng.integers(len(kinds))](rng)
    if rng.random() < 0.4:
        said = _pick(rng, _NUMBER_LEADS) + (", " if rng.random() < 0.3 else " ") + said
    if rng.random() < 0.25:
        said += " " + _pick(rng, _NUMBER_TAILS)
    return said


def phrase(rng) -> str:
    said = " ".join((_pick(rng, _LEADS), _pick(rng, _PHRASES), _pick(rng, _TAILS))).strip()
    side = rng.random()
    if side < 0.25:
        return f"{said}, {talk(rng)}"
    return f"{talk(rng)}, {said}" if side < 0.5 else said


def talk(rng) -> str:
    """Nothing to be found in it: conversation, sentences of books, words that sound like digits."""
    kind = rng.random()
    if kind < 0.3:
        return " ".join(_pick(rng, _parts()[i]) for i in range(len(_TALK_PARTS))).strip()
    if kind < 0.6:
        return _pick(rng, _sentences())
    if kind < 0.7:
        words = (_pick(rng, _LEADS), _pick(rng, _ALMOST_PHRASES), _pick(rng, _TAILS))
        return " ".join(words).strip()
    odds = 0.0 if kind < 0.8 else 0.6
    pick = lambda: _pick(rng, _SOUND_ALIKES if rng.random() < odds else _COMMON)  # noqa: E731
    return " ".join(pick() for _ in range(rng.integers(4, 12)))


def _pick(rng, choices: list) -> str:
    return choices[rng.integers(len(choices))]


@cache
def _parts() -> list:
    return [[p.strip() for p in re.split(r"[|\n]", part)] for part in _TALK_PARTS]


@cache
def _sentences() -> list:
    """Sentences of the Debian package `fortunes` of 4 to 14 plain words, at most one of them a number."""
    found = set()
    for path in sorted(_FORTUNES.glob("*.u8")):
        text = path.with_suffix("").read_text(errors="ignore").lower().replace("\n", " ")
        for sentence in re.split(r"[.!?:;()\[\]\"*%-]+ ?", text):
            plain = re.sub(r"\s+", " ", sentence).strip(" ,")
            words = plain.split()
            if not re.fullmatch(r"[a-z' ,]+", plain) or not 4 <= len(words) <= 14:
                continue
            if sum(is_number(word.strip(",'")) for word in words) <= 1:
                found.add(plain)
    return sorted(found)
