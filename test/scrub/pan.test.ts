import t from 'tap'
import { scrubCardNumbers } from '../../proxy/scrub/pan.js'

const masked = (length: number): string => '*'.repeat(length)

t.test("every issuer's test number is masked whole", async (t) => {
  const numbers = [
    '4111111111111111', // Visa, 16
    '4222222222222', // Visa, 13
    '5555555555554444', // Mastercard
    '2223003122003222', // Mastercard, 2-series
    '378282246310005', // American Express, 15
    '30569309025904', // Diners Club, 14
    '6011111111111117', // Discover
    '3530111333300000', // JCB
    '6200000000000005', // UnionPay
    '6304000000000000', // Maestro
    '2200000000000004', // Mir
    '4000000000000000006', // Visa, 19
  ]
  for (const number of numbers) {
    t.equal(scrubCardNumbers(number), masked(number.length), `${number.length} digits, ${number.slice(0, 4)}`)
  }
})

t.test('separators stay, digits go, the length is the same', async (t) => {
  t.equal(scrubCardNumbers('4111 1111 1111 1111'), '**** **** **** ****')
  t.equal(scrubCardNumbers('4111-1111-1111-1111'), '****-****-****-****')
  t.equal(scrubCardNumbers('4111.1111.1111.1111'), '****.****.****.****')
  t.equal(scrubCardNumbers('3782\u00a0822463\u00a010005'), '****\u00a0******\u00a0*****')
  t.equal(scrubCardNumbers('4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1'), '* * * * * * * * * * * * * * * *')
})

t.test('a card number is found among other words and numbers', async (t) => {
  t.equal(scrubCardNumbers('card=4111111111111111;cvv'), 'card=****************;cvv')
  t.equal(
    scrubCardNumbers('12 4111 1111 1111 1111 99'),
    '12 **** **** **** **** 99',
    'groups before and after',
  )
  t.equal(scrubCardNumbers('41111111111111111227'), '****************1227', 'an expiry date glued behind it')
  t.equal(
    scrubCardNumbers('a 4111111111111111 b 5555555555554444 c'),
    'a **************** b **************** c',
  )
  t.equal(scrubCardNumbers('4111111111111111 5555555555554444'), '**************** ****************')
})

t.test('what is no card number stays the identical string', async (t) => {
  const harmless = [
    '',
    '4111111111111112', // fails Luhn
    '411111111111', // twelve digits
    '0004111111111111111', // begins inside a group
    '1795296403123', // an instant in ms
    '+441632960001', // a telephone number
    '4111  1111  1111  1111', // two separators
    '41111111/11111111',
    'CA90b2f00dfeedf00dfeedf00dfeedf00d',
    'e160e428-53e2-487c-977d-96989bf5c99d',
  ]
  for (const text of harmless) t.equal(scrubCardNumbers(text), text)
})

t.test('scrubbing twice changes nothing more, and a megabyte of digits is no burden', async (t) => {
  const once = scrubCardNumbers('4'.repeat(1 << 20))
  t.equal(once.length, 1 << 20)
  t.equal(scrubCardNumbers(scrubCardNumbers('x 4111111111111111')), 'x ****************')
})
