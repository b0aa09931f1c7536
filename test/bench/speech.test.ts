// A corpus of two short files, through the whole path: what the bench says of them is known.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { barsOf } from '../../bench/speech/bars.js'
import { readCorpus } from '../../bench/speech/corpus.js'
import { byTheDetector, paymentIn, rowsOfFiles, rowsOfKinds } from '../../bench/speech/figures.js'
import { lagsOf, play, played } from '../../bench/speech/measure.js'
import { scorePhrases } from '../../bench/speech/phrases.js'
import { markdownOf, textOf } from '../../bench/speech/report.js'
import { hear, tryOut } from '../../bench/speech/thresholds.js'
import { inPackage } from '../../proxy/base/package-file.js'
import { thresholds } from '../../proxy/detectors/speech/recognizers/embedded/thresholds.js'
import { policySchema } from '../../proxy/policy/options.js'
import { spokenDigits } from '../support/spoken-digits.js'

const wav = readFileSync(inPackage('fixtures/speech/digits.wav'))
const samples = spokenDigits.words.at(-1)![2]
const words = spokenDigits.words.map(([w, start, end]) => ({ w, digits: '4', start, end }))
const secret = { kind: 'pan', channel: 'customer', start: words[0]!.start, end: samples, words }
const utterances = [{ channel: 'customer', start: 0, end: samples, voice: 'fsdd/somebody' }]
const files = {
  digits_0: { channels: ['customer'], noise: null, sensitive: [secret], phrases: [], utterances },
  // The same audio, but nobody's card: all that is silenced of it is lost.
  neg_tts_0: { channels: ['customer'], noise: { type: 'pink', snrDb: 10 }, sensitive: [], phrases: [] },
}

const corpusIn = (directory: string): string => {
  mkdirSync(join(directory, 'audio'), { recursive: true })
  const entries = Object.entries(files).map(([name, labels]) => {
    writeFileSync(join(directory, `audio/${name}.wav`), wav)
    writeFileSync(join(directory, `audio/${name}.json`), JSON.stringify(labels))
    const kind = name.startsWith('neg') ? 'negative' : 'digits'
    return { file: `audio/${name}.wav`, manifest: `audio/${name}.json`, class: kind }
  })
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ files: entries }))
  return directory
}

const corpus = readCorpus(corpusIn(t.testdir()))
const policyOf = (speech: object) => policySchema.parse({ detectors: { speech: { recognizers: speech } } })
const listening = policyOf({ embedded: {} })
const rowsWith = (policy: ReturnType<typeof policyOf>) => {
  const calls = corpus.map((file) => ({ file, call: play(file, policy) }))
  return [...rowsOfFiles(calls, policy), ...rowsOfKinds(calls)]
}

t.test('what is silenced of a secret and of talk is told by file and by kind', async (t) => {
  const rows = rowsWith(listening)
  t.strictSame(
    rows.map(({ what }) => what),
    ['whole corpus', 'secret numbers alone', 'synthetic talk, noisy', 'pan, people'],
  )
  const [whole, numbers, talk, card] = rows
  t.strictSame([card!.silentShare, card!.digitsLeft, card!.secrets, card!.cards], [1, 0, 1, 1])
  t.equal(whole!.files, 2)
  t.equal(numbers!.silentShare, 1)
  t.equal(talk!.silentShare, null)
  t.ok(talk!.lostSecondsPerHour! > 1800, 'most of it is digits')
  t.equal(talk!.keysSecondsPerHour, 0)
})

