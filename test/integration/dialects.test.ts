// Every dialect end to end: a simulated PBX, the proxy, and the embedded recorder, over real sockets and files. Calls of
// 8 s at 8,000 Hz with keys on the caller's track at 1.0, 1.25 and 2.8 s; every track is silent around them.
import t from 'tap'
import type { DialectName } from '../../proxy/dialects/index.js'
import { mixOf } from '../../proxy/media/mix.js'
import { checkKept, keyedCall, linear, liveProxy, mulaw, until } from '../support/live-proxy.js'

const asSent: Readonly<Record<DialectName, (sample: number) => number>> = {
  asterisk: linear,
  audiocodes: mulaw,
  audiohook: mulaw,
  audiosocket: linear,
  mod_audio_fork: linear,
  mod_audio_stream: linear,
  bandwidth: mulaw,
  exotel: linear,
  plivo: mulaw,
  ringcentral: mulaw,
  ringcx: mulaw,
  signalwire: mulaw,
  telnyx: mulaw,
  twilio: mulaw,
  vonage: linear,
  webex: mulaw,
}

/** Dialects that fork all parties as one. */
const mixing: ReadonlySet<DialectName> = new Set(['asterisk', 'audiosocket', 'exotel', 'vonage'])

for (const dialect of Object.keys(asSent) as DialectName[])
  t.test(
    `${dialect}: the recording has every sample as it was sent, but those that are silent`,
    async (t) => {
      const live = await liveProxy(t, { dialect })
      const pcm = keyedCall()
      const callId = '7b2f1c3e-5a44-4d5e-9a0e-2f1f6f7a9b10'
      await live.play(callId, pcm)
      await until(() => live.recordings().size === 1, 'a recording is kept')
      const { pcm: kept, sidecar, text } = live.recordings().get(callId)!
      checkKept(t, mixing.has(dialect) ? [mixOf(pcm)] : pcm, kept, asSent[dialect])
      t.match(sidecar, { endReason: 'hangup', lostSamples: 0, samples: 64_000 })
      t.ok(sidecar.spans.some(({ reason }) => reason === 'dtmf'))
      t.notMatch(text, /digit/i, 'the sidecar tells no key')
      t.equal(await live.figure('hushfork_unjudged_silenced_seconds_total'), 0)
      t.equal(await live.figure('hushfork_unjudged_passed_seconds_total'), 0)
      t.equal(await live.figure('hushfork_late_redaction_seconds_total'), 0)
    },
  )
