"""Who speaks: the synthetic voices of training, and those that choose between weights."""

ACCENTS = ("en en-us en-us-nyc en-gb-scotland en-gb-x-gbclan en-gb-x-gbcwmd en-gb-x-rp en-029").split()
"""Of espeak-ng, each with any of the VARIANTS."""

VARIANTS = """
m1 m2 m3 m4 m5 m6 m8 f1 f2 f5 m1 m2 m3 m4 m5 m6 m8 f1 f2 f5 croak klatt klatt2 klatt3 klatt4 whisper
Alex Andrea Andy Annie Denis Diogo Gene Gene2 Hugo Jacky Lee Marco Mario Michael Mike Nguyen
RicishayMax RicishayMax2 RicishayMax3 anika announcer antonio aunty belinda benjamin boris caleb david
ed edward edward2 grandma grandpa gustave iven iven2 iven3 iven4 john kaukovalta linda max michel miguel
paul pedro quincy rob robert sandro shelby steph2 steph3 travis victor zac
""".split()
"""Without m7, f3 and f4, kin of the voices kept apart."""

PLAIN_ACCENTS = "en en-us en-us-nyc en-gb-scotland en-gb-x-gbclan".split()
"""Those that speak without a variant too."""

VALIDATION_VARIANTS = "Alicia Henrique adam pablo steph norbert".split()
"""Never trained on: they choose between weights, so that the voices kept apart need not."""

FLITE_VOICES = ("slt", "rms", "rms")
FESTIVAL_VOICE = "cmu_us_slt_arctic_hts"


def espeak_voices(variants: list) -> list:
    """All that may speak, once each."""
    plain = PLAIN_ACCENTS if variants is VARIANTS else []
    return plain + [f"{accent}+{v}" for accent in ACCENTS for v in dict.fromkeys(variants)]


def any_espeak_voice(rng, variants: list) -> str:
    if variants is VARIANTS and rng.random() < 0.06:
        return PLAIN_ACCENTS[rng.integers(len(PLAIN_ACCENTS))]
    return f"{ACCENTS[rng.integers(len(ACCENTS))]}+{variants[rng.integers(len(variants))]}"
