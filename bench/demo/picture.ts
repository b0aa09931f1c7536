/**
 * The call before and after, as an SVG of its own that any browser opens:
 *
 *   title, legend
 *   payment signals, and how far back each start reaches
 *   caller   what was said in grey, what was recorded over it in colour; bands where and why it is silent
 *   agent    the same
 *   time
 */
import { msOf } from '../../proxy/media/time.js'
import type { Audio, DemoCall, SecretKind } from './demo-call.js'
import type { PaymentAnswer, Sidecar } from './play.js'

export interface PictureOf {
  readonly dialect: string
  readonly call: DemoCall
  readonly recorded: Audio
  readonly spans: Sidecar['spans']
  readonly answers: readonly PaymentAnswer[]
}

const WIDTH = 1280
const LEFT = 84
const RIGHT = 24
const PLOT_WIDTH = WIDTH - LEFT - RIGHT
const SIGNALS_TOP = 92
const LANES_TOP = 150
const LANE_HEIGHT = 150
const LANE_GAP = 34
const SECONDS_PER_TICK = 5

/** From Okabe and Ito's palette, which the colour-blind can tell apart. */
const COLOURS = {
  before: '#8f969e',
  after: '#00714f',
  text: '#1f2328',
  faint: '#656d76',
  line: '#d5d9de',
  secret: '#a3341f',
} as const
const REASON_COLOURS: Readonly<Record<string, string>> = {
  dtmf: '#e69f00',
  digit: '#cc79a7',
  payment: '#0072b2',
  deadline: '#d55e00',
}
const OTHER_REASON_COLOUR = '#6e6e6e'
const REASON_WORDS: Readonly<Record<string, string>> = {
  dtmf: 'silent: keys (dtmf)',
  digit: 'silent: keys the PBX reported',
  payment: 'silent: payment step',
  deadline: 'silent: not judged in time',
}

/** One `<svg>` document. Holds waveforms and positions; no digit and no word of the call. */
export const picture = (of: PictureOf): string => {
  const { call, dialect } = of
  const bottom = laneTop(call.tracks.length) - LANE_GAP
  const height = bottom + 50
  const title = 'One call, as it was spoken and as it was recorded'
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`,
    ` role="img" aria-labelledby="title desc" font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13" fill="${COLOURS.text}">`,
    `<title id="title">${title}</title>`,
    `<desc id="desc">${textOf(describe(of))}</desc>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="36" font-size="20" font-weight="600">${title}</text>`,
    `<text x="${WIDTH - RIGHT}" y="36" text-anchor="end" fill="${COLOURS.faint}">forked by ${textOf(dialect)}, redacted by hushfork</text>`,
    legend(of),
    grid(of, bottom),
    ...of.answers.map((answer) => paymentMark(answer, call, bottom)),
    ...call.tracks.map((_, track) => lane(of, track)),
    '</svg>',
    '',
  ].join('\n')
}

const laneTop = (track: number): number => LANES_TOP + track * (LANE_HEIGHT + LANE_GAP)

const xOf = (sample: number, call: DemoCall): number => LEFT + (sample / call.samples) * PLOT_WIDTH
const xOfMs = (ms: number, call: DemoCall): number => xOf((ms * call.sampleRateHz) / 1000, call)

const describe = ({ call, spans, answers }: PictureOf): string => {
  const seconds = (msOf(call.samples, call.sampleRateHz) / 1000).toFixed(0)
  const reasons = [...new Set(spans.map(({ reason }) => reason))].join(', ')
  return (
    `Waveforms of ${call.tracks.join(' and ')} over ${seconds} seconds: grey as spoken, green as recorded. ` +
    `${call.keys.length} keys are marked on the caller's track. Bands show where the recording is silent, by reason ` +
    `(${reasons}). Arrows show ${answers.length} payment signals.`
  )
}

