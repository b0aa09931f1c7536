// Whole calls through the real session, policy, timeline, gate and codec, with a toy dialect and toy detectors.
// Each seed draws codec and layout, detector lags, pads, arrival gaps, lost and repeated frames, a party that is absent,
// payment steps (signalled in time or late, in the stream or beside it), signals of all other kinds at any time (nested,
// lifted by emergencies, refused to those who may not: test/support/signal-storm.ts), consent, tones of odd lengths, queue sizes and perhaps a
// broken detector. Half of the calls are calm (steady arrival, no fault, room enough): there nothing but the secrets may
// change, to the sample.
//
// Secrets of three kinds: what is said during a payment step, which starts before its signal comes; tones with their pads
// and echoes, which only a detector can know of; and whatever the answer to a signal has promised to be silent.
// SIM_SEEDS sets how many calls are played (2,000 by default), SIM_FROM the first seed.
import t from 'tap'
import { stoppedClock } from '../../proxy/base/clock.js'
import { codecs } from '../../proxy/codecs/index.js'
import type { WireMessage } from '../../proxy/media/wire.js'
import { policySchema } from '../../proxy/policy/options.js'
import { CallSession } from '../../proxy/session/call-session.js'
import { uncounted } from '../../proxy/session/session-metrics.js'
import { rng } from '../support/rng.js'
import { drawSignals, SignalStorm } from '../support/signal-storm.js'
import { stepSignal } from '../support/signals.js'
import { type Fault, toyDetector } from '../support/toy-detector.js'
import {
  audioOf,
  bytesPerSample,
  FRAME_SAMPLES,
  media,
  plain,
  serialOf,
  type ToyFormat,
  toyDialect,
} from '../support/toy-dialect.js'

const SEEDS = Number(process.env['SIM_SEEDS'] ?? 2000)
const FROM = Number(process.env['SIM_FROM'] ?? 1)
const FRAMES = 150
const TOTAL = FRAMES * FRAME_SAMPLES
const TRACKS = [0, 1] as const
const SPEECH = 0x20
const CARD = 0x10
const TONE = 0x30
const SILENCE = { pcmu: 0xff, pcma: 0xd5, l16: 0 } as const
const HOLD_BACK_MS = 400
const FLUSH_MS = 200
/** What the detectors are said to lag behind; in a call that is not calm they may lag more. */
const LAG_MS = 120
const PAD_BEFORE_MS = 10
const PAD_AFTER_MS = 20
const samples = (ms: number): number => ms * 8

const pick = <T>(random: () => number, of: readonly T[]): T => of[Math.floor(random() * of.length)]!

/** The sample that a tone decodes to. */
const tonePcm = ({ codec }: ToyFormat): number => {
  const pcm = new Int16Array(1)
  const decoder = codecs[codec].createDecoder({ codec, clockRateHz: 8000, channelCount: 1 })
  decoder.decodeInto(new Uint8Array(codec === 'l16' ? 2 : 1).fill(TONE), pcm)
  return pcm[0]!
}

/** What a seed decides before the call begins. */
const drawCall = (seed: number, random: () => number) => {
  const isCalm = seed % 4 < 2
  const format: ToyFormat = {
    isInterleaved: seed % 2 === 0,
    codec: pick(random, ['pcmu', 'pcma', 'l16']),
    isPaused: random() < 0.5,
  }
  const lookBackMs = pick(random, [0, 60, 200, 300])
  const entryHoldMs = pick(random, [0, 0, 300])
  const signals = drawSignals(random, lookBackMs)
  const policy = policySchema.parse({
    holdBackMs: HOLD_BACK_MS,
    flushMs: FLUSH_MS,
    tracks: pick(random, ['all', 'own']),
    dtmf: {
      padBeforeMs: PAD_BEFORE_MS,
      padAfterMs: PAD_AFTER_MS,
      echoMs: pick(random, [20, 100]),
      entryHoldMs,
    },
    payment: { lookBackMs, padAfterMs: 40 },
    ...signals.policy,
  })
  // A detector that is behind by about the hold-back shows what the gate waits for, and what the deadline takes.
  const lag = (): number =>
    Math.floor(samples(isCalm || random() < 0.5 ? random() * LAG_MS : HOLD_BACK_MS - 30 + random() * 60))
  const isSmall = !isCalm && random() < 0.3
  const isFailOpen = random() < 0.15
  return {
    isCalm,
    isSmall,
    isFailOpen,
    isInStream: seed % 3 === 0,
    format,
    lookBackMs,
    signals,
    policy,
    lags: [lag(), lag()],
  }
}
type Draw = ReturnType<typeof drawCall>

