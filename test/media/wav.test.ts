import t from 'tap'
import { type WavPart, WavScanner } from '../../proxy/media/wav.js'
import { ascii, chunk, extensible, fmt, join, riff, u16, u32, type WavFields } from '../support/wav-bytes.js'

const PCMU = { tag: 7, channels: 1, rateHz: 8000, bits: 8 }

/** 'RIFF' 44 'WAVE' | 'fmt ' 16: mu-law, mono, 8000 Hz | 'data' 8: 1 2 3 4 5 6 7 8. */
const LITERAL = Uint8Array.from(
  Buffer.from(
    '524946462c00000057415645' + // 12
      '666d7420100000000700010040' +
      '1f0000401f000001000800' + // 36
      '64617461080000000102030405060708',
    'hex',
  ),
)

const scan = (file: Uint8Array, pieceBytes = file.length || 1) => {
  const scanner = new WavScanner()
  const parts: WavPart[] = []
  for (let at = 0; at < file.length; at += pieceBytes) scanner.push(file.subarray(at, at + pieceBytes), parts)
  scanner.end()
  const { format, strayBytes } = scanner
  const samples = join(parts.filter(({ kind }) => kind === 'samples').map(({ bytes }) => bytes))
  return { format, strayBytes, samples: [...samples], all: join(parts.map(({ bytes }) => bytes)) }
}

const refusal = (file: Uint8Array): string => {
  try {
    scan(file)
  } catch (error) {
    t.match(error, { code: 'REDACT_ERR_AUDIO_FILE' })
    return (error as Error).message
  }
  return 'not refused'
}

const withFormat = (fields: WavFields): Uint8Array => riff(chunk('fmt ', fmt(fields)), chunk('data', [1, 2]))

t.test('finds the samples of a file written out by hand', async (t) => {
  const { format, samples, all, strayBytes } = scan(LITERAL)
  t.strictSame(format, { codec: 'pcmu', clockRateHz: 8000, channelCount: 1, blockBytes: 1 })
  t.strictSame(samples, [1, 2, 3, 4, 5, 6, 7, 8])
  t.strictSame(all, LITERAL)
  t.equal(strayBytes, 0)
})

t.test('reads every supported format, plain and extensible', async (t) => {
  for (const [tag, bits, codec] of [
    [1, 16, 'l16'],
    [6, 8, 'pcma'],
    [7, 8, 'pcmu'],
  ] as const)
    for (const channels of [1, 2] as const)
      for (const rateHz of [8000, 11000, 16000, 48000]) {
        const fields = { tag, channels, rateHz, bits }
        const blockBytes = (channels * bits) / 8
        const expected = { codec, clockRateHz: rateHz, channelCount: channels, blockBytes }
        t.strictSame(scan(riff(chunk('fmt ', fmt(fields)), chunk('data', [1, 2, 3, 4]))).format, expected)
        t.strictSame(
          scan(riff(chunk('fmt ', extensible(fields)), chunk('data', [1, 2, 3, 4]))).format,
          expected,
        )
      }
})

