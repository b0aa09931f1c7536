import { createHash } from 'node:crypto'
import { RedactError } from '../../base/errors.js'
import { pcmu } from '../../codecs/pcmu/pcmu.js'
import type { WireMessage } from '../../media/wire.js'
import type { DialectPbx, PbxScript, RecorderHandshake } from '../dialect.js'
import { NO_PARAMETERS } from './encode.js'
import { ClientEnd } from './ends.js'
import { positionOf, RATE_HZ } from './media.js'
import { type ClientType, durationOf, isUuid, type Media, type ServerMessage } from './messages.js'
import { credentialsSchema } from './options.js'
import type { Numbers } from './receive.js'
import { signatureHeaders } from './signature.js'

type Out = WireMessage[]

/** ms after `opened`, and between pings from then on, as the reference client has them. */
const FIRST_PING_MS = 1_000
const NEXT_PING_MS = 5_000

/**
 * A contact centre's side of a call, after the reference client: offers both parties first and each alone, sends PCMU in
 * whatever lengths it is handed, pauses when it is asked to, and closes when it is disconnected. Without credentials its
 * upgrade request is unsigned. It sends no digits: the monitoring product reports none.
 */
export class AudioHookPbx implements DialectPbx {
  readonly handshake: RecorderHandshake
  readonly #script: PbxScript
  readonly #session: string
  readonly #organization: string
  readonly #channels: Media['channels']
  readonly #end: ClientEnd
  #state: 'connecting' | 'opening' | 'active' | 'paused' | 'closing' | 'closed' = 'connecting'
  /** Which role speaks on each channel of the chosen media; empty when no audio is wanted. */
  #rolesChosen: readonly number[] = []
  #positionSamples = 0
  #pausedAtSample = 0
  #nextPingMs = Number.POSITIVE_INFINITY
  #rttMs: number | null = null

