// The call that the demo plays is the one its manifest describes, and its secrets are where it says.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { readDemoCall } from '../../../bench/demo/demo-call.js'
import { inPackage } from '../../../proxy/base/package-file.js'

const FOLDER = inPackage('fixtures/audio/')

t.test('every file is the one in the manifest, with origin and licence', async (t) => {
  const manifest = JSON.parse(readFileSync(new URL('manifest.json', FOLDER), 'utf8'))
  t.equal(manifest.licence, 'CC0-1.0')
  t.match(manifest.origin, 'No person was recorded')
  for (const [name, { sha256 }] of Object.entries<{ sha256: string }>(manifest.files))
    t.equal(
      createHash('sha256')
        .update(readFileSync(new URL(name, FOLDER)))
        .digest('hex'),
      sha256,
      name,
    )
})

t.test(
  'the call has two tracks of 8 kHz, a card number keyed, and each key echoed on the other track',
  async (t) => {
    const { audio, samples, keys, secrets } = await readDemoCall()
    t.equal(audio.sampleRateHz, 8000)
    t.same(
      audio.tracks.map((track) => track.length),
      [samples, samples],
    )
    t.equal(keys.length, 16)
    t.same(
      secrets.filter(({ kind }) => kind === 'echo of a key'),
      keys.map(({ startSample, endSample }) => ({
        track: 1,
        startSample: startSample + 960,
        endSample: endSample + 960,
        kind: 'echo of a key',
      })),
    )
  },
)

t.test('in every sensitive stretch there is something to hear', async (t) => {
  const { audio, keys, secrets } = await readDemoCall()
  for (const { track, startSample, endSample } of [...keys, ...secrets]) {
    const loudest = Math.max(...audio.tracks[track]!.subarray(startSample, endSample).map(Math.abs))
    t.ok(loudest > 100, `${loudest} from ${startSample}`)
  }
})

t.test('no sensitive stretch lies in what is called calm', async (t) => {
  const { calm, keys, secrets } = await readDemoCall()
  for (const { startSample, endSample } of [...keys, ...secrets])
    t.ok(calm.every((range) => endSample <= range.startSample || startSample >= range.endSample))
})

t.test('the second payment step is signalled 1.5 s after the first digit is spoken', async (t) => {
  const { secrets, signals, sampleRateHz } = await readDemoCall()
  const code = secrets.find(({ kind }) => kind === 'security code')!
  const start = signals.find(({ signalId, state }) => signalId === 'page-2' && state === 'started')!
  t.equal(start.atMs, Math.round((code.startSample * 1000) / sampleRateHz + 1500))
})
