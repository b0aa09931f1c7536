// At 1,000 Hz, so that a sample is a millisecond: echoes come 60 to 400 after their key, and a press counts once the other
// side has been heard 300 beyond it.
import t from 'tap'
import type { TrackRole } from '../../proxy/media/frame.js'
import { type KeyPress, KeyPresses } from '../../proxy/policy/key-presses.js'

type Input = readonly ['heard' | 'told', number | null, string, number]

/** What becomes of these presses when every track has been heard to `heardTo`. */
const pressed = (roles: readonly TrackRole[], inputs: readonly Input[], heardTo = 1e6): string => {
  const presses = new KeyPresses(
    roles.map((role, index) => ({ index, role })),
    1_000,
  )
  const out: KeyPress[] = []
  for (const [how, track, digit, sample] of inputs)
    if (how === 'told') presses.reported(track, digit, sample)
    else presses.heard(track!, digit, sample)
  presses.settle(() => heardTo, 0, out)
  return out.map(({ side, digit, sample }) => `${side} ${digit} ${sample}`).join(', ')
}

const BOTH = ['caller', 'agent'] as const

t.test(
  "a key belongs to its track's party; a mixed track is the caller's, and so is a report of none",
  async (t) => {
    t.equal(pressed(BOTH, [['heard', 0, '1', 100]]), 'caller 1 100')
    t.equal(pressed(BOTH, [['heard', 1, '1', 100]]), 'agent 1 100')
    t.equal(pressed(BOTH, [['told', 1, '1', 100]]), 'agent 1 100')
    t.equal(pressed(BOTH, [['told', null, '1', 100]]), 'caller 1 100')
    t.equal(pressed(['mixed'], [['heard', 0, '1', 100]]), 'caller 1 100')
    t.equal(pressed(['mixed'], [['told', 0, '1', 100]]), 'caller 1 100')
  },
)

t.test("the caller's key that comes back on the agent's track is nobody's", async (t) => {
  for (const ms of [0, 80, 250, 400])
    t.equal(
      pressed(BOTH, [
        ['heard', 0, '*', 1_000],
        ['heard', 1, '*', 1_000 + ms],
      ]),
      'caller * 1000',
      `${ms} ms later`,
    )
})

t.test("a tie is the caller's: nobody can tell which one is the echo", async (t) => {
  for (const ms of [-60, -1, 1, 59])
    t.equal(
      pressed(BOTH, [
        ['heard', 1, '1', 1_000],
        ['heard', 0, '1', 1_000 + ms],
      ]),
      `caller 1 ${1_000 + ms}`,
      `${ms} ms`,
    )
})

t.test("the agent's key that comes back on the caller's track does not become the caller's", async (t) => {
  for (const ms of [60, 250, 400])
    t.equal(
      pressed(BOTH, [
        ['heard', 0, '1', 1_000 + ms],
        ['heard', 1, '1', 1_000],
      ]),
      'agent 1 1000',
      `${ms} ms later, in whatever order they are told`,
    )
})

t.test("an agent's code survives the echo of its own keys", async (t) => {
  const keys: Input[] = ['*', '1', '2'].flatMap((digit, i): Input[] => [
    ['heard', 1, digit, 1_000 + i * 200],
    ['heard', 0, digit, 1_150 + i * 200],
  ])
  t.equal(pressed(BOTH, keys), 'agent * 1000, agent 1 1200, agent 2 1400')
})

t.test("what echoes of a key that only the PBX's report has told is nobody's either", async (t) => {
  for (const sample of [0, 1_500, 2_000])
    t.equal(
      pressed(BOTH, [
        ['heard', 1, '*', 1_000],
        ['told', null, '*', sample],
      ]),
      `caller * ${sample}`,
    )
})

t.test('a key that is heard and reported is one press', async (t) => {
  for (const sample of [500, 1_300, 2_000]) {
    const inputs: Input[] = [
      ['heard', 0, '1', 1_000],
      ['told', 0, '1', sample],
    ]
    t.equal(pressed(BOTH, inputs), 'caller 1 1000')
    t.equal(pressed(BOTH, [...inputs].reverse()), `caller 1 ${sample}`)
  }
})

t.test('two presses of one key, heard twice, are two', async (t) => {
  t.equal(
    pressed(BOTH, [
      ['heard', 0, '1', 1_000],
      ['heard', 0, '1', 1_200],
    ]),
    'caller 1 1000, caller 1 1200',
  )
})

t.test(
  "without the caller's track beside it, nothing heard on the agent's counts; what the PBX reports does",
  async (t) => {
    t.equal(pressed(['agent'], [['heard', 0, '1', 100]]), '')
    t.equal(pressed(['agent'], [['told', 0, '1', 100]]), 'agent 1 100')
  },
)

t.test('a press counts once the other side has been heard 300 ms beyond it, and counts once', async (t) => {
  const presses = new KeyPresses(
    BOTH.map((role, index) => ({ index, role })),
    1_000,
  )
  const out: KeyPress[] = []
  presses.heard(1, '*', 1_000)
  presses.settle((track) => (track === 0 ? 1_299 : 1e6), 1_300, out)
  t.equal(out.length, 0)
  presses.settle((track) => (track === 0 ? 1_300 : 0), 1_300, out)
  t.equal(out.length, 1)
  presses.settle(() => 1e6, 1_400, out)
  t.equal(out.length, 1)
})

t.test('presses are forgotten after two seconds, ripe or not', async (t) => {
  const presses = new KeyPresses(
    BOTH.map((role, index) => ({ index, role })),
    1_000,
  )
  const out: KeyPress[] = []
  presses.heard(1, '*', 1_000)
  presses.settle(() => 0, 3_000, out)
  presses.settle(() => 1e6, 3_000, out)
  t.equal(out.length, 0)
})
