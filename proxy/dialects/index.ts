import { asterisk } from './asterisk/asterisk.js'
import { audiohook } from './audiohook/audiohook.js'
import { audiosocket } from './audiosocket/audiosocket.js'
import type { Dialect } from './dialect.js'
import { modAudioFork } from './mod-audio-fork/mod-audio-fork.js'
import { modAudioStream } from './mod-audio-stream/mod-audio-stream.js'
import { telnyx } from './telnyx/telnyx.js'
import { twilio } from './twilio/twilio.js'
import { vonage } from './vonage/vonage.js'

/** Every wire protocol of forked calls that the proxy speaks, by the name that the configuration uses. */
export const dialects = {
  asterisk,
  audiohook,
  audiosocket,
  mod_audio_fork: modAudioFork,
  mod_audio_stream: modAudioStream,
  telnyx,
  twilio,
  vonage,
} as const satisfies Record<string, Dialect>

export type DialectName = keyof typeof dialects
