/**
 * Makes the call that the demo plays: fixtures/audio/demo-call.wav, demo-call.json (what in it is sensitive, and where) and
 * manifest.json. Only whoever changes the call runs it; it needs espeak-ng and sox:
 *
 *   npm run build && node dist/bench/demo/make-call.js
 *
 * The same seed and the same versions of both tools give the same bytes. The card number is the test number that every
 * payment provider publishes; names, dates and codes are made up, and nobody's voice is in it.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inPackage } from '../../proxy/base/package-file.js'
import { pcmu } from '../../proxy/codecs/pcmu/pcmu.js'
import { msOf, samplesOf } from '../../proxy/media/time.js'
import { addKey, addNoise, amplitudeOf, randomOf, toPcm } from '../dtmf/key-set.js'
import type { CallTruth, SecretKind, Signal } from './demo-call.js'

const SEED = 20_260_131
const RATE_HZ = 8000
const CALLER = 0
const AGENT = 1

/**
 * espeak-ng's voices, told apart even on a small loudspeaker: a woman calls, a man answers. Words a minute. The variants +f3,
 * +Andrea and +linda ring so steadily that the masker takes them for keys several times a minute; eleven others it never did.
 */
const VOICES = [
  { name: 'en-us+f2', wordsPerMinute: 165 },
  { name: 'en-gb', wordsPerMinute: 170 },
] as const
/** What a telephone lets through, Hz. */
const BAND_HZ = '250-3500'
/** Mean level of a line of speech; its peaks come to half of full scale. */
const SPEECH_DBM0 = -18
/** The keys' tones: the stronger one, and by how much the column is above the row; levels of an ordinary handset. */
const KEY_DBM0 = -9
const KEY_TWIST_DB = 2
/** The way back from the caller's line into the agent's track. */
const ECHO_DB = -30
const ECHO_MS = 120
const NOISE_DBM0 = -62

const random = randomOf(SEED)
const between = (low: number, high: number): number => Math.round(low + (high - low) * random())

interface Clip {
  readonly track: number
  readonly startSample: number
  readonly audio: Float64Array
}

const clips: Clip[] = []
const keys: CallTruth['keys'][number][] = []
const secrets: CallTruth['secrets'][number][] = []
const signals: Signal[] = []
/** Where the next sound begins. */
let headSample = 0

const pause = (ms: number): void => {
  headSample += samplesOf(ms, RATE_HZ)
}

const say = (track: number, text: string, secret?: SecretKind): void => {
  const audio = spoken(track, text)
  clips.push({ track, startSample: headSample, audio })
  if (secret !== undefined) noteSecret(track, headSample, headSample + audio.length, secret)
  headSample += audio.length
}

/** Keys a number at a person's pace, in groups of four. */
const key = (digits: string): void => {
  for (const [i, digit] of [...digits].entries()) {
    const durationMs = between(80, 140)
    const audio = new Float64Array(samplesOf(durationMs, RATE_HZ))
    const press = { key: digit, startMs: 0, durationMs, levelDbm0: KEY_DBM0, twistDb: KEY_TWIST_DB }
    addKey(audio, press, RATE_HZ, random)
    clips.push({ track: CALLER, startSample: headSample, audio })
    keys.push({ track: CALLER, startSample: headSample, endSample: headSample + audio.length })
    noteEcho(headSample, headSample + audio.length, 'echo of a key')
    headSample += audio.length
    pause(i % 4 === 3 ? between(450, 700) : between(110, 230))
  }
}

/** A payment page, or an agent's desktop, tells the proxy. */
const signal = (
  signalId: string,
  state: Signal['state'],
  note: string,
  atMs = msOf(headSample, RATE_HZ),
): void => {
  signals.push({ atMs: Math.round(atMs), signalId, state, note })
}

const noteSecret = (track: number, startSample: number, endSample: number, kind: SecretKind): void => {
  secrets.push({ track, startSample, endSample, kind })
  if (track === CALLER) noteEcho(startSample, endSample, 'echo of speech')
}

const noteEcho = (startSample: number, endSample: number, kind: SecretKind): void => {
  const delay = samplesOf(ECHO_MS, RATE_HZ)
  secrets.push({ track: AGENT, startSample: startSample + delay, endSample: endSample + delay, kind })
}

