/**
 * When number words become something to silence: the run policy, for one track and one recogniser. Words closer together
 * than a gap are a run; a run of enough of them is silenced as a whole, with what lies between and around its words, because
 * a recogniser misses some. A word counts for as much as it is sure, because a recogniser takes noise for words.
 *
 *       padBefore                    gap                 padAfter
 *   ....<------>| four | two |....           ....| nine |<------->....
 *       ^ the finding starts                              it ends ^ each further word moves this on
 *
 * Until a run is long enough it is pending and holds the watermark at its beginning, but for no longer than the wait: a word
 * that begins `wait` before what has been heard by now would leave. Then what is known decides: with a word or two more it is
 * silenced, alone it leaves, and the run goes on without it. All of it is counted in media time, so that the same words give
 * the same findings however they arrive.
 *
 * Holds times and counts; never a word, never a digit.
 */

export interface RunLimits {
  /** Numbers that make a run something to silence. */
  readonly digitsMin: number
  /** Numbers that do so when the first of them must be decided on. */
  readonly digitsMinAtWaitEnd: number
  /** Of these two, the share that has to be sure, 0 to 1. */
  readonly sureShare: number
  /** Numbers that do so at any time: while the call is armed, sure or not; where one is expected, if that share of them is sure. */
  readonly digitsMinArmed: number
  /** Numbers that begin less than this apart are one. */
  readonly apartSamples: number
  readonly gapSamples: number
  readonly padBeforeSamples: number
  readonly padAfterSamples: number
  readonly waitSamples: number
}

/** A half-open range to silence; `isOnset` is false where it continues the last one. */
export type RangeSink = (startSample: number, endSample: number, isOnset: boolean) => void

interface Token {
  readonly startSample: number
  readonly endSample: number
  readonly count: number
  /** The count, weighed with how sure the word is. */
  readonly sureCount: number
}

interface Run {
  /** In the order of their starts. */
  readonly tokens: Token[]
  endSample: number
  /** Up to where it has been silenced; null while it is pending. */
  silencedToSample: number | null
}

/** Tokens kept per run: a card number has 19 digits, and a pending run has fewer than `digitsMin`. The oldest go first. */
const TOKENS_MAX = 64

export class DigitRuns {
  /** In the order of their starts; one or two at a time. */
  #runs: Run[] = []
  #watermarkSample = 0
  isArmed = false

  /** @param isExpectedAt whether a number is expected at a position although the call is not armed: a phrase announced one */
  constructor(
    private readonly limits: RunLimits,
    private readonly isExpectedAt: (sample: number) => boolean = () => false,
  ) {}

  /** No range starts before this position from now on. Never decreases. */
  get watermarkSample(): number {
    return this.#watermarkSample
  }

  /** A number word that counts for `count` numbers, and is sure by 0 to 1. One that overlaps another, or begins hardly apart from it, is the same word, heard again. */
  hear(startSample: number, endSample: number, count: number, certainty = 1): void {
    const { gapSamples } = this.limits
    const token = { startSample, endSample, count, sureCount: count * certainty }
    const isNear = (run: Run): boolean =>
      startSample - run.endSample < gapSamples && run.tokens[0]!.startSample - endSample < gapSamples
    const near = this.#runs.filter(isNear)
    const run = near.length === 0 ? { tokens: [], endSample, silencedToSample: null } : joined(near)
    add(run, token, this.limits.apartSamples)
    this.#runs = [...this.#runs.filter((other) => !near.includes(other)), run]
    this.#runs.sort((a, b) => a.tokens[0]!.startSample - b.tokens[0]!.startSample)
  }