/** Which frames of each track are sent: the second party may be absent for a while, and frames get lost. */
const drawSent = ({ isCalm, format }: Draw, random: () => number): Uint8Array[] => {
  const isSent = TRACKS.map(() => new Uint8Array(FRAMES).fill(1))
  if (!format.isInterleaved && random() < 0.5) {
    const from = Math.floor(random() * FRAMES)
    isSent[1]!.fill(0, from, from + Math.floor(random() * 80))
  }
  if (!isCalm)
    for (let n = 0; n < FRAMES; n++)
      for (const track of TRACKS)
        if (random() < 0.01) for (const of of format.isInterleaved ? TRACKS : [track]) isSent[of]![n] = 0
  return isSent
}

/** Payment steps: each is spoken from `at` on, and signalled some frames later, within the look-back. */
const drawSteps = ({ isSmall, lookBackMs }: Draw, random: () => number) => {
  const delayFrames = isSmall ? 0 : Math.floor(lookBackMs / 20)
  const isPaying = new Uint8Array(FRAMES)
  /** Frames between the first secret word and its signal: a stall there would make the signal later than the look-back. */
  const isUnsignalled = new Uint8Array(FRAMES)
  const signals = new Map<number, 'start' | 'end'>()
  for (let at = 5; at < FRAMES - 20; at++) {
    if (random() >= 0.03) continue
    const length = 5 + Math.floor(random() * 25)
    const signalAt = at + Math.floor(random() * (delayFrames + 1))
    const endAt = Math.max(signalAt, at + length) + 1
    if (endAt >= FRAMES - 1) break
    isPaying.fill(1, at, endAt)
    isUnsignalled.fill(1, at, signalAt + 1)
    signals.set(signalAt, 'start')
    signals.set(endAt, 'end')
    at = endAt + 1
  }
  return { isPaying, isUnsignalled, signals }
}

/** What each track says, one value per sample. Entries are keyed on the first track alone, so that their order is plain. */
const drawAudio = ({ policy }: Draw, isSent: Uint8Array[], isPaying: Uint8Array, random: () => number) => {
  const isEntry = policy.dtmf.entryHoldMs > 0
  return TRACKS.map((track) => {
    const audio = new Uint8Array(TOTAL)
    for (let n = 0; n < FRAMES; n++)
      audio.fill(isPaying[n] ? CARD : SPEECH, n * FRAME_SAMPLES, (n + 1) * FRAME_SAMPLES)
    for (let n = 0, near = 0; n < 4 && !(isEntry && track === 1); n++) {
      if (random() < 0.4) continue
      const isNext = isEntry && random() < 0.7
      const start = Math.floor(isNext ? near + random() * 4000 : random() * (TOTAL - 2000))
      near = start + pick(random, [1, 80, 160, 333, 1600])
      audio.fill(TONE, start, near)
    }
    for (let n = 0; n < FRAMES; n++)
      if (!isSent[track]![n]) audio.fill(SPEECH, n * FRAME_SAMPLES, (n + 1) * FRAME_SAMPLES)
    return audio
  })
}

/** By track: 1 where a sample belongs to a set. */
class Marks {
  readonly of = TRACKS.map(() => new Uint8Array(TOTAL))

  add(track: number, startSample: number, endSample: number): void {
    this.of[track]!.fill(1, Math.max(0, startSample), Math.max(0, Math.min(TOTAL, endSample)))
  }
}

/** Tones with their pads, echoes and the hold of an entry, from the audio alone. */
const markTones = ({ policy }: Draw, audio: readonly Uint8Array[], marks: Marks): void => {
  const echo = samples(policy.dtmf.echoMs)
  const hold = samples(policy.dtmf.entryHoldMs)
  for (const track of TRACKS) {
    let lastOnset = -Infinity
    for (let at = 0; at < TOTAL; at++) {
      if (audio[track]![at] !== TONE) continue
      let end = at
      while (audio[track]![end] === TONE) end++
      const held = hold > 0 && at - lastOnset <= hold ? hold : 0
      marks.add(track, at - samples(PAD_BEFORE_MS), end + Math.max(samples(PAD_AFTER_MS), held))
      if (policy.tracks === 'all') marks.add(1 - track, at - echo, end + Math.max(echo, held))
      lastOnset = at
      at = end
    }
  }
}