/** A voice's telephone audio at its level, without the silence around it. */
const spoken = (track: number, text: string): Float64Array => {
  const { name, wordsPerMinute } = VOICES[track]!
  const folder = mkdtempSync(join(tmpdir(), 'demo-call-'))
  const wav = join(folder, 'line.wav')
  execFileSync('espeak-ng', ['-v', name, '-s', `${wordsPerMinute}`, '-w', wav, text])
  const format = ['-t', 'raw', '-e', 'signed', '-b', '16', '-r', `${RATE_HZ}`, '-']
  const raw = execFileSync('sox', ['-R', '-D', wav, ...format, 'sinc', BAND_HZ])
  rmSync(folder, { recursive: true })
  const samples = new Int16Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length))
  return levelled(trimmed(Float64Array.from(samples)))
}

/** Without what lies 40 dB and more below the peak, before and after. */
const trimmed = (audio: Float64Array): Float64Array => {
  const peak = audio.reduce((max, x) => Math.max(max, Math.abs(x)), 0)
  const isHeard = (x: number): boolean => Math.abs(x) > peak / 100
  const endSample = audio.length - audio.slice().reverse().findIndex(isHeard)
  return audio.subarray(audio.findIndex(isHeard), endSample)
}

const levelled = (audio: Float64Array): Float64Array => {
  const rms = Math.sqrt(audio.reduce((sum, x) => sum + x * x, 0) / audio.length)
  const gain = amplitudeOf(SPEECH_DBM0) / Math.SQRT2 / rms
  return audio.map((x) => x * gain)
}

// The call.

pause(600)
say(AGENT, 'Thank you for calling Harbour Travel, this is Robin. How can I help you?')
pause(500)
say(CALLER, 'Hello. I have booked the ferry on Friday, and I would like to pay the balance, please.')
pause(400)
say(
  AGENT,
  'Of course, that is one hundred and twelve pounds. Please type the long card number on your telephone.',
)
pause(1100)
key('4111111111111111')
pause(1400)
say(AGENT, 'Lovely, it is all here. Let me open the payment page.')
pause(600)
say(AGENT, 'And when does the card expire?')
pause(150)
signal('page-1', 'started', 'in time: before the caller speaks')
pause(550)
say(CALLER, 'Oh four, twenty nine.', 'expiry date')
pause(400)
say(AGENT, 'Thank you.')
signal('page-1', 'ended', 'the page is left')
pause(1100)
say(AGENT, 'Shall I send the tickets to your e-mail address, or to your telephone?')
pause(350)
say(CALLER, 'By e-mail, please. And could we have a cabin with a window, if there is one left?')
pause(450)
say(AGENT, 'There is, and it costs the same. Oh, the bank asks for the security code as well.')
pause(1300)
const firstDigitMs = msOf(headSample, RATE_HZ)
say(CALLER, 'Nine.', 'security code')
pause(330)
say(CALLER, 'two.', 'security code')
pause(330)
say(CALLER, 'seven.', 'security code')
signal('page-2', 'started', 'late: 1.5 s after the first digit', firstDigitMs + 1500)
pause(700)
say(AGENT, 'Nine two seven, for the card that ends in one one one one.', 'read back')
pause(500)
signal('page-2', 'ended', 'the page is left')
pause(1100)
say(AGENT, 'The payment has gone through. You are all set for Friday.')
pause(350)
say(CALLER, 'Wonderful. Thank you very much, and goodbye.')
pause(300)
say(AGENT, 'Goodbye.')
pause(700)

// The files.

const mixed = [CALLER, AGENT].map((track) => {
  const audio = new Float64Array(headSample)
  for (const clip of clips) if (clip.track === track) add(audio, clip.audio, clip.startSample, 1)
  return audio
})

function add(audio: Float64Array, sound: Float64Array, startSample: number, gain: number): void {
  const count = Math.min(sound.length, audio.length - startSample)
  for (let i = 0; i < count; i++) audio[startSample + i]! += gain * sound[i]!
}

add(mixed[AGENT]!, mixed[CALLER]!.slice(), samplesOf(ECHO_MS, RATE_HZ), 10 ** (ECHO_DB / 20))
for (const audio of mixed) addNoise(audio, NOISE_DBM0, random)
const [caller, agent] = mixed.map((audio) => pcmu.encode(toPcm(audio)))

