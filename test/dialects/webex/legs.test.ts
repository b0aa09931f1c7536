import t from 'tap'
import { Legs } from '../../../proxy/dialects/webex/legs.js'

const place = (legs: Legs, id: string, isAgent: boolean): string | null => {
  const placed = legs.place(id, isAgent, 160)
  return placed && `${placed.track}@${placed.startSample}`
}

t.test('a leg keeps its track while it speaks', async (t) => {
  const legs = new Legs(2, 8000)
  t.same([place(legs, 'c', false), place(legs, 'a', true), place(legs, 'c', false)], ['0@0', '1@0', '0@160'])
})

t.test('one that has been silent for a second of the call loses it to another that needs one', async (t) => {
  const legs = new Legs(2, 16_000)
  place(legs, 'a1', true)
  for (let i = 0; i < 100; i++) place(legs, 'c', false)
  t.equal(place(legs, 'a2', true), null, '990 ms')
  place(legs, 'c', false)
  t.equal(place(legs, 'a2', true), '1@16000')
})

t.test('64 legs are remembered: the oldest goes first', async (t) => {
  const legs = new Legs(2, 8000)
  t.equal(place(legs, 'a', true), '1@0')
  for (let i = 0; i < 63; i++) t.equal(place(legs, `x${i}`, true), null)
  t.equal(place(legs, 'last', true), '1@160', 'the track of the oldest is free')
})
