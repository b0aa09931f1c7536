import type { WireMessage } from '../../media/wire.js'
import type { DialectRecorder, RecorderEvent } from '../dialect.js'
import { NO_PARAMETERS } from './encode.js'
import { ServerEnd } from './ends.js'
import { AudioReader, callStart } from './media.js'
import { type ClientMessage, type OpenParameters, processableMedia, type ServerType } from './messages.js'
import { metadataOf } from './text.js'
import { type ViolationCode, violations } from './violations.js'

type Out = RecorderEvent[]

/**
 * A recorder that takes what it is offered: stereo where there is a choice, every message in its place, and is as strict as
 * the reference server, so that a test that plays to it notices what that one would. It never asks for anything itself.
 */
export class AudioHookRecorder implements DialectRecorder {
  readonly #end = new ServerEnd(null)
  #state: 'waiting' | 'active' | 'paused' | 'closed' = 'waiting'
  #audio: AudioReader | null = null
  #hasDisconnected = false

  receive(message: WireMessage, nowMs: number, out: Out): void {
    if (message.isBinary) this.#receiveAudio(message, nowMs, out)
    else this.#receiveText(message, out)
  }

  #receiveText(message: WireMessage, out: Out) {
    const heard = this.#end.hear(message)
    if (heard.fault !== null) return this.#refuse(heard.fault, out)
    if (heard.message !== null) this.#onMessage(heard.message, out)
  }

  #receiveAudio(message: WireMessage, nowMs: number, out: Out) {
    if (this.#state !== 'active') return this.#refuse('audio-not-active', out)
    if (this.#audio === null) return this.#refuse('audio-no-media', out)
    if (!this.#audio.isWhole(message.data)) return this.#refuse('audio-length', out)
    const frame = this.#audio.read(message, nowMs)
    if (frame !== null) out.push({ kind: 'media', frame })
  }

  #onMessage(message: ClientMessage, out: Out) {
    switch (message.type) {
      case 'open':
        return this.#onOpen(message.parameters, out)
      case 'ping':
        return this.#say('pong', NO_PARAMETERS, out)
      case 'paused':
        if (this.#state === 'active') this.#state = 'paused'
        return
      case 'resumed':
        if (this.#state === 'paused') this.#state = 'active'
        this.#audio?.skip(message.parameters.discarded)
        return
      case 'discarded':
        this.#audio?.skip(message.parameters.discarded)
        return
      case 'close':
        return this.#onClose(out)
      case 'update':
        return this.#say('updated', NO_PARAMETERS, out)
      case 'error':
      case 'dtmf':
      case 'playback_started':
      case 'playback_completed':
        return
    }
  }

  #onOpen(open: OpenParameters, out: Out) {
    if (this.#state !== 'waiting') return this.#refuse('out-of-state', out)
    const offers = processableMedia(open.media)
    const media = offers.find(({ channels }) => channels.length === 2) ?? offers[0] ?? null
    this.#state = 'active'
    this.#audio = media && new AudioReader(media)
    out.push({ kind: 'started', call: callStart(this.#end.session, open, media, metadataOf(open)) })
    this.#say('opened', JSON.stringify({ media: media === null ? [] : [media], startPaused: false }), out)
  }

  #onClose(out: Out) {
    if (this.#state === 'closed') return this.#refuse('out-of-state', out)
    const wasOpen = this.#state !== 'waiting'
    this.#state = 'closed'
    if (wasOpen) out.push({ kind: 'ended' })
    this.#say('closed', NO_PARAMETERS, out)
  }

  #refuse(code: ViolationCode, out: Out) {
    out.push({ kind: 'violation', code })
    if (this.#hasDisconnected || this.#state === 'closed') return
    this.#hasDisconnected = true
    this.#say('disconnect', JSON.stringify({ reason: 'error', info: violations[code] }), out)
  }

  #say(type: ServerType, parameters: string, out: Out) {
    out.push({ kind: 'reply', message: this.#end.say(type, parameters) })
  }
}