/** WAVE_FORMAT_MULAW: a `fmt ` of 18 bytes, and a `fact` with the sample count, as the format asks of all but PCM. */
const muLawWav = (channels: readonly Uint8Array[]): Buffer => {
  const samples = channels[0]!.length
  const data = Buffer.alloc(samples * channels.length)
  for (const [c, bytes] of channels.entries())
    for (const [i, byte] of bytes.entries()) data[i * channels.length + c] = byte
  const header = Buffer.alloc(58)
  header.write('RIFF', 0)
  header.writeUInt32LE(header.length - 8 + data.length, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(18, 16)
  header.writeUInt16LE(7, 20)
  header.writeUInt16LE(channels.length, 22)
  header.writeUInt32LE(RATE_HZ, 24)
  header.writeUInt32LE(RATE_HZ * channels.length, 28)
  header.writeUInt16LE(channels.length, 32)
  header.writeUInt16LE(8, 34)
  header.write('fact', 38)
  header.writeUInt32LE(4, 42)
  header.writeUInt32LE(samples, 46)
  header.write('data', 50)
  header.writeUInt32LE(data.length, 54)
  return Buffer.concat([header, data])
}

/**
 * Where nothing is sensitive, by the widest reading of the safe policy: 0.5 s before keys (echoes) and 3.5 s after them (an
 * entry's hold), 2.2 s before a payment step (the look-back) and 0.7 s after it.
 */
const calmStretches = (): CallTruth['calm'] => {
  const sensitive = [
    ...keys.map(({ startSample, endSample }) => around(startSample, endSample, 500, 3500)),
    ...stepsOf(signals).map(({ fromMs, toMs }) =>
      around(samplesOf(fromMs, RATE_HZ), samplesOf(toMs, RATE_HZ), 2200, 700),
    ),
  ].sort((a, b) => a.startSample - b.startSample)
  const calm: CallTruth['calm'][number][] = []
  let reachedSample = 0
  for (const { startSample, endSample } of sensitive) {
    if (startSample > reachedSample) calm.push({ startSample: reachedSample, endSample: startSample })
    reachedSample = Math.max(reachedSample, endSample)
  }
  return [...calm, { startSample: reachedSample, endSample: headSample }]
}

const around = (startSample: number, endSample: number, beforeMs: number, afterMs: number) => ({
  startSample: startSample - samplesOf(beforeMs, RATE_HZ),
  endSample: endSample + samplesOf(afterMs, RATE_HZ),
})

const stepsOf = (all: readonly Signal[]): { fromMs: number; toMs: number }[] =>
  [...new Set(all.map(({ signalId }) => signalId))].map((id) => {
    const timesMs = all.filter(({ signalId }) => signalId === id).map(({ atMs }) => atMs)
    return { fromMs: Math.min(...timesMs), toMs: Math.max(...timesMs) }
  })

const versionOf = (tool: string): string =>
  /\d+\.\d+(\.\d+)?/.exec(execFileSync(tool, ['--version'], { encoding: 'utf8' }))?.[0] ?? 'unknown'

const bySample = <T extends { startSample: number }>(items: readonly T[]): T[] =>
  [...items].sort((a, b) => a.startSample - b.startSample)

const truth: CallTruth = {
  sampleRateHz: RATE_HZ,
  samples: headSample,
  tracks: ['caller', 'agent'],
  keys,
  secrets: bySample(secrets),
  calm: calmStretches(),
  signals: [...signals].sort((a, b) => a.atMs - b.atMs),
}
const wav = muLawWav([caller!, agent!])
const truthText = `${JSON.stringify(truth, null, 1)}\n`
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex')
const manifest = {
  what: "A made-up call of two parties: a card number keyed on the caller's telephone, an expiry date and a security code spoken, the code and the last digits read back. Mu-law, 8 kHz, caller left, agent right.",
  origin: `Synthetic: espeak-ng ${versionOf('espeak-ng')} (voices ${VOICES.map(({ name }) => name).join(', ')}), band-limited by sox ${versionOf('sox')} (Debian 12); keys, echo and line noise computed. No person was recorded; the card number is a published test number. espeak-ng is under the GPL; what it says is not.`,
  licence: 'CC0-1.0',
  seed: SEED,
  how: ['apt-get install espeak-ng sox', 'npm run build', 'node dist/bench/demo/make-call.js'],
  files: {
    'demo-call.wav': { what: 'the call', sha256: sha256(wav) },
    'demo-call.json': {
      what: 'where its keys and secrets lie, as half-open sample ranges, and when payment signals are sent (ms)',
      sha256: sha256(truthText),
    },
  },
}
const folder = inPackage('fixtures/audio/')
writeFileSync(new URL('demo-call.wav', folder), wav)
writeFileSync(new URL('demo-call.json', folder), truthText)
writeFileSync(new URL('manifest.json', folder), `${JSON.stringify(manifest, null, 2)}\n`)
console.log(
  `${(headSample / RATE_HZ).toFixed(1)} s, ${wav.length} bytes, ${keys.length} keys, ${secrets.length} secrets`,
)
