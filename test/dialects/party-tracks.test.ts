import t from 'tap'
import { type Party, PartyTracks, partyTracks } from '../../proxy/dialects/party-tracks.js'

const CHUNK = 800

/** Says where the next audio of a party lies, `track@sample`, or null. */
const call = (trackCount = 2) => {
  const tracks = new PartyTracks(trackCount, 8000)
  const place = (party: Party, count = CHUNK): string | null => {
    const placed = tracks.place(party, count)
    return placed && `${placed.track}@${placed.startSample}`
  }
  return { tracks, place, caller: () => tracks.join(false), agent: () => tracks.join(true) }
}

t.test('the first track is a caller’s, the second an agent’s, others whoever’s', async (t) => {
  t.same(
    partyTracks(4).map(({ index, role }) => [index, role]),
    [
      [0, 'caller'],
      [1, 'agent'],
      [2, 'mixed'],
      [3, 'mixed'],
    ],
  )
})

t.test('two parties that begin together lie side by side', async (t) => {
  const { place, caller, agent } = call()
  const [c, a] = [caller(), agent()]
  t.same([place(c), place(a), place(c), place(a)], ['0@0', '1@0', '0@800', '1@800'])
})

t.test('a party that comes later begins where the call is by then', async (t) => {
  const { place, caller, agent } = call()
  const c = caller()
  for (let i = 0; i < 10; i++) place(c)
  const a = agent()
  t.equal(place(a), '1@7200', 'its first audio ends with the newest')
  t.equal(place(a), '1@8000')
})

t.test('a party that paused for more than 300 ms goes on where the call is; less is only late', async (t) => {
  const { place, caller, agent } = call()
  const [c, a] = [caller(), agent()]
  for (let i = 0; i < 4; i++) place(c)
  t.equal(place(a), '1@0', '300 ms late')
  place(c)
  t.equal(place(a), '1@800')
  for (let i = 0; i < 2; i++) place(c)
  t.equal(place(a), '1@4800', '400 ms late')
})

t.test('behind a pause, audio begins no further back than detectors wait', async (t) => {
  const { place, caller, agent } = call()
  const [c, a] = [caller(), agent()]
  place(c, 80_000)
  t.equal(place(a, 16_000), '1@77600')
})

t.test('when a party leaves, the next of its kind has its track', async (t) => {
  const { tracks, place, agent } = call()
  const [first, second] = [agent(), agent()]
  t.equal(place(first), '1@0')
  t.equal(place(second), null)
  tracks.leave(first)
  t.equal(place(second), '1@800')
  tracks.leave(first)
  t.equal(place(second), '1@1600', 'who has left cannot leave again')
})

t.test('further tracks take whoever comes, but nobody takes the track of the other kind', async (t) => {
  const { place, caller, agent } = call(4)
  const parties = [agent(), agent(), agent(), agent(), caller(), caller()]
  t.same(
    parties.map((party) => place(party)),
    ['1@0', '2@0', '3@0', null, '0@0', null],
  )
})

t.test('how long a party has been silent is counted in the audio of the others', async (t) => {
  const { tracks, place, caller, agent } = call()
  const [c, a, waiting] = [caller(), agent(), agent()]
  for (let i = 0; i < 3; i++) place(c)
  place(a)
  t.same(
    [c, a, waiting].map((party) => tracks.silentSamples(party)),
    [0, 1600, 0],
  )
})
