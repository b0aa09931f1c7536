import t from 'tap'
import {
  audioSocketTransport,
  isUnit,
  kindOfRate,
  payloadOf,
  rateOfKind,
  unitOf,
  uuidBytes,
  uuidText,
} from '../../../proxy/dialects/audiosocket/units.js'
import { UnitReader } from '../../../proxy/edge/unit-reader.js'

const { unitBytes, unitBytesMax } = audioSocketTransport
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

t.test('a unit is as long as its second and third byte say, and their own', async (t) => {
  t.equal(unitBytes(bytes()), null)
  t.equal(unitBytes(bytes(0x10, 0x01)), null)
  t.equal(unitBytes(bytes(0, 0, 0)), 3)
  t.equal(unitBytes(bytes(0x10, 0x01, 0x40)), 323)
  t.equal(unitBytes(bytes(0x10, 0xff, 0xff)), unitBytesMax)
})

t.test('units that share a segment, and units cut over three, come one by one', async (t) => {
  const stream = Buffer.concat([
    unitOf(0x01, new Uint8Array(16).fill(7)),
    unitOf(0x03, bytes(0x37)),
    unitOf(0x10, bytes(1, 2, 3, 4)),
  ])
  const read = (...cuts: number[]): string[] => {
    const reader = new UnitReader(audioSocketTransport)
    const units: string[] = []
    let start = 0
    for (const end of [...cuts, stream.length]) {
      const chunk = Uint8Array.from(stream.subarray(start, end))
      t.ok(reader.read(chunk, (unit) => units.push(Buffer.from(unit).toString('hex'))))
      start = end
    }
    return units
  }
  const whole = read()
  t.same(whole, [`010010${'07'.repeat(16)}`, '03000137', '10000401020304'])
  for (let first = 1; first < stream.length; first++)
    for (let second = first; second < stream.length; second += 5) t.same(read(first, second), whole)
})

t.test('what is made of a kind and a payload is a whole unit', async (t) => {
  const unit = unitOf(0x10, bytes(1, 2))
  t.same([...unit], [0x10, 0, 2, 1, 2])
  t.same([...payloadOf(unit)], [1, 2])
  t.ok(isUnit(unit))
  for (const bad of [bytes(), bytes(0x10, 0), unit.subarray(0, 4), bytes(...unit, 0)]) t.notOk(isUnit(bad))
})

t.test('kinds of audio and their rates, Hz', async (t) => {
  const rates = [8000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000]
  t.same(
    rates.map((_, i) => rateOfKind(0x10 + i)),
    rates,
  )
  t.same(
    rates.map(kindOfRate),
    rates.map((_, i) => 0x10 + i),
  )
  for (const kind of [0x00, 0x01, 0x03, 0x0f, 0x19, 0xff]) t.equal(rateOfKind(kind), undefined)
  t.equal(kindOfRate(11_025), undefined)
})

t.test('a UUID is 16 bytes, as text and back', async (t) => {
  const text = '40325ec2-5efd-4bd3-805f-53576e581d13'
  t.equal(uuidText(uuidBytes(text)), text)
  t.equal(uuidText(new Uint8Array(15)), null)
})
