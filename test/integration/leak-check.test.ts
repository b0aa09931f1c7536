// A proxy with a fault: what it has judged and silenced is sent as it came. The second listener says so.
import t from 'tap'
import type { Dialect, DialectConnection } from '../../proxy/dialects/dialect.js'
import { dialects } from '../../proxy/dialects/index.js'
import type { MediaFrame } from '../../proxy/media/frame.js'
import { linesIn } from '../support/ledger-folder.js'
import { isSilence, keyedCall, keyTimes, liveProxy, RATE_HZ, until } from '../support/live-proxy.js'

/** Sends every frame with the payload that it came with. */
const unsilenced = (connection: DialectConnection): DialectConnection => {
  const came = new Map<string, Uint8Array>()
  const keyOf = ({ stream, startSample }: MediaFrame): string => `${stream} ${startSample}`
  return new Proxy(connection, {
    get(target, name) {
      if (name === 'receive')
        return (...[message, nowMs, out]: Parameters<DialectConnection['receive']>) => {
          const before = out.length
          target.receive(message, nowMs, out)
          for (const event of out.slice(before))
            if (event.kind === 'media') came.set(keyOf(event.frame), Uint8Array.from(event.frame.payload))
        }
      if (name === 'encodeMedia')
        return (frame: MediaFrame) => {
          frame.payload = came.get(keyOf(frame))!
          return target.encodeMedia(frame, true)
        }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

const broken: Dialect = {
  ...(dialects.twilio as Dialect),
  connect: (...args) =>
    unsilenced(dialects.twilio.connect(...(args as Parameters<typeof dialects.twilio.connect>))),
}

t.test('keys that get out are suspected, on record, and erased from the recording', async (t) => {
  const live = await liveProxy(t, { dialect: broken, leakCheck: { everyNthCall: 1, text: true } })
  await live.play('CA1', keyedCall())
  await until(() => live.recordings().has('CA1'), 'the recording is kept')
  t.equal(await live.figure('hushfork_leak_suspected_total'), 1)
  await live.proxy.drain(0)
  const entries = linesIn(live.ledgerDirectory).map((line) => JSON.parse(line))
  t.match(
    entries.filter(({ kind }) => kind === 'leak-suspected' || kind === 'erasure'),
    [
      { kind: 'leak-suspected', source: 'audio', tracks: [0] },
      { kind: 'erasure', state: 'asked', reason: 'leak-suspected' },
      { kind: 'erasure', state: 'confirmed', reason: 'leak-suspected' },
    ],
  )
  const [caller] = live.recordings().get('CA1')!.pcm
  for (const [from, to] of keyTimes)
    t.ok(isSilence(caller!.subarray(from * RATE_HZ, to * RATE_HZ)), `${from} s`)
})

t.test('a proxy without a fault is not suspected', async (t) => {
  const live = await liveProxy(t, { leakCheck: { everyNthCall: 1, text: true } })
  await live.play('CA1', keyedCall(), { metadata: { note: '4111 1111 1111 1111' } })
  await until(() => live.recordings().has('CA1'), 'the recording is kept')
  t.equal(await live.figure('hushfork_leak_suspected_total'), 0)
})
