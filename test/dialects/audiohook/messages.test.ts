import t from 'tap'
import {
  durationOf,
  isUuid,
  processableMedia,
  secondsOf,
} from '../../../proxy/dialects/audiohook/messages.js'

t.test('durations are written without exponents and read back', async (t) => {
  for (const [seconds, text] of [
    [0, 'PT0S'],
    [1, 'PT1S'],
    [12.34, 'PT12.34S'],
    [1 / 8000, 'PT0.000125S'],
    [1e-6, 'PT0.000001S'],
    [1e-7, 'PT0S'],
    [86_400.5, 'PT86400.5S'],
  ] as const) {
    t.equal(durationOf(seconds), text)
    t.match(text, /^PT(?:\d*\.)?\d+S$/)
  }
  t.equal(secondsOf('PT.5S'), 0.5)
  t.equal(secondsOf('PT74.2S'), 74.2)
})

t.test('UUIDs are of version 1 to 5, or null', async (t) => {
  t.ok(isUuid('e160e428-53e2-487c-977d-96989bf5c99d'))
  t.ok(isUuid('E160E428-53E2-187C-B77D-96989BF5C99D'))
  t.ok(isUuid('00000000-0000-0000-0000-000000000000'))
  t.notOk(isUuid('018f4e2a-53e2-787c-977d-96989bf5c99d'), 'version 7')
  t.notOk(isUuid('e160e428-53e2-487c-c77d-96989bf5c99d'), 'other variant')
  t.notOk(isUuid('e160e428-53e2-487c-977d-96989bf5c99d '))
  t.notOk(isUuid(undefined))
})

t.test('offers keep what is known of them and their order', async (t) => {
  const l16 = { type: 'audio', format: 'L16', channels: ['internal', 'external'], rate: 8000 }
  const pcmu = { type: 'audio', format: 'PCMU', channels: ['internal'], rate: 8000 }
  const offers = [
    l16,
    { ...pcmu, note: '4111111111111111' },
    { ...pcmu, channels: [] },
    { ...pcmu, type: 'video' },
  ]
  t.same(processableMedia(offers), [l16, pcmu])
})
