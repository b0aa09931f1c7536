import t from 'tap'
import {
  isBsn,
  isCardNumber,
  isDni,
  isNationalId,
  isNhsNumber,
  isNino,
  isNir,
  isSteuerId,
} from '../../../../proxy/detectors/speech/words/checks.js'

// Numbers that authorities and schemes print as examples; each wrong one differs by a digit.
const examples: readonly (readonly [check: (text: string) => boolean, right: string, wrong: string])[] = [
  [isCardNumber, '4111111111111111', '4111111111111112'],
  [isNhsNumber, '9434765919', '9434765918'],
  [isBsn, '111222333', '111222334'],
  [isNir, '255081416802538', '255081416802539'],
  [isNir, '185052a00608435', '185052a00608436'],
  [isSteuerId, '86095742719', '86095742718'],
  [isDni, '12345678z', '12345678a'],
  [isDni, 'x1234567l', 'x1234567m'],
  [isNino, 'ab123456c', 'qq123456c'],
]

t.test('a number with its check digit is known, one that differs by a digit is not', async (t) => {
  for (const [check, right, wrong] of examples) {
    t.ok(check(right), right)
    t.notOk(check(wrong), wrong)
  }
})

t.test('a string of digits without one is nobody in particular', async (t) => {
  for (const text of ['', '0', '000000000', '1234567890', 'abc', '4'.repeat(100)]) t.notOk(isNationalId(text))
})
