/**
 * What the second listener costs: nanoseconds of CPU for 20 ms of both parties, AudioHook's stereo mu-law as it was sent, least of
 * several rounds; reading the message and decoding it included. Run: node dist/bench/micro/leak-check.bench.js
 */
import { cpus } from 'node:os'
import type { Dialect, RecorderEvent } from '../../proxy/dialects/dialect.js'
import { dialects } from '../../proxy/dialects/index.js'
import type { WireMessage } from '../../proxy/media/wire.js'
import { LeakCheck } from '../../proxy/session/leak-check.js'
import { randomOf, toPcm, voiceLike } from '../dtmf/key-set.js'

const dialect: Dialect = dialects.audiohook
const FRAME_SAMPLES = 160
const LOOP_FRAMES = 100
const ROUNDS = 9
const ROUND_FRAMES = 50_000
/** Calls that are listened to: one, and those of 1,000 that are. */
const CALLS = [1, 100] as const

const voices = [1, 2].map((seed) => toPcm(voiceLike(LOOP_FRAMES * 20, 8000, randomOf(seed))))
const SOUNDS = {
  'both speak': voices,
  'one speaks': [voices[0]!, new Int16Array(voices[0]!.length)],
  'faint noise': [3, 4].map((seed) => {
    const random = randomOf(seed)
    return Int16Array.from(voices[0]!, () => 40 * random() - 20)
  }),
}

/** What a PBX sends: the messages that open a call, then a loop of audio. */
const scriptOf = (tracks: readonly Int16Array[]): { opening: WireMessage[]; media: WireMessage[] } => {
  const pbx = dialect.simulate({
    callId: '6f1fbe1a-6d8f-4d0c-9a3d-0123456789ab',
    roles: ['caller', 'agent'],
    sampleRateHz: 8000,
    metadata: {},
    credentials: null,
    url: new URL('ws://127.0.0.1/'),
    auth: { epochMs: 0, rememberNonce: () => true, randomBytes: (n) => new Uint8Array(n) },
  })
  const opening: WireMessage[] = []
  const media: WireMessage[] = []
  const heard: RecorderEvent[] = []
  pbx.opened(0, opening)
  const recorder = dialect.record(dialect.schema.parse({}))
  for (const message of opening) recorder.receive(message, 0, heard)
  for (const event of heard) if (event.kind === 'reply') pbx.receive(event.message, 0, [])
  for (let at = 0; at < LOOP_FRAMES * FRAME_SAMPLES; at += FRAME_SAMPLES)
    pbx.audio(
      tracks.map((pcm) => pcm.slice(at, at + FRAME_SAMPLES)),
      0,
      media,
    )
  return { opening, media }
}

let suspicions = 0

const newCheck = (opening: readonly WireMessage[]): LeakCheck => {
  const endpoint = dialect.record(dialect.schema.parse({}))
  const check = new LeakCheck({ endpoint, isTextChecked: true, suspect: () => void suspicions++ })
  for (const message of opening) check.sent(message, 0, 0)
  return check
}

const round = (checks: readonly LeakCheck[], media: readonly WireMessage[]): number => {
  const before = process.cpuUsage()
  for (let i = 0; i < ROUND_FRAMES; i++) {
    const turn = Math.floor(i / checks.length)
    checks[i % checks.length]!.sent(media[turn % media.length]!, FRAME_SAMPLES, 0)
  }
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1e3) / ROUND_FRAMES
}

console.log(
  `${cpus()[0]?.model}, Node ${process.version}, least of ${ROUNDS} rounds of ${ROUND_FRAMES} frames`,
)
for (const [sound, tracks] of Object.entries(SOUNDS)) {
  const { opening, media } = scriptOf(tracks)
  for (const count of CALLS) {
    const checks = Array.from({ length: count }, () => newCheck(opening))
    const rounds = Array.from({ length: ROUNDS }, () => round(checks, media))
    for (const check of checks) check.close()
    console.log(`  ${sound}, ${count} in turn: ${Math.min(...rounds).toFixed(0)} ns`)
  }
}
if (suspicions > 0) throw new Error('nothing was to be suspected')
