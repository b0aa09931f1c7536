import t from 'tap'
import { safePolicy } from '../../proxy/policy/options.js'
import { WavRedaction } from '../../proxy/session/wav-redaction.js'
import { ascii, chunk, fmt, hummed, join, riff, SILENCE, wavOf } from '../support/wav-bytes.js'

const redact = (file: Uint8Array, pieceBytes = file.length) => {
  const redaction = new WavRedaction({ policy: safePolicy, frameMs: 20, payments: [] })
  const out: Uint8Array[] = []
  for (let at = 0; at < file.length; at += pieceBytes) redaction.push(file.slice(at, at + pieceBytes), out)
  const summary = redaction.end(out)
  return { file: join(out), summary }
}

const KEYS = [
  { channel: 0, startSeconds: 1, endSeconds: 1.06 },
  { channel: 1, startSeconds: 3, endSeconds: 3.2 },
]

for (const { tag, bits } of [
  { tag: 1, bits: 16 },
  { tag: 6, bits: 8 },
  { tag: 7, bits: 8 },
])
  for (const channels of [1, 2])
    for (const rateHz of [8000, 16_000, 48_000])
      t.test(
        `tag ${tag}, ${channels} channels, ${rateHz} Hz: keys are silent, the rest is bit-identical`,
        async (t) => {
          const pcm = hummed({ channels, rateHz }, 5, KEYS)
          const before = wavOf({ tag, bits, channels, rateHz }, pcm, chunk('LIST', ascii('INFOx')))
          const { file, summary } = redact(before)
          t.equal(file.length, before.length)
          const { spans } = summary
          const expected = before.slice()
          const blockBytes = (channels * bits) / 8
          for (const { track, startSample, endSample } of spans)
            for (let i = startSample; i < endSample; i++)
              for (let byte = 0; byte < blockBytes; byte++)
                if (track === null || Math.floor((byte * channels) / blockBytes) === track)
                  expected[44 + i * blockBytes + byte] = SILENCE[tag]!
          t.ok(Buffer.compare(file, expected) === 0, 'silence where the report says so, and nowhere else')
          for (const key of KEYS.filter(({ channel }) => channel < channels))
            for (let track = 0; track < channels; track++)
              t.ok(
                spans.some(
                  (span) =>
                    (span.track ?? track) === track &&
                    span.startSample <= key.startSeconds * rateHz &&
                    span.endSample >= key.endSeconds * rateHz,
                ),
                `the key on channel ${key.channel} is silent on channel ${track}`,
              )
        },
      )

t.test('pieces of any size give the same file', async (t) => {
  const pcm = hummed({ channels: 2, rateHz: 8000 }, 5, KEYS)
  const before = wavOf({ tag: 7, bits: 8, channels: 2, rateHz: 8000 }, pcm, chunk('LIST', ascii('INFOx')))
  const whole = redact(before)
  for (const bytes of [1, 7, 44, 45, 1000, 65_536]) t.strictSame(redact(before, bytes), whole, `${bytes}`)
})

t.test('a file cut at any byte behind its header is redacted as far as it goes', async (t) => {
  const audio = Array.from({ length: 9 }, (_, i) => i)
  const file = riff(
    chunk('fmt ', fmt({ tag: 1, bits: 16, channels: 2, rateHz: 8000 })),
    chunk('data', audio),
    chunk('cue ', [1, 2]),
  )
  for (let bytes = 44; bytes <= file.length; bytes++) {
    const { file: out, summary } = redact(file.subarray(0, bytes))
    t.strictSame(out, file.subarray(0, bytes))
    t.equal(summary.samples, Math.min(2, (bytes - 44) >> 2))
  }
})

t.test('a file without a single sample goes through', async (t) => {
  const file = riff(chunk('fmt ', fmt({ tag: 7, bits: 8, channels: 1, rateHz: 8000 })), chunk('data', []))
  const { file: out, summary } = redact(file)
  t.strictSame(out, file)
  t.match(summary, { samples: 0, spans: [], strayBytes: 0 })
})

t.test('what is no WAV is refused', async (t) => {
  t.throws(() => redact(Uint8Array.from(ascii('not a wav file at all'))), { code: 'REDACT_ERR_AUDIO_FILE' })
  t.throws(() => redact(riff()), { code: 'REDACT_ERR_AUDIO_FILE' })
})
