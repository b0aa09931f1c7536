/** Entries in words, for people: what happened, when in the call, why, who. */
import type { LedgerRecord } from './entry.js'

/** `0:29.500`, minutes and seconds into the call; empty when the record does not say. */
export const placeOf = (sample: unknown, sampleRate: unknown): string => {
  if (typeof sample !== 'number' || typeof sampleRate !== 'number' || sampleRate <= 0) return ''
  const ms = Math.round((Math.max(0, sample) * 1000) / sampleRate)
  const seconds = ((ms % 60_000) / 1000).toFixed(3).padStart(6, '0')
  return `${Math.floor(ms / 60_000)}:${seconds}`
}

/** A sentence without its instant and its call. */
export const wordsOf = (record: LedgerRecord): string => {
  const say = sentences[record.kind]
  return say === undefined ? record.kind : say(record)
}

type Sentence = (record: LedgerRecord) => string

const text = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value ?? ''))

const rangeOf = ({ startSample, endSample, sampleRate, tracks }: LedgerRecord): string => {
  const seconds =
    typeof startSample === 'number' && typeof endSample === 'number' && typeof sampleRate === 'number'
      ? ` (${((endSample - startSample) / sampleRate).toFixed(3)} s)`
      : ''
  return (
    `${placeOf(startSample, sampleRate)} to ${placeOf(endSample, sampleRate)}${seconds}, ` +
    `samples ${text(startSample)} to ${text(endSample)} of track ${text(tracks)}`
  )
}

const fromOf = ({ startSample, sampleRate }: LedgerRecord): string =>
  `from ${[placeOf(startSample, sampleRate), `sample ${text(startSample)}`].filter(Boolean).join(', ')}`

const whoOf = ({ apiKey, actor, role }: LedgerRecord): string => {
  const who = [actor, role, apiKey === undefined ? undefined : `key ${apiKey}`].filter(
    (name) => name !== undefined,
  )
  return who.length === 0 ? '' : ` by ${who.join(', ')}`
}

const lateOf = ({ lateMs }: LedgerRecord): string =>
  typeof lateMs === 'number' && lateMs > 0 ? `; ${lateMs} ms of it HAD LEFT` : ''

/** Says which of the ranges in a merged span were silent, where that is not all of it. */
const partsOf = ({ ranges, sampleRate }: LedgerRecord): string => {
  if (!Array.isArray(ranges) || ranges.length < 2) return ''
  const parts = ranges.map(
    (range: { startSample: number; endSample: number; tracks: readonly number[] }) =>
      `${placeOf(range.startSample, sampleRate)}-${placeOf(range.endSample, sampleRate)} [${text(range.tracks)}]`,
  )
  return `; ${ranges.length} parts: ${parts.join(', ')}`
}

const sentences: Readonly<Record<LedgerRecord['kind'], Sentence>> = {
  'call-opened': (r) =>
    `call begins: ${text(r['dialect'])}, tracks ${text(r['roles'])}, ${text(r['sampleRate'])} Hz`,
  'policy-chosen': (r) => `policy ${text(r['policy'])}, SHA-256 ${text(r['policyHash'])}`,
  'span-opened': (r) => `silent for ${text(r['reason'])} ${fromOf(r)}`,
  'span-extended': (r) => `still silent for ${text(r['reason'])}: ${rangeOf(r)}`,
  'span-closed': (r) => `was silent for ${text(r['reason'])}: ${rangeOf(r)}${partsOf(r)}`,
  'step-opened': (r) => `${text(r['reason'])} step opens ${fromOf(r)}${lateOf(r)}`,
  'step-closed': (r) => `${text(r['reason'])} step ends at ${placeOf(r['endSample'], r['sampleRate'])}`,
  consent: (r) => `consent ${text(r['state'])} (${text(r['source'])}) ${fromOf(r)}`,
  noted: (r) => `${text(r['reason'])} is spoken of, and heard: ${rangeOf(r)}`,
  'lease-expired': (r) => `${text(r['count'])} ${text(r['reason'])} lease(s) expired: stays silent`,
  recalled: (r) => `to be erased since nobody agrees any more (${text(r['reason'])}): ${rangeOf(r)}`,
  late: (r) => `LATE: ${text(r['reason'])} found after it had left: ${rangeOf(r)}`,
  'unjudged-passed': (r) => `PASSED UNJUDGED (failOpen): ${rangeOf(r)}`,
  'detector-failed': (r) =>
    `detector ${text(r['detector'])} failed: what it has not judged leaves as silence`,
  'recorder-gap': (r) => `${text(r['lostSamples'])} samples reached no recorder`,
  violation: (r) => `${text(r['side'])} broke its protocol: ${text(r['code'])}`,
  'leak-suspected': (r) =>
    `LEAK SUSPECTED in ${text(r['source'])}${r['startSample'] === undefined ? '' : `: ${rangeOf(r)}`}`,
  erasure: (r) => `erasure for ${text(r['reason'])} ${text(r['state'])}: ${rangeOf(r)}`,
  'call-closed': (r) =>
    `call ends (${text(r['reason'])}): ${text(r['framesIn'])} frames in, ${text(r['framesOut'])} out, ` +
    `${text(r['framesRedacted'])} redacted; ${text(r['lateMs'])} ms late, ${text(r['unjudgedSilencedMs'])} ms unjudged and ` +
    `silenced, ${text(r['unjudgedPassedMs'])} ms unjudged and passed, ${text(r['lostSamples'])} samples lost, ` +
    `${text(r['violations'])} violations`,
  'call-lost': (r) => {
    const toldAt = typeof r['toldAtMs'] === 'number' ? new Date(r['toldAtMs']).toISOString() : ''
    const open = text(r['openReasons'])
    return (
      `call is LOST (${text(r['reason'])}): last told of ${toldAt.replace('T', ' ')}` +
      `${open === '' ? '' : `, silent then for ${open}`}`
    )
  },
  signal: (r) => {
    const from = r['startSample'] === undefined ? '' : `, silent ${fromOf(r)}`
    const until = r['endSample'] === undefined ? '' : `, heard from sample ${text(r['endSample'])}`
    return `signal ${text(r['signal'])} ${text(r['state'])}${whoOf(r)}: ${text(r['answer'])}${from}${until}${lateOf(r)}`
  },
  refusal: (r) => {
    const count = r['count'] === undefined ? 'refused' : `${text(r['count'])} more refused in the last minute`
    return `${count} at ${text(r['source'])}: ${text(r['reason'])}${whoOf(r)}`
  },
  'key-created': (r) => `key ${text(r['name'])} created${whoOf(r)}, scopes ${text(r['scopes'])}`,
  'key-revoked': (r) => `key ${text(r['name'])} revoked${whoOf(r)}`,
  'config-changed': (r) => {
    const privileged = text(r['privileged'])
    return `configuration ${text(r['configHash'])}${whoOf(r)}${privileged === '' ? '' : `, PRIVILEGED: ${privileged}`}`
  },
  'file-opened': () => 'a file begins',
  'ledger-opened': (r) => `the proxy (${text(r['version'])}) begins to write`,
  'ledger-closed': () => 'the proxy ends',
  checkpoint: (r) => `signed by key ${text(r['key'])}`,
  'signing-key': (r) => `key ${text(r['key'])} appoints another`,
  gap: (r) => `${text(r['lost'])} ENTRIES LOST: the ledger was not writable`,
}
