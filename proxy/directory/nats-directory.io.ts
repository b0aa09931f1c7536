/**
 * The directory over NATS: every process reads both buckets into its memory, so that what a call's next stream needs is
 * there when it begins, whether NATS is or not.
 *
 * Together or split is found out by experience. A beat is written into each bucket every two seconds, past what waits to be
 * told, and comes back through it behind everything that others had written before: while both come back, what is known here
 * is what there is. That the others know what there is here is another question: it holds while nothing has waited for long.
 */
import { randomBytes } from 'node:crypto'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import type { Clock } from '../base/clock.js'
import { stepKey } from '../policy/open-spans.js'
import type { CallAddress, CallStream, LiveStream } from '../session/call-registry.js'
import type { ControlPlane } from '../session/control-plane.js'
import { addressKey, type CallRef, type KeptRecord, scopeOf } from '../session/kept-signals.js'
import type { Signal, SignalAnswer } from '../session/signal.js'
import { CallMap, type CallPlace } from './call-map.js'
import type { CallsWanted, CallView } from './call-view.js'
import { type Directory, type DirectoryFigures, LEASE_MS_MIN, RENEW_MS } from './directory.js'
import { JustEnded } from './just-ended.js'
import { answerOf, callsToldOf, callsWantedOf, type Entry, entryOf, signalOf } from './messages.js'
import { type BucketName, buckets, NatsLink } from './nats-link.io.js'
import { NatsUses } from './nats-uses.io.js'
import type { NatsOptions } from './options.js'
import type { HereControl } from './router.js'
import { Seal } from './seal.js'
import { SplitSilence } from './split-silence.js'

/** Time passes at this pace, ms; the bounds below are counted in it. */
export const BEAT_MS = 2_000
/** Split when no beat has come back for three and a quarter, or something has waited for as long to be told: 6.5 s. */
const SPLIT_BEATS = 3.25
/** The buckets are read anew when none has for so many, 10 s: the server may have lost what we read by. */
const REOPEN_BEATS = 5
/** A process is thought gone when it has not beaten for so many, 30 s. Clocks of the fleet may differ by seconds. */
const SILENT_BEATS_MAX = 15
/** Calls that are here are said again three times an hour, ms. */
const ANNOUNCE_MS = 1_200_000
/**
 * Longest wait for another process' answer, ms: as much as one that sleeps for its pauses (uWebSockets.js) may take to read it and to
 * answer; what is kept after it for a process that did not answer still comes within a look-back of two seconds.
 */
const ASK_MS_MAX = 1_000
/** Calls told in one message, of 300 bytes each: a third of what NATS carries in one. Of one call each stream has its own. */
const VIEWS_TOLD_MAX = 1_000
/** Silences of a stream that others are told, the newest, of 80 bytes each. */
const SPANS_TOLD_MAX = 8_000
/** Calls of one process or host that are listed: all that 16 processes may have. */
const VIEWS_MAX = 64_000
/** Longest wait at the start: 5 s. */
const START_BEATS_MAX = 2.5

/** The calls that the others are told of: of this process, or of all those that a primary answers for. */
export interface ToldCalls {
  readonly streams: Iterable<CallStream>
  find(address: CallAddress, tenants: readonly string[] | null): readonly CallStream[]
}

/** Who answers for them, and keeps what outlives them. */
export type ToldControl = Pick<HereControl, 'signal'> &
  Pick<ControlPlane, 'adopt' | 'disown' | 'held' | 'noteEarlyEnd'>

export interface NatsDirectoryParts {
  readonly registry: ToldCalls
  readonly clock: Clock
  readonly log: { warn(fields: object, text: string): void; info(fields: object, text: string): void }
  readonly metrics: { directoryAsked(result: AskResult): void; directoryLost(): void }
  /** The calls that are here, for others to see. */
  calls(wanted: CallsWanted): Promise<readonly CallView[]>
  /** Told when the state has changed. */
  readonly stateChanged?: () => void
  /** Another pace than BEAT_MS, ms: that of the fleet's other processes. */
  readonly beatMs?: number | undefined
}

/** What came of asking another process: it answered, nobody was there, or nothing came in time. */
export const askResults = ['answered', 'gone', 'timeout'] as const
export type AskResult = (typeof askResults)[number]

export class NatsDirectory implements Directory {
  readonly instance = randomBytes(8).toString('hex')
  readonly #seal: Seal
  readonly #link: NatsLink
  /** What has been used at any process of the fleet. */
  readonly uses: { readonly tokens: NatsUses; readonly deliveries: NatsUses }
  readonly #beatMs: number
  readonly #calls: CallMap
  readonly #echoedAtMs: Record<BucketName, number> = { calls: -Infinity, steps: -Infinity }
  readonly #justEnded = new JustEnded()
  readonly #silence = new SplitSilence()
  #connection: NatsConnection | null = null
  #control: ToldControl | null = null
  #timer: NodeJS.Timeout | undefined
  #openedEpochMs = 0
  #openedAtMs = 0
  #renewedAtMs = 0
  #announcedAtMs = 0
  #wasTogether = false
  #together: (() => void) | null = null