interface Sent {
  readonly stream: number
  readonly startSample: number
  readonly audio: Uint8Array
  /** The position had been sent before: nobody listens to this one, so all of it is a secret. */
  readonly isRepeat: boolean
}

const simulate = (seed: number) => {
  const random = rng(seed)
  const draw = drawCall(seed, random)
  const { isCalm, isSmall, isFailOpen, isInStream, format, lookBackMs, policy, lags } = draw
  const isBatched = random() < 0.5
  const isSent = drawSent(draw, random)
  const { isPaying, isUnsignalled, signals } = drawSteps(draw, random)
  const audio = drawAudio(draw, isSent, isPaying, random)

  const isSecret = new Marks()
  const maySilence = new Marks()
  markTones(draw, audio, isSecret)
  markTones(draw, audio, maySilence)
  for (const track of TRACKS)
    for (let n = 0; n < FRAMES; n++)
      if (isPaying[n]) isSecret.add(track, n * FRAME_SAMPLES, (n + 1) * FRAME_SAMPLES)

  const storm = new SignalStorm(draw.signals, isCalm, random)
  const tones = toyDetector('tones', lags[0]!, tonePcm(format))
  const other = toyDetector('other', lags[1]!, null)
  if (isFailOpen && isCalm) other.breakDown('stalls')
  const sent: WireMessage[] = []
  const fed: WireMessage[] = []
  const original = new Map<number, Sent>()
  let lateSeconds = 0
  let passedSeconds = 0
  const session = new CallSession(
    {
      dialectName: 'toy',
      dialect: toyDialect(format),
      policy,
      metrics: {
        ...uncounted,
        late(seconds) {
          lateSeconds += seconds
        },
        unjudgedPassed(seconds) {
          passedSeconds += seconds
        },
      },
      clock: stoppedClock,
      createDetectors: () => [
        { detector: tones, isFailOpen: false },
        { detector: other, isFailOpen },
      ],
      detectorLagMs: LAG_MS,
      limits: { itemsMax: isSmall ? 8 : 4096, bytesMax: 1 << 20 },
    },
    {
      // Borrowed: the session uses its memory again.
      toRecorder: (message) => void sent.push({ ...message, data: message.data.slice() }),
      toPbx() {},
      close() {},
      started() {},
      signalled() {},
      audit() {},
      ended() {},
    },
  )

  let nowMs = 0
  let serial = 0
  let leadSample = 0
  /** Where the open step became silent, by its policy and by the answer to its signal. */
  let openedSample = 0
  let promisedSample = Infinity
  const feed = (message: WireMessage): void => {
    fed.push({ ...message, data: message.data.slice() })
    session.take(message, nowMs)
    message.data.fill(0)
    // Messages may come several at a time, and are then settled once.
    if (!isBatched || random() < 0.4) session.settle(nowMs)
  }
  const say = (stream: number, n: number, isRepeat = false): void => {
    const tracks = format.isInterleaved ? TRACKS : [stream]
    if (!isSent[tracks[0]!]![n]) return
    const startSample = n * FRAME_SAMPLES
    const message = media(
      format,
      stream,
      serial,
      n,
      tracks.map((of) => audio[of]!.subarray(startSample, startSample + FRAME_SAMPLES)),
    )
    original.set(serial, {
      stream,
      startSample,
      audio: audioOf(message).slice(),
      isRepeat,
    })
    serial++
    leadSample = Math.max(leadSample, startSample + FRAME_SAMPLES)
    feed(message)
  }
  const start = (n: number): void => {
    openedSample = leadSample - samples(lookBackMs)
    if (isInStream) {
      feed(plain('P'))
      return
    }
    const outcome = session.signal(stepSignal('payment', 'started', `step-${n}`), nowMs)
    if (outcome.kind === 'applied' || outcome.kind === 'late') promisedSample = outcome.firstSilentSample
  }
  const end = (): void => {
    const clearSample = leadSample + samples(40)
    for (const track of TRACKS) {
      maySilence.add(track, openedSample, clearSample)
      isSecret.add(track, promisedSample, clearSample)
    }
    promisedSample = Infinity
    if (isInStream) feed(plain('Q'))
    else session.signal(stepSignal('payment', 'ended', 'whatever'), nowMs)
  }

  feed(plain('S'))
  for (let n = 0; n < FRAMES; n++) {
    nowMs += random() < 0.05 && !isCalm && !isUnsignalled[n] ? pick(random, [100, 300, 700]) : 20
    if (random() < 0.05) session.tick(nowMs)
    const signal = signals.get(n)
    if (signal === 'start') start(n)
    if (signal === 'end') end()
    storm.blow(n, leadSample, session, nowMs)
    if (random() < 0.05) feed(plain('X'))
    if (random() < 0.004 && !isCalm)
      pick(random, [tones, other]).breakDown(pick<Fault>(random, ['failed', 'throws', 'stalls', 'nan']))
    say(0, n)
    if (!format.isInterleaved) say(1, n)
    if (random() < 0.02 && !isCalm && isSent[0]![n]) say(0, n, true)
  }
  feed(plain('E'))
  session.tick(nowMs + FLUSH_MS)
  storm.settle(TOTAL, (fromSample, promisedSample, toSample) => {
    for (const track of TRACKS) {
      maySilence.add(track, fromSample, toSample)
      if (promisedSample < toSample) isSecret.add(track, Math.max(fromSample, promisedSample), toSample)
    }
  })
  const passedSamples = Math.round(passedSeconds * 8000)
  return { draw, fed, sent, original, isSecret, maySilence, lateSeconds, passedSamples, faults: storm.faults }
}

