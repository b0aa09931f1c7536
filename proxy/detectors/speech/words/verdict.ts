/**
 * Whether a run of numbers is silenced, and what it is taken for. Where nothing is armed, words around a run may say that it is a
 * telephone number, a date, an amount, an order's number; where something is, they say nothing: in doubt it is silent.
 */
import { isCardNumber, isNationalId } from './checks.js'
import type { Context, NumberContextKind } from './contexts.js'
import { digitStringOf } from './digit-string.js'
import type { Element } from './number-reader.js'
import type { Run } from './runs.js'
import { type NumberLabel, numberLabels } from './stretch.js'

/** Kinds of numbers that are nobody's secret, as a policy may name them. */
export const harmlessKinds = ['phone', 'date', 'time', 'amount', 'order'] as const
export type HarmlessKind = (typeof harmlessKinds)[number]

/** Most digits of each: of a longer run something else is said as well. E.164 has 15; 8 of a date; order numbers were seen up to 12. */
const DIGITS_MAX: Readonly<Record<HarmlessKind, number>> = {
  phone: 15,
  date: 8,
  time: 4,
  amount: 8,
  order: 12,
}

/** How long what was said of a number holds, ms: a question, its answer's first words. */
const CONTEXT_MS = 8000
/** How long a run waits for a unit behind it ("pounds"), ms. */
const UNIT_MS = 700

export interface VerdictRules {
  /** Numbers that make a run something to silence; while the call is armed; when it can wait no longer. */
  readonly countMin: number
  readonly countMinArmed: number
  readonly countMinAtWaitEnd: number
  readonly harmless: ReadonlySet<HarmlessKind>
  /** Longest that a run is undecided, samples from its beginning. */
  readonly waitSamples: number
  readonly clockRateHz: number
  readonly heardToSample: number
  /** Runs of these digits alone are nobody's: an emergency number. */
  readonly idioms: ReadonlySet<string>
}

/** `harmless`: it may leave. `pending`: what follows may still say so, or make it worth silencing. */
export type Verdict =
  | { readonly kind: 'silent'; readonly label: NumberLabel }
  | { readonly kind: 'harmless' | 'pending' }

export const verdictOf = (
  run: Run,
  contexts: readonly Context[],
  elements: readonly Element[],
  rules: VerdictRules,
): Verdict => {
  const context = contextOf(run, contexts, elements, rules)
  const digits = digitStringOf(run.elements, rules.clockRateHz)
  const label = labelOf(run, context, digits, rules)
  const silent: Verdict = { kind: 'silent', label }
  if (run.isArmed && run.weight >= rules.countMinArmed) return silent
  const isNamed = isNumberLabel(context)
  const isOver = run.isClosed || rules.heardToSample - run.startSample > rules.waitSamples
  if (!isNamed && isHarmless(run, context, digits, rules)) return { kind: isOver ? 'harmless' : 'pending' }
  // What has been named needs fewer: "the last three are four one..."
  const countMin = isNamed ? Math.min(2, rules.countMin) : rules.countMin
  if (run.weight >= countMin) return isOver || isPastUnit(run, countMin, rules) ? silent : { kind: 'pending' }
  if (run.isClosed) return { kind: 'harmless' }
  if (!isOver) return { kind: 'pending' }
  return run.weight >= rules.countMinAtWaitEnd ? silent : { kind: 'harmless' }
}

const isNumberLabel = (kind: NumberContextKind | null): kind is NumberLabel & NumberContextKind =>
  kind !== null && (numberLabels as readonly string[]).includes(kind)

const isHarmless = (
  run: Run,
  context: NumberContextKind | null,
  digits: string,
  { harmless, idioms }: VerdictRules,
): boolean => {
  if (isCardNumber(digits)) return false
  if (idioms.has(digits)) return true
  if (harmless.has('date') && isYear(run, digits)) return true
  const kind = harmlessKinds.find((kind) => kind === context)
  return kind !== undefined && harmless.has(kind) && digits.length <= DIGITS_MAX[kind]
}

/** "nineteen eighty-five", "twenty twenty-six", and nothing else. */
const isYear = ({ elements }: Run, digits: string): boolean =>
  /^(19|20)\d\d$/.test(digits) && elements.length <= 2

/** Whether what was said last cannot be an amount's number any more, whose unit would come next. */
const isPastUnit = (run: Run, countMin: number, { heardToSample, clockRateHz }: VerdictRules): boolean =>
  run.weight - run.elements.at(-1)!.weight >= countMin ||
  heardToSample >= run.endSample + (UNIT_MS * clockRateHz) / 1000

const contextOf = (
  run: Run,
  contexts: readonly Context[],
  elements: readonly Element[],
  { clockRateHz }: VerdictRules,
): NumberContextKind | null => {
  const first = run.elements[0]!
  const oldestSample = run.startSample - (CONTEXT_MS * clockRateHz) / 1000
  const leadPiece = firstFillerBefore(first, elements)
  let latest: Context | null = null
  for (const context of contexts) {
    const isOwn = context.track === first.track
    const isBefore = isOwn
      ? context.toPiece <= first.fromPiece
      : context.endSample <= first.startSample && !context.isRightBefore
    if (!isBefore || context.endSample < oldestSample) continue
    if (context.isRightBefore && context.toPiece < leadPiece) continue
    if (latest === null || context.endSample >= latest.endSample) latest = context
  }
  return latest?.kind ?? null
}

/** Index of the piece from which on nothing but fillers is said before an element. */
const firstFillerBefore = (element: Element, elements: readonly Element[]): number => {
  const own = elements.filter(({ track }) => track === element.track)
  let i = own.indexOf(element)
  while (i > 0 && own[i - 1]!.kind === 'filler') i--
  return own[i]?.fromPiece ?? element.fromPiece
}

const labelOf = (
  run: Run,
  context: NumberContextKind | null,
  digits: string,
  { clockRateHz }: VerdictRules,
): NumberLabel => {
  if (isNumberLabel(context)) return context
  const tracks = [...new Set(run.elements.map(({ track }) => track))]
  const strings = tracks.map((one) =>
    digitStringOf(
      run.elements.filter(({ track }) => track === one),
      clockRateHz,
    ),
  )
  if ([digits, ...strings].some(isCardNumber)) return 'card-number'
  return [digits, ...strings].some(isNationalId) ? 'national-id' : 'digits'
}
