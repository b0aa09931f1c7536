import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { Readable, Writable } from 'node:stream'
import t from 'tap'
import { isSameFile, redactFile } from '../../proxy/edge/redact-file.js'
import { safePolicy } from '../../proxy/policy/options.js'
import { spokenDigits, spokenDigitsPcm } from '../support/spoken-digits.js'
import { hummed, join, wavOf } from '../support/wav-bytes.js'

const OPTIONS = { policy: safePolicy, frameMs: 20, payments: [{ startUs: 0, endUs: 1_000_000 }] }
const FIELDS = { tag: 7, channels: 1, rateHz: 8000, bits: 8 }
const WAV = wavOf(FIELDS, hummed(FIELDS, 20, []))
/** The first second, and the pad of 500 ms. */
const REDACTED = new Uint8Array(WAV).fill(0xff, 44, 44 + 12_000)

/** A strictSame() of this many bytes takes a second. */
const isEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

const collector = () => {
  const pieces: Uint8Array[] = []
  const stream = new Writable({
    write(piece, _encoding, done) {
      pieces.push(piece)
      done()
    },
  })
  return { stream, bytes: () => join(pieces) }
}

t.test('writes the redacted file in its place, and leaves nothing beside it', async (t) => {
  const folder = t.testdir({ 'in.wav': Buffer.from(WAV), 'out.wav': 'an older one' })
  const summary = await redactFile(`${folder}/in.wav`, `${folder}/out.wav`, OPTIONS)
  t.equal(summary.samples, 160_000)
  t.ok(isEqual(readFileSync(`${folder}/out.wav`), REDACTED))
  t.ok(isEqual(readFileSync(`${folder}/in.wav`), WAV))
  t.strictSame(readdirSync(folder).sort(), ['in.wav', 'out.wav'])
})

t.test('numbers that are said are silent by the built-in policy', async (t) => {
  const speech = spokenDigitsPcm()
  const quiet = new Int16Array(8_000)
  const pcm = Int16Array.from([...quiet, ...speech, ...quiet])
  const wav = wavOf({ tag: 1, channels: 1, rateHz: 8_000, bits: 16 }, pcm)
  const { stream, bytes } = collector()
  await redactFile(Readable.from([wav]), stream, { policy: safePolicy, frameMs: 20, payments: [] })
  const redacted = Buffer.from(bytes())
  for (const [, start, end] of spokenDigits.words)
    t.ok(redacted.subarray(44 + 2 * (8_000 + start), 44 + 2 * (8_000 + end)).every((byte) => byte === 0))
})

t.test('a file that fails leaves no output, and an older one as it was', async (t) => {
  const bad = Buffer.concat([WAV, Buffer.from('data\x04\0\0\0')])
  const folder = t.testdir({ 'in.wav': bad, 'old.wav': 'an older one' })
  for (const name of ['new.wav', 'old.wav'])
    await t.rejects(redactFile(`${folder}/in.wav`, `${folder}/${name}`, OPTIONS), {
      code: 'REDACT_ERR_AUDIO_FILE',
      message: /more than one data chunk/,
    })
  t.strictSame(readdirSync(folder).sort(), ['in.wav', 'old.wav'])
  t.equal(readFileSync(`${folder}/old.wav`, 'utf8'), 'an older one')
})

t.test('an interrupt leaves no output', async (t) => {
  const folder = t.testdir({})
  const interrupt = new AbortController()
  const source = new Readable({ read() {} })
  source.push(WAV)
  const redaction = redactFile(source, `${folder}/out.wav`, {
    ...OPTIONS,
    signal: interrupt.signal,
    onProgress: () => interrupt.abort(),
  })
  await t.rejects(redaction, { name: 'AbortError' })
  t.strictSame(readdirSync(folder), [])
})

t.test('what cannot be read or written is an error', async (t) => {
  const folder = t.testdir({ 'in.wav': Buffer.from(WAV) })
  await t.rejects(redactFile(`${folder}/none.wav`, `${folder}/out.wav`, OPTIONS), { code: 'ENOENT' })
  await t.rejects(redactFile(`${folder}/in.wav`, `${folder}/none/out.wav`, OPTIONS), { code: 'ENOENT' })
  t.strictSame(readdirSync(folder), ['in.wav'])
})

t.test('does not read what it writes, by whatever link', async (t) => {
  const folder = t.testdir({ 'in.wav': Buffer.from(WAV), 'link.wav': t.fixture('symlink', 'in.wav') })
  for (const output of ['in.wav', './in.wav', 'link.wav'])
    await t.rejects(redactFile(`${folder}/in.wav`, `${folder}/${output}`, OPTIONS), {
      code: 'REDACT_ERR_AUDIO_FILE',
    })
  t.ok(isEqual(readFileSync(`${folder}/in.wav`), WAV))
  t.ok(await isSameFile(`${folder}/link.wav`, `${folder}/in.wav`))
  t.notOk(await isSameFile(`${folder}/none.wav`, `${folder}/in.wav`))
})

t.test('a link is written through, not replaced', async (t) => {
  const folder = t.testdir({
    'in.wav': Buffer.from(WAV),
    'real.wav': 'an older one, of whatever length',
    'link.wav': t.fixture('symlink', 'real.wav'),
  })
  await redactFile(`${folder}/in.wav`, `${folder}/link.wav`, OPTIONS)
  t.ok(lstatSync(`${folder}/link.wav`).isSymbolicLink())
  t.ok(isEqual(readFileSync(`${folder}/real.wav`), REDACTED))
  t.equal(statSync(`${folder}/real.wav`).size, WAV.length)
})

t.test('streams go through in pieces of any size, and the output stays open', async (t) => {
  for (const bytes of [1000, 44, 200_000]) {
    const pieces: Uint8Array[] = []
    for (let at = 0; at < WAV.length; at += bytes) pieces.push(WAV.slice(at, at + bytes))
    const { stream, bytes: written } = collector()
    await redactFile(Readable.from(pieces), stream, OPTIONS)
    t.ok(isEqual(written(), REDACTED))
    t.ok(stream.writable)
  }
})

t.test('an output that takes nothing more stops the reading', async (t) => {
  let readBytes = 0
  const piece = new Uint8Array(16_000).fill(0x20)
  const source = Readable.from(
    (function* () {
      yield WAV.slice(0, 40)
      yield Uint8Array.of(0, 0, 0, 0) // a data size of 0: to the end
      while (true) {
        readBytes += piece.length
        yield piece
      }
    })(),
  )
  const interrupt = new AbortController()
  const target = new Writable({ highWaterMark: 1, write() {} })
  const redaction = redactFile(source, target, { ...OPTIONS, signal: interrupt.signal })
  for (let turn = 0; turn < 1000; turn++) await new Promise(setImmediate)
  t.ok(readBytes < 100 * piece.length, `${readBytes} bytes read`)
  interrupt.abort()
  await t.rejects(redaction, { name: 'AbortError' })
})

t.test('an output that breaks is a failure, and throws nothing at the process', async (t) => {
  const broken = new Writable({
    write: (_piece, _encoding, done) => done(Object.assign(new Error('broken'), { code: 'EPIPE' })),
  })
  await t.rejects(redactFile(Readable.from([WAV, WAV]), broken, OPTIONS), { code: 'EPIPE' })
})
