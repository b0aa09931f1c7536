"""python3 -m unittest, in this directory. Needs nothing but Python."""

import unittest
from pathlib import Path

import cast
import reserved


class ReservedTest(unittest.TestCase):
    def test_what_is_kept_apart_is_refused(self):
        for kind, name in (
            ("fsdd", "george"),
            ("fsdd", "lucas"),
            ("fsdd", "yweweler"),
            ("espeak", "en-gb-x-rp+f3"),
            ("espeak", "en-029+m7"),
            ("espeak", "en-gb-x-gbcwmd"),
            ("espeak", "en-029+f4"),
            ("flite", "awb"),
            ("flite", "kal16"),
            ("festival", "ked_diphone"),
            ("festival", "kal_diphone"),
            ("card", "4242424242424242"),
            ("card", "4000056655665556"),
        ):
            with self.assertRaises(reserved.Reserved, msg=f"{kind} {name}"):
                reserved.allow(kind, name)

    def test_nobody_who_speaks_is_kept_apart(self):
        for variants in (cast.VARIANTS, cast.VALIDATION_VARIANTS):
            for voice in cast.espeak_voices(variants):
                self.assertEqual(reserved.allow("espeak", voice), voice)
        for voice in cast.FLITE_VOICES:
            reserved.allow("flite", voice)
        reserved.allow("festival", cast.FESTIVAL_VOICE)

    def test_who_chooses_between_weights_did_not_train_them(self):
        self.assertFalse(set(cast.VARIANTS) & set(cast.VALIDATION_VARIANTS))

    def test_every_source_of_speech_asks(self):
        for module, kinds in (
            ("voices.py", ("espeak", "flite", "festival")),
            ("recordings.py", ("fsdd",)),
            ("texts.py", ("card",)),
        ):
            source = Path(__file__).with_name(module).read_text()
            for kind in kinds:
                self.assertIn(f'allow("{kind}", ', source)

    def test_of_clips_without_a_speaker_one_half_is_kept_apart(self):
        names = [f"{n}.wav" for n in range(100)]
        odd = [name for name in names if not reserved.is_clip_kept_apart(name, odd=True)]
        even = [name for name in names if not reserved.is_clip_kept_apart(name, odd=False)]
        self.assertEqual(sorted(odd + even), sorted(names))
        self.assertIn("0.wav", odd + even)


if __name__ == "__main__":
    unittest.main()
