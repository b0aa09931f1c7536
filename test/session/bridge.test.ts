import t from 'tap'
import type { DialectPbx, RecorderEvent } from '../../proxy/dialects/dialect.js'
import { textMessage, textOf } from '../../proxy/media/wire.js'
import { Bridge, type BridgeEvent } from '../../proxy/session/bridge.js'
import { callStart, frame } from '../support/session-call.js'

/** A PBX whose words are what it was told to do; ready once it has heard `yes`. */
class ToyPbx implements DialectPbx {
  readonly handshake = { headers: {}, subprotocols: [] }
  isReady = false
  isDone = false
  opened: DialectPbx['opened'] = (_nowMs, out) => void out.push(textMessage('opened'))
  receive: DialectPbx['receive'] = (message) => {
    this.isReady ||= textOf(message) === 'yes'
    this.isDone ||= textOf(message) === 'bye'
  }
  audio: DialectPbx['audio'] = ([first], _nowMs, out) =>
    void out.push(
      textMessage(`${first!.length} ${first!.some((sample) => sample !== 0) ? 'heard' : 'silent'}`),
    )
  digit: DialectPbx['digit'] = () => undefined
  hangUp: DialectPbx['hangUp'] = (_nowMs, out) => void out.push(textMessage('over'))
}

const bridged = (form: object = {}, codec = 'pcmu') => {
  const pbx = new ToyPbx()
  const scripts: unknown[] = []
  let meaning: RecorderEvent[] = []
  const bridge = new Bridge({
    endpoint: { receive: (_message, _nowMs, out) => void out.push(...meaning) },
    form: { codecs: ['pcmu'], sampleRatesHz: [8000], tracksMax: 2, takesMixed: false, ...form },
    codec,
    url: new URL('ws://recorder.example/'),
    auth: { epochMs: 0, rememberNonce: () => true, randomBytes: (count) => new Uint8Array(count) },
    simulate: (script) => {
      scripts.push(script)
      return pbx
    },
  })
  const told = (run: (out: BridgeEvent[]) => void): string[] => {
    const out: BridgeEvent[] = []
    run(out)
    return out.map((event) => {
      if (event.kind === 'message') return `${textOf(event.message)} (${event.samples})`
      if (event.kind === 'refused') return `refused ${event.fault}`
      return event.kind === 'gap' ? `gap ${event.samples}` : event.kind
    })
  }
  return {
    pbx,
    scripts,
    receive: (...events: RecorderEvent[]) => {
      meaning = events
      return told((out) => bridge.receive(textMessage(''), 0, out))
    },
    opened: () => told((out) => bridge.opened(0, out)),
    hear: (text: string) => told((out) => bridge.hear(textMessage(text), 0, out)),
    end: () => told((out) => bridge.end(0, out)),
  }
}

const started = { kind: 'started', call: callStart(1) } as const
const media = (n: number): RecorderEvent => ({ kind: 'media', frame: frame(n, 0x20) })

t.test('audio waits until the recorder has taken the call, then keeps its order', async (t) => {
  const bridge = bridged()
  t.strictSame(bridge.receive(started), ['dial'])
  t.strictSame(bridge.receive(media(0), media(1)), [])
  t.strictSame(bridge.opened(), ['opened (0)'])
  t.strictSame(bridge.receive(media(2)), [])
  t.strictSame(bridge.hear('yes'), ['160 heard (160)', '160 heard (160)', '160 heard (160)'])
  t.strictSame(bridge.receive(media(3)), ['160 heard (160)'])
})

t.test('the end is told behind the audio, and the bridge is done when it has been answered', async (t) => {
  const bridge = bridged()
  bridge.receive(started, media(0))
  bridge.opened()
  t.strictSame(bridge.end(), [], 'the recorder has not taken the call yet')
  t.strictSame(bridge.hear('yes'), ['160 heard (160)', 'over (0)'])
  t.strictSame(bridge.hear('bye'), ['done'])
  t.strictSame(bridge.end(), [], 'once')
})

t.test(
  'what waits too long for the recorder is given up, counted, and told as silence in its place',
  async (t) => {
    const bridge = bridged()
    bridge.receive(started)
    const gaps: string[] = []
    for (let n = 0; n < 1510; n++) gaps.push(...bridge.receive(media(n)))
    t.strictSame(
      gaps,
      Array.from({ length: 10 }, () => 'gap 160'),
      '30 s wait, 200 ms are given up',
    )
    bridge.opened()
    const said = bridge.hear('yes')
    t.equal(said[0], '1600 silent (0)')
    t.equal(said[1], '160 heard (160)')
    t.equal(said.length, 1501)
  },
)

t.test('a call that cannot be told truly is refused before anyone is dialled', async (t) => {
  const mixed = { ...callStart(1), tracks: [{ index: 0, role: 'mixed' as const }] }
  t.strictSame(bridged().receive({ kind: 'started', call: mixed }), ['refused mixed-track'])
  t.strictSame(bridged({ takesMixed: true }).receive({ kind: 'started', call: mixed }), ['dial'])
  t.strictSame(bridged({ sampleRatesHz: [16_000] }).receive(started), ['refused rate'])
  t.strictSame(bridged({ tracksMax: 1 }).receive({ kind: 'started', call: callStart(2) }), [
    'refused track-count',
  ])
  const wide = { ...callStart(1) }
  const format = { codec: 'l16', clockRateHz: 16_000, channelCount: 1 } as const
  const call = { ...wide, streams: [{ format, tracks: [0] }] }
  t.strictSame(
    bridged({ sampleRatesHz: [16_000] }, 'pcmu').receive({ kind: 'started', call }),
    ['refused rate'],
    'G.711 has one rate',
  )
})

t.test('a connection test is nobody’s call, and no metadata is told', async (t) => {
  t.strictSame(bridged().receive({ kind: 'started', call: { ...callStart(1), isProbe: true } }), [])
  const bridge = bridged()
  bridge.receive({ kind: 'started', call: { ...callStart(1), metadata: { card: '4111111111111111' } } })
  t.match(bridge.scripts, [{ metadata: {}, credentials: null, codec: 'pcmu' }])
})

t.test('what the fork’s own recorder would answer goes back to the session', async (t) => {
  t.strictSame(bridged().receive({ kind: 'reply', message: textMessage('hello') }), ['reply'])
})