/** Colours in the order of what they mean: audio, spans, marks. */
const legend = ({ spans }: PictureOf): string => {
  const reasons = [...new Set(spans.map(({ reason }) => reason))].sort()
  const entries: readonly (readonly [string, string])[] = [
    [swatch(COLOURS.before, 1), 'spoken'],
    [swatch(COLOURS.after, 1), 'recorded'],
    ...reasons.map((reason) => [swatch(colourOf(reason), 0.3), REASON_WORDS[reason] ?? reason] as const),
    [`<path d="M8 0v12" stroke="${COLOURS.text}" stroke-width="1.5"/>`, 'key pressed'],
    [`<path d="M0 6h16" stroke="${COLOURS.secret}" stroke-width="4"/>`, 'secret spoken'],
  ]
  let x = LEFT
  return entries
    .map(([mark, words]) => {
      const entry = `<g transform="translate(${x} 54)">${mark}<text x="22" y="11">${textOf(words)}</text></g>`
      x += 22 + 6.8 * words.length + 26
      return entry
    })
    .join('\n')
}

const swatch = (colour: string, opacity: number): string =>
  `<rect width="16" height="12" rx="2" fill="${colour}" fill-opacity="${opacity}"/>`

const colourOf = (reason: string): string => REASON_COLOURS[reason] ?? OTHER_REASON_COLOUR

const grid = ({ call }: PictureOf, bottom: number): string => {
  const seconds = call.samples / call.sampleRateHz
  const ticks = Array.from(
    { length: Math.floor(seconds / SECONDS_PER_TICK) + 1 },
    (_, i) => i * SECONDS_PER_TICK,
  )
  const unit = `<text x="${LEFT - 28}" y="${bottom + 24}" text-anchor="end" fill="${COLOURS.faint}">min:s</text>`
  const marks = ticks.map((second) => {
    const x = xOfMs(second * 1000, call).toFixed(1)
    const label = `${Math.floor(second / 60)}:${`${second % 60}`.padStart(2, '0')}`
    return (
      `<path d="M${x} ${LANES_TOP}V${bottom + 6}" stroke="${COLOURS.line}"/>` +
      `<text x="${x}" y="${bottom + 24}" text-anchor="middle" fill="${COLOURS.faint}">${label}</text>`
    )
  })
  return [unit, ...marks].join('\n')
}

const lane = ({ call, recorded, spans }: PictureOf, track: number): string => {
  const top = laneTop(track)
  const before = call.audio.tracks[track]!
  const after = recorded.tracks[track] ?? new Int16Array(0)
  const bands = spans.filter((span) => span.track === null || span.track === track)
  return [
    `<text x="${LEFT - 14}" y="${top + LANE_HEIGHT / 2 + 4}" text-anchor="end" font-weight="600">${call.tracks[track]}</text>`,
    `<rect x="${LEFT}" y="${top}" width="${PLOT_WIDTH}" height="${LANE_HEIGHT}" fill="none" stroke="${COLOURS.line}"/>`,
    ...bands.map((span) => band(span, top, call)),
    `<path d="${waveform(before, top, call)}" fill="${COLOURS.before}"/>`,
    `<path d="${waveform(after, top, call)}" fill="${COLOURS.after}"/>`,
    keyTicks(call, track, top),
    ...secretMarks(call, track, top),
  ].join('\n')
}

const band = (
  { startSample, endSample, reason }: Sidecar['spans'][number],
  top: number,
  call: DemoCall,
): string => {
  const x = xOf(startSample, call)
  const width = xOf(endSample, call) - x
  return `<rect x="${x.toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="${LANE_HEIGHT}" fill="${colourOf(reason)}" fill-opacity="0.22"/>`
}