  constructor(
    private readonly options: NatsOptions,
    private readonly parts: NatsDirectoryParts,
  ) {
    this.#seal = new Seal(options.secret)
    this.#beatMs = parts.beatMs ?? BEAT_MS
    this.#calls = new CallMap(SILENT_BEATS_MAX * this.#beatMs)
    this.#link = new NatsLink(options, parts.clock, this.#beatMs, {
      opened: (connection) => this.#opened(connection),
      lost: () => this.#lost(),
      entry: (bucket, key, value) => this.#entry(bucket, key, value),
      written: () => this.#noteState(),
      wordLost: () => parts.metrics.directoryLost(),
    })
    const usesOf = (book: string) => new NatsUses(book, this.#link, this.#seal, () => this.state === 'ok')
    this.uses = { tokens: usesOf('token'), deliveries: usesOf('delivery') }
  }

  get state(): 'ok' | 'split' {
    const sinceMs = this.parts.clock.nowMs() - SPLIT_BEATS * this.#beatMs
    return buckets.every((bucket) => this.#echoedAtMs[bucket] > sinceMs && this.#isToldSince(bucket, sinceMs))
      ? 'ok'
      : 'split'
  }

  /** Nothing waits from before then, nor from before the buckets were opened: the others may have missed it. */
  #isToldSince(bucket: BucketName, sinceMs: number): boolean {
    return this.#link.outboxes[bucket].sinceMs > Math.max(sinceMs, this.#openedAtMs)
  }

  async start(control: ToldControl): Promise<void> {
    this.#control = control
    this.#timer = setInterval(() => this.#beat(), this.#beatMs)
    void this.#link.start()
    let timeout: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#together = resolve
      timeout = setTimeout(resolve, START_BEATS_MAX * this.#beatMs)
    })
    clearTimeout(timeout)
    if (this.state === 'split')
      this.parts.log.warn({}, 'directory not reached: signals for calls elsewhere wait')
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const bucket of buckets) this.#say(bucket, this.#beatKey, null)
    await this.#link.close()
  }

  figures(): DirectoryFigures {
    const { calls, steps } = this.#link.outboxes
    return { isTogether: this.state === 'ok', backlog: calls.size + steps.size }
  }

  // Calls.

  announce(stream: LiveStream, whenSplit: 'as-usual' | 'start-silent'): void {
    this.tell(stream)
    if (whenSplit === 'start-silent' && this.state === 'split')
      this.#silence.begin(stream.session, this.parts.clock.nowMs())
  }

  withdraw(stream: LiveStream): void {
    this.#silence.forget(stream.session)
    this.untell(stream)
  }

  /** The others may find this stream's call. */
  tell(stream: CallStream): void {
    this.#announce(stream)
    this.#link.write()
  }

  /** It has gone, and the registry no longer has it. */
  untell(stream: CallStream): void {
    for (const [address, key] of this.#keysOf(stream))
      if (!this.#isStillHere(stream, address)) this.#say('calls', key, null)
    this.#link.write()
  }

  find({ address, tenants }: Pick<Signal, 'address' | 'tenants'>): readonly CallPlace[] {
    return this.#calls.find(this.#addressName(addressKey(address)), tenants, this.parts.clock.epochMs())
  }

  async ask(instance: string, signal: Signal): Promise<SignalAnswer | null> {
    const { result, answer } = await this.#request(instance, { signal }, answerOf)
    this.parts.metrics.directoryAsked(result)
    return answer
  }

  async calls(wanted: CallsWanted): Promise<readonly CallView[]> {
    const { callId, tenants } = wanted
    const instances =
      callId === null
        ? this.#calls.instances(this.parts.clock.epochMs())
        : this.find({ address: { kind: 'call', callId }, tenants }).map(({ instance }) => instance)
    const asked = [...new Set(instances)].map((instance) => this.#callsOf(instance, wanted))
    return (await Promise.all(asked)).flat()
  }

  async #callsOf(instance: string, wanted: CallsWanted): Promise<readonly CallView[]> {
    const views: CallView[] = []
    for (;;) {
      const question = { calls: { ...wanted, from: views.length } }
      const { answer } = await this.#request(instance, question, callsToldOf)
      views.push(...(answer?.views ?? []))
      if (answer === null || answer.isLast || views.length >= VIEWS_MAX) return views
    }
  }

  /** Asks another process, and takes no answer but its own to this very question. */
  async #request<A>(
    instance: string,
    question: object,
    parse: (value: unknown) => A | null,
  ): Promise<{ readonly result: AskResult; readonly answer: A | null }> {
    const subject = this.#subjectOf(instance)
    const id = randomBytes(8).toString('hex')
    const sealed = this.#seal.close({ id, ...question }, subject)
    try {
      if (this.#connection === null) return { result: 'gone', answer: null }
      const reply = await this.#connection.request(subject, sealed, { timeout: ASK_MS_MAX })
      const answer = parse(this.#seal.open(reply.data, answerPlace(subject, id)))
      return { result: answer === null ? 'gone' : 'answered', answer }
    } catch (error) {
      return { result: (error as Error).name === 'TimeoutError' ? 'timeout' : 'gone', answer: null }
    }
  }

  // What outlives a process.

  kept(record: KeptRecord, leftMs: number): void {
    const leaseMs = record.kind === 'holds' ? Math.max(leftMs, LEASE_MS_MIN) : leftMs
    this.#keep(record, false, leaseMs)
  }

  over(record: KeptRecord): void {
    this.#justEnded.note(this.#recordKey(record), this.parts.clock.nowMs())
    this.#keep(record, true, LEASE_MS_MIN)
  }

  /** Kept in the bucket for as long as anything is, a day: a start that comes after that is a new one. */
  endedEarly(end: Signal): void {
    this.#say('steps', this.#earlyKey(end), { kind: 'ended-early', by: this.instance, end })
    this.#link.write()
  }

  #keep(record: KeptRecord, isOver: boolean, leftMs: number): void {
    const key = this.#recordKey(record)
    const expiresAtEpochMs = this.parts.clock.epochMs() + leftMs
    const word: Entry = { kind: 'kept', by: this.instance, record, isOver, expiresAtEpochMs }
    this.#say('steps', key, word)
    this.#link.write()
  }

  // What comes from NATS.

  #opened(connection: NatsConnection): void {
    const { clock } = this.parts
    if (this.#connection !== connection) this.#serve(connection)
    this.#connection = connection
    this.#openedEpochMs = clock.epochMs()
    this.#announceAll()
    this.#renew()
    this.#openedAtMs = clock.nowMs()
    this.#beat()
  }

  #lost(): void {
    for (const bucket of buckets) this.#echoedAtMs[bucket] = -Infinity
    this.#noteState()
  }

  #entry(bucket: BucketName, key: string, value: Uint8Array | null): void {
    const [first = '', ...rest] = key.split('.')
    const instance = rest.at(-1) ?? ''
    if (value === null) {
      if (bucket === 'calls') this.#calls.delete(first, key)
      return
    }
    const entry = entryOf(this.#seal.open(value, `${bucket}.${key}`))
    if (entry?.kind === 'beat') this.#heard(bucket, instance, entry.epochMs)
    else if (entry?.kind === 'call' && bucket === 'calls' && instance !== this.instance)
      this.#calls.put(first, key, { instance, ref: entry.ref })
    else if (entry?.kind === 'kept' && bucket === 'steps' && entry.by !== this.instance)
      this.#learn(key, entry.record, entry.isOver, entry.expiresAtEpochMs)
    else if (entry?.kind === 'ended-early' && bucket === 'steps' && entry.by !== this.instance)
      this.#control?.noteEarlyEnd(entry.end)
  }

  #heard(bucket: BucketName, instance: string, epochMs: number): void {
    if (instance !== this.instance) this.#calls.beat(instance, epochMs)
    else if (epochMs >= this.#openedEpochMs) {
      this.#echoedAtMs[bucket] = this.parts.clock.nowMs()
      this.#noteState()
    }
  }

  #learn(key: string, record: KeptRecord, isOver: boolean, expiresAtEpochMs: number): void {
    const nowMs = this.parts.clock.nowMs()
    const leftMs = expiresAtEpochMs - this.parts.clock.epochMs()
    if (isOver) this.#control?.disown(record)
    else if (leftMs > 0 && !this.#justEnded.has(key, nowMs))
      this.#control?.adopt(record, nowMs + leftMs, nowMs)
  }

  #serve(connection: NatsConnection): void {
    const subject = this.#subjectOf(this.instance)
    const answer = async (message: Msg): Promise<void> => {
      const { id, ...question } = Object(this.#seal.open(message.data, subject)) as Record<string, unknown>
      if (typeof id !== 'string') return
      const given = await this.#answer(question)
      if (given !== null) message.respond(this.#seal.close(given, answerPlace(subject, id)))
    }
    connection.subscribe(subject, { callback: (error, message) => void (error === null && answer(message)) })
  }

  async #answer(question: Readonly<Record<string, unknown>>): Promise<object | null> {
    const signal = signalOf(question['signal'])
    if (signal !== null) return this.#control?.signal(signal, this.parts.clock.nowMs()) ?? null
    const wanted = callsWantedOf(question['calls'])
    if (wanted === null) return null
    const views = await this.parts.calls(wanted)
    const end = wanted.from + (wanted.callId === null ? VIEWS_TOLD_MAX : 1)
    const told = views.slice(wanted.from, end)
    return {
      views: told.map((view) => ({ ...view, spans: view.spans.slice(-SPANS_TOLD_MAX) })),
      isLast: end >= views.length,
    }
  }

  #beat(): void {
    const { clock } = this.parts
    const nowMs = clock.nowMs()
    const beat: Entry = { kind: 'beat', epochMs: clock.epochMs() }
    for (const bucket of buckets)
      void this.#link.writeNow(bucket, this.#beatKey, this.#sealed(bucket, this.#beatKey, beat))
    if (nowMs - this.#renewedAtMs > RENEW_MS) this.#renew()
    if (nowMs - this.#announcedAtMs > ANNOUNCE_MS) this.#announceAll()
    this.#justEnded.expire(nowMs)
    this.#calls.expire(clock.epochMs())
    this.#noteState()
    if (this.#isDeaf(nowMs)) {
      this.#openedAtMs = nowMs
      void this.#link.open()
    } else this.#link.write()
  }

  /** Whoever has much to tell is split as well, and would never be done with it if the buckets were read anew meanwhile. */
  #isDeaf(nowMs: number): boolean {
    const sinceMs = nowMs - REOPEN_BEATS * this.#beatMs
    return this.#openedAtMs < sinceMs && buckets.some((bucket) => this.#echoedAtMs[bucket] < sinceMs)
  }

  #renew(): void {
    const nowMs = this.parts.clock.nowMs()
    this.#renewedAtMs = nowMs
    for (const [record, leftMs] of this.#control?.held(nowMs) ?? []) this.kept(record, leftMs)
  }

  #noteState(): void {
    const isTogether = this.state === 'ok'
    if (isTogether === this.#wasTogether) return
    this.#wasTogether = isTogether
    this.parts.stateChanged?.()
    if (!isTogether) {
      this.parts.log.warn({}, 'split from the directory: signals for calls elsewhere are unavailable')
      return
    }
    this.parts.log.info({}, 'directory reached')
    this.#silence.end(this.parts.clock.nowMs())
    this.#together?.()
  }

  #announceAll(): void {
    this.#announcedAtMs = this.parts.clock.nowMs()
    for (const stream of this.parts.registry.streams) this.#announce(stream)
  }

  #announce(stream: CallStream): void {
    const { tenant, callId } = stream
    for (const [, key] of this.#keysOf(stream))
      this.#say('calls', key, { kind: 'call', ref: { tenant, callId } })
  }

  /** Null: what the key said is no longer so. */
  #say(bucket: BucketName, key: string, entry: Entry | null): void {
    const word = entry === null ? null : this.#sealed(bucket, key, entry)
    this.#link.outboxes[bucket].put(key, word, this.parts.clock.nowMs())
  }

  #sealed(bucket: BucketName, key: string, entry: Entry): Buffer {
    return this.#seal.close(entry, `${bucket}.${key}`)
  }

  // Names.

  #keysOf(stream: CallStream): (readonly [address: string, key: string])[] {
    return addressesOf(stream).map((address) => [
      address,
      `${this.#addressName(address)}.${this.#refName(stream)}.${this.instance}`,
    ])
  }

  #isStillHere({ tenant, callId }: CallStream, address: string): boolean {
    return this.parts.registry
      .find({ kind: 'call', callId }, [tenant])
      .some((other) => addressesOf(other).includes(address))
  }

  get #beatKey(): string {
    return `beat.${this.instance}`
  }

  #addressName(address: string): string {
    return this.#seal.name('address', address)
  }

  #refName({ tenant, callId }: CallRef): string {
    return this.#seal.name('call', tenant, callId)
  }

  #recordKey(record: KeptRecord): string {
    const of =
      record.kind === 'holds'
        ? `holds.${this.#refName(record.ref)}`
        : `waits.${this.#seal.name('waits', addressKey(record.signal.address), scopeOf(record.signal))}`
    return `${of}.${this.#seal.name('slot', record.slot)}`
  }

  #earlyKey(end: Signal): string {
    const { kind, address } = end
    return `early.${this.#seal.name('early', addressKey(address), scopeOf(end), kind, stepKey(end))}`
  }

  #subjectOf(instance: string): string {
    return `${this.options.bucketPrefix}.ask.${instance}`
  }
}

const answerPlace = (subject: string, id: string): string => `${subject}.answer.${id}`

const addressesOf = ({ callId, aliases }: CallStream): string[] => [
  `call:${callId}`,
  ...aliases.map((alias) => `alias:${alias}`),
]