  /** @throws RedactError REDACT_ERR_INVARIANT for any other rate than 8,000 Hz, which AudioHook does not have */
  constructor(script: PbxScript) {
    if (script.sampleRateHz !== RATE_HZ)
      throw new RedactError(
        'REDACT_ERR_INVARIANT',
        'AudioHook audio is sampled at 8000 Hz: resample the call first',
      )
    this.#script = script
    this.#session = uuidFor(`session of ${script.callId}`)
    this.#organization = uuidFor('organization')
    this.#channels = script.roles.map((role) => (role === 'agent' ? 'internal' : 'external'))
    this.#end = new ClientEnd(this.#session)
    this.handshake = { headers: this.#headers(), subprotocols: [] }
  }

  get isReady(): boolean {
    return this.#state === 'active' && this.#rolesChosen.length > 0
  }

  get isDone(): boolean {
    return this.#state === 'closed'
  }

  opened(_nowMs: number, out: Out): void {
    this.#state = 'opening'
    const { callId, metadata } = this.#script
    const open = {
      organizationId: this.#organization,
      conversationId: isUuid(callId) ? callId : uuidFor(callId),
      participant: { id: uuidFor(`participant of ${callId}`), ani: '', aniName: '', dnis: '' },
      media: this.#offers(),
      language: 'en-GB',
      customConfig: metadata,
    }
    this.#say('open', JSON.stringify(open), out)
  }

  receive(message: WireMessage, nowMs: number, out: Out): void {
    const heard = message.isBinary ? null : this.#end.hear(message)
    if (heard?.message) this.#onMessage(heard.message, nowMs, out)
    this.#pingWhenDue(nowMs, out)
  }

  audio(pcm: readonly Int16Array[], nowMs: number, out: Out): void {
    this.#pingWhenDue(nowMs, out)
    if (this.#state !== 'active' && this.#state !== 'paused') return
    if (this.isReady) {
      const chosen = this.#rolesChosen.map((role) => pcm[role]!)
      out.push({ data: pcmu.encode(interleaved(chosen)), isBinary: true })
    }
    // The stream's clock runs on during a pause.
    this.#positionSamples += pcm[0]?.length ?? 0
  }

  digit(): void {}

  hangUp(_nowMs: number, out: Out): void {
    this.#close('end', out)
  }

  #onMessage(message: ServerMessage & Numbers, nowMs: number, out: Out) {
    switch (message.type) {
      case 'opened':
        return this.#onOpened(message, nowMs, out)
      case 'pong':
        this.#rttMs = this.#end.pong(message.peerSeq, nowMs) ?? this.#rttMs
        return
      case 'pause':
        return this.#pause(out)
      case 'resume':
        return this.#resume(out)
      case 'disconnect':
        return this.#close('disconnect', out)
      case 'reconnect':
        return this.#close('reconnect', out)
      case 'closed':
        if (this.#state === 'closing') this.#state = 'closed'
        return
      case 'event':
      case 'updated':
        return
    }
  }

  #onOpened({ parameters }: ServerMessage & { type: 'opened' }, nowMs: number, out: Out) {
    if (this.#state !== 'opening') return
    this.#state = 'active'
    const chosen = parameters.media[0]?.channels ?? []
    this.#rolesChosen = chosen.map((channel) => this.#channels.indexOf(channel))
    this.#nextPingMs = nowMs + FIRST_PING_MS
    if (parameters.startPaused) this.#pause(out)
  }

  #pause(out: Out) {
    if (this.#state === 'active') this.#pausedAtSample = this.#positionSamples
    else if (this.#state !== 'paused') return
    this.#state = 'paused'
    this.#say('paused', NO_PARAMETERS, out)
  }

  #resume(out: Out) {
    if (this.#state === 'active') this.#pausedAtSample = this.#positionSamples
    else if (this.#state !== 'paused') return
    this.#state = 'active'
    const start = positionOf(this.#pausedAtSample)
    const discarded = positionOf(this.#positionSamples - this.#pausedAtSample)
    this.#say('resumed', JSON.stringify({ start, discarded }), out)
  }

  #close(reason: 'end' | 'disconnect' | 'reconnect', out: Out) {
    if (this.#state === 'connecting' || this.#state === 'closing' || this.#state === 'closed') return
    this.#state = 'closing'
    this.#say('close', JSON.stringify({ reason }), out)
  }

  #pingWhenDue(nowMs: number, out: Out) {
    if (nowMs < this.#nextPingMs || this.#end.isPinging) return
    if (this.#state !== 'active' && this.#state !== 'paused') return
    this.#nextPingMs = nowMs + NEXT_PING_MS
    const rtt = this.#rttMs === null ? NO_PARAMETERS : `{"rtt":"${durationOf(this.#rttMs / 1000)}"}`
    out.push(this.#end.ping(positionOf(this.#positionSamples), rtt, nowMs))
  }

  #say(type: ClientType, parameters: string, out: Out) {
    out.push(this.#end.say(type, positionOf(this.#positionSamples), parameters))
  }

  /** All channels together first, then each alone. */
  #offers(): Media[] {
    const alone = this.#channels.length > 1 ? this.#channels.map((channel) => [channel]) : []
    return [this.#channels, ...alone].map((channels) => ({
      type: 'audio',
      format: 'PCMU',
      channels,
      rate: RATE_HZ,
    }))
  }

  #headers(): Record<string, string> {
    const { credentials, url, auth, callId } = this.#script
    const ids = {
      'audiohook-organization-id': this.#organization,
      'audiohook-session-id': this.#session,
      'audiohook-correlation-id': uuidFor(`correlation of ${callId}`),
    }
    const key = credentialsSchema.safeParse(credentials).data
    if (key === undefined) return ids
    return { ...ids, 'x-api-key': key.apiKey, ...signatureHeaders(url, ids, key, auth) }
  }
}

/** A UUID that is always the same for the same name: version 5 (RFC 9562 section 5.5), in the null namespace. */
export const uuidFor = (name: string): string => {
  const hash = createHash('sha1').update(Buffer.alloc(16)).update(name, 'utf8').digest()
  hash[6] = (hash[6]! & 0x0f) | 0x50
  hash[8] = (hash[8]! & 0x3f) | 0x80
  const hex = hash.toString('hex', 0, 16)
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const interleaved = (channels: readonly Int16Array[]): Int16Array => {
  const pcm = new Int16Array((channels[0]?.length ?? 0) * channels.length)
  channels.forEach((samples, channel) => {
    for (let i = 0; i < samples.length; i++) pcm[i * channels.length + channel] = samples[i]!
  })
  return pcm
}
