import t from 'tap'
import { UnitReader } from '../../proxy/edge/unit-reader.js'
import { toyUnits } from '../support/toy-transports.js'

const unit = (...bytes: number[]): number[] => [0, bytes.length + 2, ...bytes]

const read = (chunks: readonly (readonly number[])[]) => {
  const reader = new UnitReader(toyUnits)
  const units: number[][] = []
  const verdicts = chunks.map((chunk) => reader.read(Buffer.from(chunk), (unit) => units.push([...unit])))
  return { units, isWhole: verdicts.every((verdict) => verdict) }
}

const stream = [unit(1), unit(), unit(2, 3, 4), [1, 46, ...Array(300).fill(9)]]
const bytes = stream.flat()

t.test('units are told apart wherever the stream was cut', async (t) => {
  t.same(read([bytes]), { units: stream, isWhole: true })
  t.same(read(bytes.map((byte) => [byte])), { units: stream, isWhole: true })
  for (let cut = 0; cut <= bytes.length; cut++)
    t.same(read([bytes.slice(0, cut), bytes.slice(cut)]).units, stream, `cut at ${cut}`)
  for (const size of [2, 3, 5, 7, 64])
    t.same(
      read(
        Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.slice(i * size, (i + 1) * size),
        ),
      ),
      { units: stream, isWhole: true },
      `in pieces of ${size}`,
    )
})

t.test('a unit has memory of its own, and the chunk that it came in is overwritten', async (t) => {
  const chunk = Buffer.from([...unit(1, 2), ...unit(3)])
  const units: Uint8Array[] = []
  new UnitReader(toyUnits).read(chunk, (unit) => units.push(unit))
  t.same(
    units.map((unit) => [...unit]),
    [unit(1, 2), unit(3)],
  )
  t.ok(chunk.every((byte) => byte === 0))
  units[0]!.fill(7)
  t.same([...units[1]!], unit(3))
})

t.test('a unit over the limit is not waited for; one of exactly the limit is', async (t) => {
  t.same(read([[0x10, 0x01, 1]]), { units: [], isWhole: false })
  t.same(read([[...unit(5), 0xff, 0xff]]), { units: [unit(5)], isWhole: false })
  const largest = [0x10, 0x00, ...Array(4094).fill(1)]
  t.same(read([largest.slice(0, 100), largest.slice(100)]), { units: [largest], isWhole: true })
})

t.test('a stream that never says how long its unit is ends at the limit as well', async (t) => {
  const reader = new UnitReader({ kind: 'tcp', unitBytes: () => null, unitBytesMax: 8 })
  t.equal(
    reader.read(Buffer.alloc(8), () => t.fail()),
    true,
  )
  t.equal(
    reader.read(Buffer.alloc(1), () => t.fail()),
    false,
  )
})

t.test('what is left over is overwritten where it was once it has moved on', async (t) => {
  const reader = new UnitReader(toyUnits)
  const units: number[][] = []
  const take = (unit: Uint8Array): void => void units.push([...unit])
  for (const chunk of [
    [0, 6, 1],
    [1, 1, 1, 0, 5],
    [2, 2, 2, 0, 4],
    [3, 3, 0],
  ])
    reader.read(Buffer.from(chunk), take)
  t.same(units, [unit(1, 1, 1, 1), unit(2, 2, 2), unit(3, 3)])
})
