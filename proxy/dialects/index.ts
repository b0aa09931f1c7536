import { asterisk } from './asterisk/asterisk.js'
import { audiocodes } from './audiocodes/audiocodes.js'
import { audiohook } from './audiohook/audiohook.js'
import { audiosocket } from './audiosocket/audiosocket.js'
import { bandwidth } from './bandwidth/bandwidth.js'
import type { Dialect } from './dialect.js'
import { exotel } from './exotel/exotel.js'
import { modAudioFork } from './mod-audio-fork/mod-audio-fork.js'
import { modAudioStream } from './mod-audio-stream/mod-audio-stream.js'
import { plivo } from './plivo/plivo.js'
import { ringcentral } from './ringcentral/ringcentral.js'
import { ringcx } from './ringcx/ringcx.js'
import { signalwire } from './signalwire/signalwire.js'
import { telnyx } from './telnyx/telnyx.js'
import { twilio } from './twilio/twilio.js'
import { vonage } from './vonage/vonage.js'
import { webex } from './webex/webex.js'

/** Every wire protocol of forked calls that the proxy speaks, by the name that the configuration uses. */
export const dialects = {
  asterisk,
  audiocodes,
  audiohook,
  audiosocket,
  bandwidth,
  exotel,
  mod_audio_fork: modAudioFork,
  mod_audio_stream: modAudioStream,
  plivo,
  ringcentral,
  ringcx,
  signalwire,
  telnyx,
  twilio,
  vonage,
  webex,
} as const satisfies Record<string, Dialect>

export type DialectName = keyof typeof dialects
