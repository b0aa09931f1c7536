// Keys as they sound: the built-in detector, two tracks of 8,000 Hz, an echo 150 ms later and 25 dB down on the other track.
import t from 'tap'
import { stoppedClock } from '../../proxy/base/clock.js'
import { pcmu } from '../../proxy/codecs/pcmu/pcmu.js'
import type { DialectConnection, ForkEvent } from '../../proxy/dialects/dialect.js'
import { policySchema } from '../../proxy/policy/options.js'
import type { CallSignal } from '../../proxy/policy/signal.js'
import { CallSession } from '../../proxy/session/call-session.js'
import { detectorsOf } from '../../proxy/session/detector-set.js'
import { uncounted } from '../../proxy/session/session-metrics.js'
import { keyed } from '../support/dtmf.js'
import { callStart, FRAME_SAMPLES, frame } from '../support/session-call.js'

const RATE_HZ = 8_000
const ECHO_SAMPLES = 0.15 * RATE_HZ
const ECHO_GAIN = 10 ** (-25 / 20)

/** What the call made of these keys, 100 ms each, keyed on one track from a second on; the other track has their echo. */
const keysOn = (track: 0 | 1, keys: string, policy: object) => {
  const seconds = 4
  const presses = [...keys].map((key, i) => ({ key, startMs: 1_000 + i * 250, durationMs: 100 }))
  const own = keyed(seconds * 1_000, presses)
  const echo = new Float64Array(own.length)
  for (let i = ECHO_SAMPLES; i < own.length; i++) echo[i] = own[i - ECHO_SAMPLES]! * ECHO_GAIN
  const payloads = [own, echo].map((audio) => pcmu.encode(Int16Array.from(audio)))
  if (track === 1) payloads.reverse()

  const signalled: CallSignal[] = []
  let meaning: ForkEvent[] = [{ kind: 'started', call: callStart(2), held: null }]
  const silent: DialectConnection = {
    receive: (_message, _nowMs, out) => void out.push(...meaning),
    receiveFromRecorder() {},
    recorderOpened() {},
    recorderClosed() {},
    pbxClosed() {},
    drained() {},
    tick() {},
    encodeMedia: ({ payload }) => ({ data: payload, isBinary: true }),
    encodeMessage: () => ({ data: new Uint8Array(), isBinary: true }),
    preamble: () => null,
  }
  const options = policySchema.parse(policy)
  const session = new CallSession(
    {
      dialectName: 'toy',
      dialect: silent,
      policy: options,
      metrics: uncounted,
      clock: stoppedClock,
      ...detectorsOf(options),
    },
    {
      toRecorder() {},
      toPbx() {},
      close() {},
      started() {},
      signalled: (signal) => void signalled.push(signal),
      audit() {},
      ended() {},
    },
  )
  const receive = (nowMs: number): void => session.receive({ data: new Uint8Array(), isBinary: true }, nowMs)
  receive(0)
  for (let n = 0; n < (seconds * RATE_HZ) / FRAME_SAMPLES; n++) {
    meaning = payloads.map((audio, stream) => {
      const payload = audio.slice(n * FRAME_SAMPLES, (n + 1) * FRAME_SAMPLES)
      return { kind: 'media', frame: frame(n, 0, { stream, payload }) }
    })
    receive(n * 20)
  }
  return { said: signalled.map(({ kind, state, origin }) => `${kind} ${state} ${origin}`), session }
}

const starCodes = { codes: { '*1': 'payment-started', '*9': 'emergency-started' } }

t.test("the agent's star codes are read, and the caller's echo never is one", async (t) => {
  t.strictSame(keysOn(1, '*1', { starCodes }).said, ['payment started star-code'])
  t.strictSame(keysOn(0, '*1*9', { starCodes }).said, [])
})

t.test("the caller's key gives consent, and the agent's echo never does", async (t) => {
  const consent = { mode: 'opt-in' }
  t.strictSame(keysOn(0, '1', { consent }).said, ['consent given caller-key'])
  t.strictSame(keysOn(1, '1', { consent }).said, [])
})
