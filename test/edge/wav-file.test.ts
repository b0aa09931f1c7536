import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { WavFile } from '../../proxy/edge/wav-file.js'
import { tracksOf } from '../support/live-proxy.js'

const ones = (count: number): Int16Array => new Int16Array(count).fill(1)
const silentIn = (pcm: Int16Array): string => {
  const at = [...pcm.keys()].filter((i) => pcm[i] === 0)
  return at.length === 0 ? 'none' : `${at[0]}-${at.at(-1)! + 1} (${at.length})`
}

t.test('what is erased is silent on its channel alone, whatever waited for the disk', async (t) => {
  const path = join(t.testdir({}), 'a.wav')
  const file = new WavFile(path, 2, 8000)
  for (let i = 0; i < 20; i++) file.write([ones(8000), ones(8000)])
  const erased = Promise.all([file.erase([1], 40_000, 150_000), file.erase([0, 1], 159_990, 200_000)])
  file.write([ones(8000), ones(8000)])
  await erased
  await file.erase([0], -100, 10)
  await file.finish()
  const wav = readFileSync(path)
  t.equal(wav.length, 44 + 168_000 * 4)
  const [left, right] = tracksOf(wav)
  t.equal(silentIn(left!.subarray(0, 159_000)), '0-10 (10)')
  t.equal(silentIn(left!.subarray(159_000)), '990-1000 (10)', 'no further than had been written')
  t.equal(silentIn(right!.subarray(0, 159_000)), '40000-150000 (110000)')
})
