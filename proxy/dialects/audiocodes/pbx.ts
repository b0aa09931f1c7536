import { RedactError } from '../../base/errors.js'
import { codecNamed } from '../../codecs/index.js'
import type { WireMessage } from '../../media/wire.js'
import type { DialectPbx, PbxScript, RecorderHandshake } from '../dialect.js'
import { formatAt, formatOf, jsonMessage, parse } from './messages.js'
import type { MediaFormat } from './options.js'

/** A simulated VoiceAI Connect in its agent assist mode: one stream per participant, keys as activities. */
export class AudiocodesPbx implements DialectPbx {
  isDone = false
  readonly #format: MediaFormat
  readonly #conversationId: string
  /** Streams that the bot has opened. */
  readonly #opened = new Set<unknown>()

  /**
   * @param script 8,000, 16,000 or 24,000 Hz; `roles` are the participants' names, `metadata` stands in session.initiate
   * @throws RedactError REDACT_ERR_INVARIANT for any other rate
   */
  constructor(
    private readonly script: PbxScript,
    readonly handshake: RecorderHandshake,
  ) {
    const format = formatAt(script.sampleRateHz)
    if (format === undefined)
      throw new RedactError(
        'REDACT_ERR_INVARIANT',
        'VoiceAI Connect streams audio at 8,000, 16,000 or 24,000 Hz',
      )
    this.#format = format
    this.#conversationId = script.callId
  }

  get isReady(): boolean {
    return this.#opened.size === this.script.roles.length
  }

  opened(_nowMs: number, out: WireMessage[]): void {
    const supportedMediaFormats = ['wav/lpcm16', this.#format]
    const call = { expectAudioMessages: true, caller: '+441632960001', supportedMediaFormats }
    this.#say('session.initiate', { ...this.script.metadata, ...call }, out)
  }

  receive(message: WireMessage, _nowMs: number, out: WireMessage[]): void {
    const value = parse(message)?.value
    if (value?.['type'] === 'session.accepted')
      for (const participant of this.script.roles) this.#say('userStream.start', { participant }, out)
    if (value?.['type'] === 'userStream.started') this.#opened.add(value['participant'])
    if (value?.['type'] === 'session.error') this.isDone = true
  }

  audio(pcm: readonly Int16Array[], _nowMs: number, out: WireMessage[]): void {
    const encode = codecNamed(formatOf(this.#format).codec)!.encode!
    for (const [role, samples] of pcm.entries()) {
      const audioChunk = Buffer.from(encode(samples)).toString('base64')
      this.#say('userStream.chunk', { participant: this.script.roles[role], audioChunk }, out)
    }
  }

  digit(_role: number, digit: string, _durationMs: number, _nowMs: number, out: WireMessage[]): void {
    this.#say('activities', { activities: [{ type: 'event', name: 'DTMF', value: digit }] }, out)
  }

  hangUp(_nowMs: number, out: WireMessage[]): void {
    for (const participant of this.script.roles) this.#say('userStream.stop', { participant }, out)
    this.#say('session.end', { reasonCode: 'client-disconnected', reason: 'Client Side' }, out)
    this.isDone = true
  }

  #say(type: string, rest: object, out: WireMessage[]): void {
    out.push(jsonMessage({ type, conversationId: this.#conversationId, ...rest }))
  }
}