t.test('where nobody listens nothing is silent, and every digit is left', async (t) => {
  const rows = rowsWith(policyOf({}))
  t.strictSame([rows.at(-1)!.silentShare, rows.at(-1)!.digitsLeft], [0, words.length])
  t.equal(rows[2]!.lostSecondsPerHour, 0)
  const bars = barsOf(rows, null)
  t.strictSame(
    bars.map(({ what, isMet }) => [what.replace(/ \(.*/, ''), isMet]),
    [
      ['pan, people', false],
      ['synthetic talk, noisy', true],
    ],
  )
})

t.test('a payment step silences by itself; what is heard meanwhile is told apart', async (t) => {
  const file = corpus[0]!
  const calls = [{ file, call: play(file, policyOf({}), [paymentIn(file)]) }]
  t.equal(rowsOfKinds(calls)[0]!.silentShare, 1)
  t.equal(rowsOfKinds(calls, '', byTheDetector)[0]!.silentShare, 0)
  const heard = [{ file, call: play(file, listening, [paymentIn(file)]) }]
  t.equal(rowsOfKinds(heard, '', byTheDetector)[0]!.silentShare, 1)
})

t.test('recordings that were made before are judged by their silence', async (t) => {
  const file = corpus[0]!
  const silent = Buffer.from(wav)
  silent.fill(0xff, 58)
  const [row] = rowsOfKinds([{ file, call: played(file.bytes, silent) }])
  t.equal(row!.silentShare, 1)
  t.equal(rowsOfFiles([{ file, call: played(file.bytes, wav) }], listening)[0]!.silentShare, 0)
})

t.test('phrases that announce a number are counted, and windows without one', async (t) => {
  const [file] = corpus
  const call = play(file!, listening)
  const [row] = rowsOfFiles(
    [{ file: file!, call, phrases: { announced: 3, found: 2, falseWindows: 1, hours: 0.5 } }],
    listening,
  )
  t.strictSame([row!.phrases, row!.falseWindowsPerHour], [{ announced: 3, found: 2 }, 2])
})

t.test('a secret is known while it is being said', async (t) => {
  const [lagMs] = lagsOf(corpus[0]!, listening)
  t.ok(lagMs! > 400 && lagMs! < 2_500, `${lagMs} ms`)
  t.strictSame(lagsOf(corpus[1]!, listening), [])
})

t.test('thresholds are tried on what the net said once: the strictest find nothing', async (t) => {
  const heard = corpus.map(hear)
  const [all] = tryOut(heard, listening, thresholds).halves
  t.strictSame([all.cards[0], all.lost[1] > 1800], [1, true])
  t.ok(Number.isNaN(all.cards[1]), 'no synthetic one is there')
  const [none] = tryOut(heard, listening, { ...thresholds, sureFrom: 1.1, sure: 1.2 }).halves
  t.strictSame([none.cards[0], none.lost[1]], [0, 0])
})

t.test('people read lines, and a page', async (t) => {
  const rows = rowsWith(listening)
  const cost = { tracksPerCore: 900, tracks: 300, hasKeptUp: true, netKilobytes: 51, grownKilobytes: 99 }
  const result = {
    corpus: 'x',
    played: 'hushfork',
    holdBackMs: 2500,
    rows,
    bars: barsOf(rows, cost),
    lagMs: { p50: 1000, p95: 2000, max: 3000, found: 1 },
    cost,
  }
  t.match(textOf(result), /^pan, people +1 +100\.0 % +0\.00$/m)
  t.match(
    textOf(result),
    /^met {5}pan, people \(1\): 100\.0 % silent, 0\.00 digits left \(bar: 99\.5 %, 0\.1 digits\)$/m,
  )
  t.match(textOf(result), /^900 tracks a core/m)
  t.match(markdownOf(result), /^\| pan, people \| {2}\| {2}\| 1 \| 100\.0 % \| 0\.00 \|(?: {2}\|){4}$/m)
  t.match(markdownOf(result), /\| \*\*missed\*\* \|/)
})

t.test('phrases that open a window are told from windows that none has opened', async (t) => {
  const said = readFileSync(inPackage('fixtures/phrases/agent.wav'))
  const scoreWith = (phrases: readonly { id: string; start: number; end: number }[], policy = listening) =>
    scorePhrases([{ ...corpus[0]!, bytes: said, secrets: [], phrases }], policy.detectors.speech)
  const asked = { id: 'security_code', start: 14_000, end: 24_500 }
  const paid = { id: 'gone_through', start: 60_000, end: 66_000 }
  t.match(scoreWith([asked, paid]), { announced: 1, found: 1, falseWindows: 0 })
  t.match(scoreWith([paid]), { announced: 0, found: 0, falseWindows: 1 })
  t.match(scoreWith([{ ...asked, start: 0, end: 8_000 }]), { announced: 1, found: 0, falseWindows: 1 })
  t.equal(scoreWith([asked], policyOf({})), null)
})