t.test('is the same in pieces of any size, and hands out every byte once and in order', async (t) => {
  const file = riff(
    chunk('JUNK', [9, 9, 9]),
    chunk('fmt ', [...extensible(PCMU), 5, 5]),
    chunk('LIST', ascii('INFO')),
    chunk('data', [1, 2, 3]),
    chunk('LIST', ascii('INFOxyz')),
    chunk('id3 ', []),
    [0xff, 0xfe, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  )
  const whole = scan(file)
  t.strictSame(whole.samples, [1, 2, 3])
  t.equal(whole.strayBytes, 11)
  for (let bytes = 1; bytes <= file.length; bytes++) {
    const { format, samples, strayBytes, all } = scan(file, bytes)
    t.strictSame({ format, samples, strayBytes, all }, whole, `pieces of ${bytes}`)
    t.strictSame(all, file)
  }
})

t.test('a data size that was never filled in means: to the end', async (t) => {
  for (const size of [0, 0xffff_ffff, 0x7fff_ffff, 4000])
    t.strictSame(
      scan(riff(chunk('fmt ', fmt(PCMU)), chunk('data', [1, 2, 3, 4], size))).samples,
      [1, 2, 3, 4],
    )
  t.strictSame(scan(riff(chunk('fmt ', fmt(PCMU)), chunk('data', []))).samples, [])
})

t.test('RF64 has its data size in the ds64 chunk (EBU Tech 3306)', async (t) => {
  const ds64 = (dataBytes: number): number[] =>
    chunk('ds64', [...u32(99), ...u32(0), ...u32(dataBytes), ...u32(0), ...u32(0), ...u32(0), ...u32(0)])
  const file = (dataBytes: number): Uint8Array => {
    const bytes = riff(
      ds64(dataBytes),
      chunk('fmt ', fmt(PCMU)),
      chunk('data', [1, 2], 0xffff_ffff),
      chunk('LIST', [1, 2]),
    )
    bytes.set(ascii('RF64'))
    return bytes
  }
  t.strictSame(scan(file(2)).samples, [1, 2])
  t.equal(scan(file(0)).samples.length, 12, 'unknown there too: to the end')
})

t.test('a file cut at any byte is a shorter recording, or refused', async (t) => {
  for (let bytes = 0; bytes < LITERAL.length; bytes++) {
    const cut = LITERAL.subarray(0, bytes)
    if (bytes >= 44) t.equal(scan(cut).samples.length, bytes - 44)
    else t.match(refusal(cut), bytes < 12 ? /no RIFF/ : /before its audio begins/, `${bytes} bytes`)
  }
})

t.test('a file changed at any byte of its header is read or refused, never anything else', async (t) => {
  for (let at = 0; at < 44; at++)
    for (const value of [0, 1, 0x20, 0x7f, 0x80, 0xff]) {
      const changed = LITERAL.slice()
      changed[at] = value
      try {
        t.strictSame(scan(changed).all, changed)
      } catch (error) {
        t.match(error, { code: 'REDACT_ERR_AUDIO_FILE' })
      }
    }
})

t.test('says what is wrong, and what is supported', async (t) => {
  t.match(
    refusal(withFormat({ ...PCMU, tag: 2 })),
    /format tag 2; supported are 16-bit PCM, A-law and mu-law/,
  )
  t.match(refusal(withFormat({ tag: 1, channels: 1, rateHz: 8000, bits: 24 })), /tag 1 with 24 bits/)
  t.match(refusal(withFormat({ tag: 7, channels: 3, rateHz: 8000, bits: 8 })), /3 channels/)
  t.match(refusal(withFormat({ tag: 7, channels: 0, rateHz: 8000, bits: 8 })), /0 channels/)
  for (const rateHz of [0, 7800, 11025, 44100, 48200, 96000])
    t.match(refusal(withFormat({ ...PCMU, rateHz })), new RegExp(`${rateHz} Hz`))
  t.match(refusal(Uint8Array.from(ascii('RIFX....WAVE'))), /big-endian/)
  t.match(refusal(Uint8Array.from(ascii('ID3.........'))), /no RIFF\/WAVE file/)
  t.match(refusal(Uint8Array.from(ascii('RIFF....AVI '))), /no RIFF\/WAVE file/)
  t.match(refusal(riff(chunk('data', [1]))), /data chunk comes before the fmt chunk/)
  t.match(refusal(riff(chunk('fmt ', [7, 0]))), /fmt chunk is too short/)
  const oddBlock = [...fmt(PCMU).slice(0, 12), ...u16(4), ...u16(8)]
  t.match(refusal(riff(chunk('fmt ', oddBlock))), /1 x 8 bits in 4 bytes/)
  const unknown = extensible(PCMU)
  unknown[30] = 1
  t.match(refusal(riff(chunk('fmt ', unknown))), /unknown sub-format/)
  t.match(refusal(riff(chunk('fmt ', extensible(PCMU).slice(0, 18)))), /extensible fmt chunk is too short/)
})

t.test('refuses what one player plays and another does not', async (t) => {
  const parts = [chunk('fmt ', fmt(PCMU)), chunk('data', [1, 2])]
  t.match(refusal(riff(...parts, chunk('data', [3, 4]))), /more than one data chunk/)
  t.match(refusal(riff(chunk('fmt ', fmt(PCMU)), ...parts)), /more than one fmt chunk/)
})

t.test('a chunk header that the end cuts short is counted as stray', async (t) => {
  t.equal(scan(join([LITERAL, Uint8Array.from(ascii('LIS'))])).strayBytes, 3)
})