  /** Every word that starts before `heardSample` has been heard: tells what is to be silenced, and moves the watermark. */
  settle(heardSample: number, found: RangeSink): void {
    const { gapSamples, padBeforeSamples, waitSamples } = this.limits
    for (const run of this.#runs) this.#judge(run, heardSample, found)
    let watermark = heardSample - padBeforeSamples
    for (const run of this.#runs)
      watermark = Math.min(watermark, Math.max(this.#reachOf(run), heardSample - waitSamples))
    this.#watermarkSample = Math.max(this.#watermarkSample, watermark)
    if (this.#runs.length > 0)
      this.#runs = this.#runs.filter((run) => run.endSample + gapSamples >= heardSample)
  }

  /** Before this position nothing more of the run will be silenced. */
  #reachOf(run: Run): number {
    return run.silencedToSample ?? run.tokens[0]!.startSample - this.limits.padBeforeSamples
  }

  #judge(run: Run, heardSample: number, found: RangeSink): void {
    const { padBeforeSamples, padAfterSamples, waitSamples } = this.limits
    const endSample = run.endSample + padAfterSamples
    if (run.silencedToSample !== null) {
      if (endSample <= run.silencedToSample) return
      found(Math.max(run.silencedToSample, this.#watermarkSample), endSample, false)
      run.silencedToSample = endSample
      return
    }
    const decidedAtSample = this.#decidedAtSample(run, heardSample)
    if (decidedAtSample === Infinity) return
    const startSample = Math.max(run.tokens[0]!.startSample - padBeforeSamples, decidedAtSample - waitSamples)
    if (Math.max(startSample, this.#watermarkSample) < endSample)
      found(Math.max(startSample, this.#watermarkSample), endSample, true)
    run.silencedToSample = endSample
  }

  /** What had been heard when it was clear that the run is to be silenced; Infinity when that is not clear yet. */
  #decidedAtSample({ tokens }: Run, heardSample: number): number {
    const { digitsMin, digitsMinArmed, digitsMinAtWaitEnd, sureShare, waitSamples } = this.limits
    const isExpected = tokens.some(({ startSample }) => this.isExpectedAt(startSample))
    let count = 0
    let sureCount = 0
    const enough = tokens.find((token) => {
      count += token.count
      sureCount += token.sureCount
      const sureMin = sureShare * (isExpected ? Math.min(digitsMin, digitsMinArmed) : digitsMin)
      return sureCount >= sureMin || (this.isArmed && count >= digitsMinArmed)
    })
    const due = tokens.find(
      ({ startSample }) =>
        startSample + waitSamples <= heardSample &&
        sureCountBefore(tokens, startSample + waitSamples) >= sureShare * digitsMinAtWaitEnd,
    )
    return Math.min(
      enough?.startSample ?? Infinity,
      due === undefined ? Infinity : due.startSample + waitSamples,
    )
  }
}

const sureCountBefore = (tokens: readonly Token[], beforeSample: number): number =>
  tokens.reduce((sum, { startSample, sureCount }) => (startSample < beforeSample ? sum + sureCount : sum), 0)

/** Puts a token in its place, or widens the one that it repeats. */
const add = (run: Run, token: Token, apartSamples: number): void => {
  const { tokens } = run
  const same = tokens.findIndex((other) => isSame(other, token, apartSamples))
  const merged = same < 0 ? token : united(tokens.splice(same, 1)[0]!, token)
  const behind = tokens.findIndex(({ startSample }) => startSample > merged.startSample)
  tokens.splice(behind < 0 ? tokens.length : behind, 0, merged)
  if (tokens.length > TOKENS_MAX) tokens.shift()
  run.endSample = Math.max(run.endSample, merged.endSample)
}

/** The middle of one lies within the other, or they begin hardly apart. */
const isSame = (a: Token, b: Token, apartSamples: number): boolean =>
  Math.abs(a.startSample - b.startSample) < apartSamples || holdsMiddle(a, b) || holdsMiddle(b, a)

const holdsMiddle = (a: Token, b: Token): boolean => {
  const middle = (b.startSample + b.endSample) / 2
  return a.startSample <= middle && middle < a.endSample
}

const united = (a: Token, b: Token): Token => ({
  startSample: Math.min(a.startSample, b.startSample),
  endSample: Math.max(a.endSample, b.endSample),
  count: Math.max(a.count, b.count),
  sureCount: Math.max(a.sureCount, b.sureCount),
})

/** One run out of several that a word between them has joined. */
const joined = (runs: readonly Run[]): Run => {
  const [first, ...rest] = runs as [Run, ...Run[]]
  for (const { tokens, endSample, silencedToSample } of rest) {
    first.tokens.push(...tokens)
    first.endSample = Math.max(first.endSample, endSample)
    if (silencedToSample !== null)
      first.silencedToSample = Math.max(first.silencedToSample ?? silencedToSample, silencedToSample)
  }
  return first
}