const shape = (m: WireMessage): string => `${m.data[0]}:${m.data.length}:${serialOf(m)}`

/** Track and sample of everything that breaks the promise, and how many samples left in the clear. */
const judge = ({ draw, sent, original, isSecret, maySilence }: ReturnType<typeof simulate>) => {
  const { isCalm, format } = draw
  const silence = SILENCE[format.codec]
  const width = bytesPerSample(format)
  const channelCount = format.isInterleaved ? 2 : 1
  const leaks: string[] = []
  const changes: string[] = []
  let clearSamples = 0
  for (const message of sent) {
    const was = original.get(serialOf(message))
    if (was === undefined) continue
    const audio = audioOf(message)
    let clearInFrame = 0
    for (let channel = 0; channel < channelCount; channel++) {
      const track = format.isInterleaved ? channel : was.stream
      const secret = isSecret.of[track]!
      const due = maySilence.of[track]!
      let clearBytes = 0
      for (let i = 0; i < FRAME_SAMPLES; i++) {
        const at = was.startSample + i
        for (let byte = 0; byte < width; byte++) {
          const index = (i * channelCount + channel) * width + byte
          const isSilent = audio[index] === silence
          if (!isSilent) {
            clearBytes++
            if (was.isRepeat || secret[at]) leaks.push(`${track}:${at}`)
            if (audio[index] !== was.audio[index])
              changes.push(`${track}:${at} is neither the original nor silence`)
          }
          if (!isCalm) continue
          if (isSilent && !due[at]) changes.push(`${track}:${at} is silent for nothing`)
          if (!isSilent && due[at]) changes.push(`${track}:${at} should be silent`)
        }
      }
      clearInFrame = Math.max(clearInFrame, clearBytes / width)
    }
    clearSamples += clearInFrame
  }
  return { leaks: leaks.slice(0, 3), changes: changes.slice(0, 3), clearSamples }
}

for (let seed = FROM; seed < FROM + SEEDS; seed++) {
  const run = simulate(seed)
  const { isCalm, isFailOpen } = run.draw
  const { leaks, changes, clearSamples } = judge(run)
  // After a stall, or with a full queue, a look-back may reach audio that has left: truly late, though not secret here.
  const lateSeconds = isCalm ? run.lateSeconds : 0
  // In a calm call the detector that fails open has stalled from the beginning: all that left in the clear, it had not heard.
  const passedWanted = !isFailOpen ? 0 : isCalm ? clearSamples : run.passedSamples
  const isShapeKept = run.sent.map(shape).join() === run.fed.map(shape).join()
  const isKept = isShapeKept && leaks.length + changes.length + run.faults.length === 0
  if (isKept && lateSeconds === 0 && run.passedSamples === passedWanted) continue
  t.test(`seed ${seed}: out is in, and no secret leaves`, async (t) => {
    t.strictSame(run.sent.map(shape), run.fed.map(shape), 'same messages, same order, same duration')
    t.strictSame(run.faults, [], 'signals are answered as they should be')
    t.strictSame(leaks, [], 'nothing secret (track:sample)')
    t.strictSame(changes, [], 'nothing else changed (track:sample)')
    t.equal(lateSeconds, 0, 'nothing was late')
    t.equal(
      run.passedSamples,
      passedWanted,
      'what passed unjudged is counted, and only where a detector fails open',
    )
  })
}
t.pass(`${SEEDS} calls from seed ${FROM}: out is in, and no secret leaves`)
