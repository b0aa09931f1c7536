import t from 'tap'
import {
  DecoderPool,
  OPUS_PCM_RATE_HZ,
  opusDecoders,
  prepareOpusDecoders,
} from '../../../proxy/codecs/opus/decoder-pool.io.js'

/** A pool of numbers, and how many were made. */
const numbers = (decodersMax: number) => {
  const made = { count: 0 }
  return { made, pool: new DecoderPool(async () => ++made.count, decodersMax) }
}

/** Lets everything that is being made become ready. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

t.test('take() has nothing before prepare()', async (t) => {
  const { pool, made } = numbers(10)
  t.equal(pool.take(), undefined)
  await settled()
  t.equal(made.count, 0)
})

t.test('prepare() resolves when as many as asked are ready', async (t) => {
  const { pool } = numbers(10)
  await pool.prepare(3)
  t.equal(pool.spareCount, 3)
  await pool.prepare(2)
  t.equal(pool.spareCount, 3, 'less than before takes none away')
})

t.test('what is taken is made up for, and never handed out twice', async (t) => {
  const { pool } = numbers(10)
  await pool.prepare(2)
  const first = [pool.take(), pool.take()]
  t.equal(pool.take(), undefined, 'a burst beyond the spares waits')
  await settled()
  t.equal(pool.spareCount, 2)
  pool.release()
  await settled()
  const later = [pool.take(), pool.take()]
  t.equal(new Set([...first, ...later]).size, 4)
})

t.test('spare and in use together stay within the limit; a release makes room', async (t) => {
  const { pool, made } = numbers(3)
  await pool.prepare(2)
  t.ok(pool.take() && pool.take())
  await settled()
  t.equal(pool.spareCount, 1)
  t.ok(pool.take())
  await settled()
  t.equal(pool.take(), undefined)
  t.equal(made.count, 3)
  pool.release()
  await settled()
  t.equal(pool.spareCount, 1)
})

t.test(
  'prepare() rejects when none can be made; later ones are tried again at the next take()',
  async (t) => {
    let isBroken = true
    const pool = new DecoderPool(async () => {
      if (isBroken) throw new Error('out of memory')
      return 'decoder'
    }, 10)
    await t.rejects(pool.prepare(1))
    t.equal(pool.take(), undefined)
    await settled()
    isBroken = false
    t.equal(pool.take(), undefined)
    await settled()
    t.equal(pool.take(), 'decoder')
  },
)

t.test(
  'prepareOpusDecoders() makes decoders that play 20 ms of silence at 8 kHz, on two channels',
  async (t) => {
    await prepareOpusDecoders(1)
    const { samplesDecoded, sampleRate, channelData } = opusDecoders
      .take()!
      .decodeFrame(Uint8Array.of(0xf8, 0xff, 0xfe))
    t.strictSame([samplesDecoded, sampleRate, channelData.length], [160, OPUS_PCM_RATE_HZ, 2])
    opusDecoders.release()
  },
)
