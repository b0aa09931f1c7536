import { RedactError } from '../../base/errors.js'
import { pcmu } from '../../codecs/pcmu/pcmu.js'
import type { TrackRole } from '../../media/frame.js'
import { joined } from '../../media/mix.js'
import { samplesOf } from '../../media/time.js'
import type { WireMessage } from '../../media/wire.js'
import type { DialectPbx, PbxScript, RecorderHandshake } from '../dialect.js'
import { encodeFields } from '../protobuf.js'
import * as ringcx from './messages.js'
import { CLOCK_RATE_HZ } from './segments.js'

/** RingCX' own packetisation, ms. */
const PTIME_MS = 100
const CHUNK_SAMPLES = samplesOf(PTIME_MS, CLOCK_RATE_HZ)

const types: Readonly<Record<TrackRole, number>> = {
  caller: ringcx.participantTypes.contact,
  agent: ringcx.participantTypes.agent,
  mixed: ringcx.participantTypes.contact,
}

/** A simulated RingCX: a segment per party, chunks of 100 ms in turn, no keys but those that are heard. */
export class RingcxPbx implements DialectPbx {
  readonly isReady = true
  /** Whoever plays it ends the stream then, and waits for the answer. */
  isDone = false
  readonly #rest: Int16Array[]
  #seq = 0

  /** @throws RedactError REDACT_ERR_INVARIANT for another rate than 8,000 Hz */
  constructor(
    private readonly script: PbxScript,
    readonly handshake: RecorderHandshake,
  ) {
    if (script.sampleRateHz !== CLOCK_RATE_HZ)
      throw new RedactError('REDACT_ERR_INVARIANT', 'RingCX streams audio at 8,000 Hz only')
    this.#rest = script.roles.map(() => new Int16Array(0))
  }

  opened(_nowMs: number, out: WireMessage[]): void {
    const { callId, metadata } = this.script
    const attributes = Object.entries(metadata).map(
      ([key, value]) =>
        [
          ringcx.dialog.attributes,
          encodeFields([ringcx.attribute.key, key], [ringcx.attribute.value, value]),
        ] as const,
    )
    const account = encodeFields([ringcx.account.id, '1001'], [ringcx.account.subAccountId, '2002'])
    const dialog = encodeFields([ringcx.dialog.id, callId], [ringcx.dialog.type, 1], ...attributes)
    this.#say(
      ringcx.fields.dialogInit,
      encodeFields([ringcx.dialogInit.account, account], [ringcx.dialogInit.dialog, dialog]),
      out,
    )
    for (const [index, role] of this.script.roles.entries()) this.#join(index, role, out)
  }

  receive(): void {}

  audio(pcm: readonly Int16Array[], _nowMs: number, out: WireMessage[]): void {
    for (const [index, samples] of pcm.entries()) this.#rest[index] = joined(this.#rest[index]!, samples)
    while (this.#rest[0]!.length >= CHUNK_SAMPLES) this.#chunks(out)
  }

  /** RingCX has no message for keys. */
  digit(): void {}

  hangUp(_nowMs: number, out: WireMessage[]): void {
    if (this.#rest[0]!.length > 0) this.#chunks(out)
    for (const index of this.script.roles.keys())
      this.#say(ringcx.fields.segmentStop, encodeFields([ringcx.SEGMENT_ID, segmentId(index)]), out)
    this.isDone = true
  }

  #join(index: number, role: TrackRole, out: WireMessage[]): void {
    const party = encodeFields(
      [ringcx.participant.id, `${role}-${index}`],
      [ringcx.participant.type, types[role]],
    )
    const format = encodeFields(
      [ringcx.audioFormat.codec, ringcx.codecs.pcmu],
      [ringcx.audioFormat.rate, CLOCK_RATE_HZ],
      [ringcx.audioFormat.ptime, PTIME_MS],
    )
    const start = encodeFields(
      [ringcx.SEGMENT_ID, segmentId(index)],
      [ringcx.segmentStart.participant, party],
      [ringcx.segmentStart.audioFormat, format],
    )
    this.#say(ringcx.fields.segmentStart, start, out)
  }

  #chunks(out: WireMessage[]): void {
    this.#seq++
    for (const [index, rest] of this.#rest.entries()) {
      const samples = rest.subarray(0, CHUNK_SAMPLES)
      this.#rest[index] = rest.slice(CHUNK_SAMPLES)
      const content = encodeFields(
        [ringcx.audioContent.payload, pcmu.encode(samples)],
        [ringcx.audioContent.seq, this.#seq],
        [ringcx.audioContent.duration, Math.round((samples.length * 1000) / CLOCK_RATE_HZ)],
      )
      const media = encodeFields(
        [ringcx.SEGMENT_ID, segmentId(index)],
        [ringcx.segmentMedia.audioContent, content],
      )
      this.#say(ringcx.fields.segmentMedia, media, out)
    }
  }

  #say(kind: number, event: Uint8Array, out: WireMessage[]): void {
    const data = encodeFields([ringcx.fields.sessionId, `session-${this.script.callId}`], [kind, event])
    out.push({ data, isBinary: true })
  }
}

const segmentId = (index: number): string => `segment-${index + 1}`