/** The outline of the highest and lowest sample in every half pixel; full scale fills the lane. */
const waveform = (samples: Int16Array, top: number, call: DemoCall): string => {
  const columns = 2 * PLOT_WIDTH
  const middle = top + LANE_HEIGHT / 2
  const scale = LANE_HEIGHT / 2 / peakOf(call)
  const upper: string[] = []
  const lower: string[] = []
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * call.samples) / columns)
    const to = Math.floor(((column + 1) * call.samples) / columns)
    let [low, high] = [0, 0]
    for (let i = from; i < to; i++) {
      low = Math.min(low, samples[i] ?? 0)
      high = Math.max(high, samples[i] ?? 0)
    }
    const x = (LEFT + column / 2).toFixed(1)
    upper.push(`${x} ${(middle - Math.max(high * scale, 0.4)).toFixed(1)}`)
    lower.push(`${x} ${(middle - Math.min(low * scale, -0.4)).toFixed(1)}`)
  }
  return `M${upper.join('L')}L${lower.reverse().join('L')}Z`
}

const peakOf = ({ audio }: DemoCall): number =>
  Math.max(1, ...audio.tracks.map((samples) => samples.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0)))

const keyTicks = (call: DemoCall, track: number, top: number): string => {
  const keys = call.keys.filter((key) => key.track === track)
  const [first] = keys
  if (first === undefined) return ''
  const path = keys.map(
    (key) => `M${xOf((key.startSample + key.endSample) / 2, call).toFixed(1)} ${top + 4}v12`,
  )
  const label = `<text x="${xOf(first.startSample, call).toFixed(1)}" y="${top - 6}">${keys.length} keys</text>`
  return `<path d="${path.join('')}" stroke="${COLOURS.text}" stroke-width="1.5"/>${label}`
}

/** Spoken secrets, each kind named once at the foot of its lane; their echoes need no mark. */
const secretMarks = (call: DemoCall, track: number, top: number): string[] => {
  const spoken = call.secrets.filter((secret) => secret.track === track && !isEcho(secret.kind))
  const bottom = top + LANE_HEIGHT
  const named = new Set<SecretKind>()
  return spoken.map(({ kind, startSample, endSample }) => {
    const x = xOf(startSample, call).toFixed(1)
    const mark = `<path d="M${x} ${bottom - 6}H${xOf(endSample, call).toFixed(1)}" stroke="${COLOURS.secret}" stroke-width="4"/>`
    if (named.has(kind)) return mark
    named.add(kind)
    return `${mark}<text x="${x}" y="${bottom - 13}" fill="${COLOURS.secret}">${kind}</text>`
  })
}

const isEcho = (kind: SecretKind): boolean => kind.startsWith('echo')

/** A signal points down at its moment; a start also points back to where the silence begins. */
const paymentMark = (answer: PaymentAnswer, call: DemoCall, bottom: number): string => {
  const colour = colourOf('payment')
  const x = xOfMs(answer.atMs, call)
  const isStart = answer.state === 'started'
  const label = (row: number, labelX: number, text: string): string =>
    `<text x="${labelX.toFixed(1)}" y="${SIGNALS_TOP + 14 + row * 22}" text-anchor="${isStart ? 'end' : 'start'}" fill="${colour}">${textOf(text)}</text>`
  const backX = answer.silentFromMs === null ? x : xOfMs(answer.silentFromMs, call)
  const backY = SIGNALS_TOP + 32
  const backSeconds = ((answer.atMs - (answer.silentFromMs ?? answer.atMs)) / 1000).toFixed(1)
  return [
    `<path d="M${x.toFixed(1)} ${SIGNALS_TOP + 2}V${bottom}" stroke="${colour}" stroke-dasharray="4 3"/>`,
    `<path d="M${x.toFixed(1)} ${LANES_TOP}l-4 -8h8z" fill="${colour}"/>`,
    label(0, isStart ? x - 6 : x + 6, `${answer.signalId} ${answer.state}`),
    ...(backX < x
      ? [
          `<path d="M${x.toFixed(1)} ${backY}H${(backX + 7).toFixed(1)}" stroke="${colour}"/>`,
          `<path d="M${backX.toFixed(1)} ${backY}l8 -4v8z" fill="${colour}"/>`,
          label(1, backX - 6, `${answer.result}, ${backSeconds} s back`),
        ]
      : [label(1, isStart ? x - 6 : x + 6, answer.result)]),
  ].join('\n')
}

const textOf = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
