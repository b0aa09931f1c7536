// The leak matrix: for every dialect, secrets in every field of every text that its PBX sends. None may reach the recorder,
// what the session is told for its log and metrics, or the call's metadata. Audio is not looked at here.
import t from 'tap'
import type { Dialect } from '../../proxy/dialects/dialect.js'
import { dialects } from '../../proxy/dialects/index.js'
import { textMessage, textOf } from '../../proxy/media/wire.js'
import { DialectCall, script } from '../support/dialect-call.js'
import { connect } from '../support/json-media.js'

/** Secrets as somebody may write them into a field, and what of each must not be seen afterwards. */
const cards: readonly (readonly [planted: string, seen: RegExp])[] = [
  ['4111111111111111', /4111111111111111/],
  ['pay 4111 1111 1111 1111 now', /1111 1111/],
  ['378282246310005', /378282246310005/],
]
const codes: readonly (readonly [planted: string, seen: RegExp])[] = [
  ['security code is 737', /is 737/],
  ['cvv is 0042', /0042/],
  ['keys pressed: 1; digits 83915', /83915/],
]

/** Audio and its codec: what stands there is no text. */
const isAudioKey = (path: readonly string[]): boolean =>
  /^(payload|media|audio|audioChunk)$/.test(path.at(-1) ?? '')

/** Ids of the PBX's own making that a dialect lets pass whatever they look like. */
const ownIds: Readonly<Partial<Record<string, RegExp>>> = {
  asterisk: /^(connection_id|channel|channel_id)$/,
  mod_audio_fork: /^callSid$/,
  mod_audio_stream: /^callSid$/,
}

/** What an application may put beside what the protocol has: secrets that only their names give away. */
const beside = {
  cvv: '737',
  pin: '4711',
  digits: '90210',
  key: { event: 'dtmf', type: 'dtmf', dtmf: '5', digit: '5' },
}
const BESIDE_SEEN = /737|4711|90210|"(?:dtmf|digit)":"5"/

/** Every way to a text or number in a message. */
function leavesOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' || typeof value === 'number' ? [path] : []
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]))
}

/** Every way to an object in a message, and to the message itself. */
function objectsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.entries(value).flatMap(([key, one]) => objectsOf(one, [...path, key]))
  return Array.isArray(value) ? inner : [path, ...inner]
}

function planted(value: unknown, [key, ...rest]: readonly string[], secret: unknown): unknown {
  if (key === undefined) return secret
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
  copy[key] = planted(copy[key], rest, secret)
  return copy
}

/** The texts that a simulated call of the dialect consists of; one message of audio stands for all. */
const textsOf = (dialect: Dialect): string[] => {
  const call = new DialectCall(connect(dialect), dialect.simulate(script), null)
  call.play()
  const texts = call.fromPbx.filter(({ isBinary }) => !isBinary).map(textOf)
  return texts.filter((text, i) => text.startsWith('{') && (i < 4 || text.length < 250))
}

/** All that leaves a connection which hears `texts`, and then the end of the call. */
function told(dialect: Dialect, texts: readonly string[]): string {
  const call = new DialectCall(connect(dialect), null, null)
  for (const text of texts) call.receive(textMessage(text))
  call.connection.pbxClosed(true, call.nowMs, call.events)
  const facts = call.events.flatMap((event) => {
    if (event.kind === 'violation') return [event.code]
    return event.kind === 'started' ? [JSON.stringify(event.call)] : []
  })
  return [...call.toRecorder.filter(({ isBinary }) => !isBinary).map(textOf), ...facts].join('\n')
}

/** Fields in which a secret was seen again. */
function leaks(dialect: Dialect, secret: unknown, seen: RegExp): string[] {
  const texts = textsOf(dialect)
  return texts.flatMap((text, i) => {
    const value: unknown = JSON.parse(text)
    const paths = leavesOf(value).filter(
      (path) => !isAudioKey(path) && ownIds[dialect.name]?.test(path.join('.')) !== true,
    )
    return paths
      .filter((path) => {
        const message = JSON.stringify(planted(value, path, secret))
        return seen.test(told(dialect, [...texts.slice(0, i), message, ...texts.slice(i + 1)]))
      })
      .map((path) => `${i}: ${path.join('.')}`)
  })
}

for (const [name, dialect] of Object.entries<Dialect>(dialects)) {
  const texts = textsOf(dialect)
  if (texts.length === 0) continue
  for (const [secret, seen] of [...cards, ...codes])
    t.test(`${name}: ${seen.source} in any field is seen nowhere`, async (t) => {
      t.same(leaks(dialect, secret, seen), [])
      if (/^\d{15,16}$/.test(secret)) t.same(leaks(dialect, Number(secret), seen), [], 'as a number')
    })

  t.test(`${name}: keys that were pressed are seen nowhere`, async (t) => {
    const pressed = texts.map((text) => text.replace(/("digits?":)"?5"?/, '$1"83915"'))
    t.notMatch(told(dialect, pressed), /83915/)
  })

  t.test(`${name}: what stands beside the fields of the protocol is seen nowhere`, async (t) => {
    const seen = texts.flatMap((text, i) =>
      objectsOf(JSON.parse(text))
        .filter((path) => {
          const message = JSON.stringify(planted(JSON.parse(text), [...path, 'note'], beside))
          return BESIDE_SEEN.test(told(dialect, [...texts.slice(0, i), message, ...texts.slice(i + 1)]))
        })
        .map((path) => `${i}: ${path.join('.')}`),
    )
    t.same(seen, [])
  })
}
