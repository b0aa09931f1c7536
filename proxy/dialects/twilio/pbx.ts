import { RedactError } from '../../base/errors.js'
import { pcmu } from '../../codecs/pcmu/pcmu.js'
import type { TrackRole } from '../../media/frame.js'
import { msOf, samplesOf } from '../../media/time.js'
import { textMessage, type WireMessage } from '../../media/wire.js'
import type { DialectPbx, PbxScript, RecorderHandshake } from '../dialect.js'
import { parse } from './messages.js'

const CLOCK_RATE_HZ = 8000
const FRAME_SAMPLES = samplesOf(20, CLOCK_RATE_HZ)

const trackNames: Readonly<Record<TrackRole, string>> = {
  caller: 'inbound',
  agent: 'outbound',
  mixed: 'inbound',
}

/** A simulated Twilio: one media message of 20 ms per track, the tracks in turn, one sequence for all of them. */
export class TwilioPbx implements DialectPbx {
  readonly isReady = true
  isDone = false
  readonly #isBidirectional: boolean
  readonly #streamSid: string
  readonly #tracks: readonly string[]
  /** Per track, samples that do not fill a message yet. */
  readonly #rest: Int16Array[]
  #sequenceNumber = 0
  #chunk = 0
  #positionSamples = 0

  /**
   * @param script 8,000 Hz only; `metadata` becomes customParameters, `metadata.direction` 'connect' a bidirectional stream
   * @throws RedactError REDACT_ERR_INVARIANT for any other rate
   */
  constructor(
    private readonly script: PbxScript,
    readonly handshake: RecorderHandshake,
  ) {
    if (script.sampleRateHz !== CLOCK_RATE_HZ)
      throw new RedactError('REDACT_ERR_INVARIANT', 'Twilio forks audio at 8,000 Hz only')
    this.#isBidirectional = script.metadata['direction'] === 'connect'
    this.#streamSid = `MZ${script.callId}`
    this.#tracks = script.roles.map((role) => trackNames[role])
    this.#rest = script.roles.map(() => new Int16Array(0))
  }

  opened(_nowMs: number, out: WireMessage[]): void {
    out.push(textMessage('{"event":"connected","protocol":"Call","version":"1.0.0"}'))
    const start = {
      accountSid: 'AC00000000000000000000000000000000',
      streamSid: this.#streamSid,
      callSid: this.script.callId,
      tracks: this.#tracks,
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: CLOCK_RATE_HZ, channels: 1 },
      customParameters: this.script.metadata,
    }
    this.#send('start', { start }, out)
  }

  /** On a connected stream a mark comes back once what was played before it has been; here at once. */
  receive(message: WireMessage, _nowMs: number, out: WireMessage[]): void {
    const value = this.#isBidirectional ? parse(message)?.value : undefined
    if (value?.['event'] === 'mark') this.#send('mark', { mark: value['mark'] }, out)
  }

  audio(pcm: readonly Int16Array[], _nowMs: number, out: WireMessage[]): void {
    for (const [track, samples] of pcm.entries()) this.#rest[track] = joined(this.#rest[track]!, samples)
    while (this.#rest[0]!.length >= FRAME_SAMPLES) this.#sendFrame(FRAME_SAMPLES, out)
  }

  /** Audio that Twilio drops because its reader is slow (warning 31930): only the timestamps go on. */
  skip(durationMs: number): void {
    this.#positionSamples += samplesOf(durationMs, CLOCK_RATE_HZ)
  }

  /** Only a bidirectional stream tells keys; a fork has their tones and nothing else. */
  digit(role: number, digit: string, _durationMs: number, _nowMs: number, out: WireMessage[]): void {
    if (!this.#isBidirectional) return
    this.#send('dtmf', { dtmf: { track: `${this.#tracks[role]}_track`, digit } }, out)
  }

  hangUp(_nowMs: number, out: WireMessage[]): void {
    const left = this.#rest[0]!.length
    if (left > 0) this.#sendFrame(left, out)
    this.#send('stop', { stop: { callSid: this.script.callId } }, out)
    this.isDone = true
  }

  #sendFrame(sampleCount: number, out: WireMessage[]): void {
    this.#chunk++
    for (const [index, track] of this.#tracks.entries()) {
      const payload = Buffer.from(pcmu.encode(this.#rest[index]!.subarray(0, sampleCount)))
      this.#rest[index] = this.#rest[index]!.slice(sampleCount)
      const timestamp = `${Math.round(msOf(this.#positionSamples, CLOCK_RATE_HZ))}`
      const media = { track, chunk: `${this.#chunk}`, timestamp, payload: payload.toString('base64') }
      this.#send('media', { media }, out)
    }
    this.#positionSamples += sampleCount
  }

  #send(event: string, body: object, out: WireMessage[]): void {
    const sequenceNumber = `${++this.#sequenceNumber}`
    out.push(textMessage(JSON.stringify({ event, sequenceNumber, ...body, streamSid: this.#streamSid })))
  }
}

const joined = (a: Int16Array, b: Int16Array): Int16Array => {
  const both = new Int16Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
