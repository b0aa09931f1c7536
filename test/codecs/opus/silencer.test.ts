import t from 'tap'
import { prepareOpusDecoders } from '../../../proxy/codecs/opus/decoder-pool.io.js'
import { opus } from '../../../proxy/codecs/opus/opus.js'
import { OpusPacket } from '../../../proxy/codecs/opus/packet.js'
import { OpusSilencer } from '../../../proxy/codecs/opus/silencer.js'
import type { Finding } from '../../../proxy/detectors/detector.js'
import { dtmf } from '../../../proxy/detectors/dtmf/detector.js'
import { dtmfOptionsSchema } from '../../../proxy/detectors/dtmf/options.js'
import { codedSize, opusPackets, opusStreams, padded } from '../../support/opus-packets.js'
import { rng } from '../../support/rng.js'

const WHOLE = [{ channel: null, startSample: 0, endSample: 5_760 }]
const PASS: [] = []
const format = { codec: 'opus', clockRateHz: 48_000, channelCount: 2 } as const

const silenced = (...bytes: number[]): number[] => [
  ...new OpusSilencer().apply(Uint8Array.from(bytes), WHOLE),
]

await prepareOpusDecoders(30)

t.test('a silent packet is FF FE per frame, in CELT, of the same duration and bandwidth', async (t) => {
  const cases: readonly [string, readonly number[], readonly number[]][] = [
    ['20 ms FB mono', [0xf8, 1, 2, 3], [0xf8, 0xff, 0xfe]],
    ['20 ms FB stereo', [0xfc, 1, 2, 3], [0xfc, 0xff, 0xfe]],
    ['2.5 ms FB', [0xe0, 1, 2, 3], [0xe0, 0xff, 0xfe]],
    ['2 x 20 ms FB', [0xf9, 1, 2, 3, 4], [0xf9, 0xff, 0xfe, 0xff, 0xfe]],
    ['60 ms SILK WB', [0x58, 1, 2, 3, 4, 5, 6, 7], [0xbb, 3, 0xff, 0xfe, 0xff, 0xfe, 0xff, 0xfe]],
    ['40 ms SILK NB', [0x10, 1, 2, 3, 4], [0x99, 0xff, 0xfe, 0xff, 0xfe]],
    ['10 ms SILK NB', [0x00, 1, 2], [0x90, 0xff, 0xfe]],
    ['20 ms SILK MB', [0x28, 1, 2], [0xb8, 0xff, 0xfe]],
    ['20 ms SILK WB stereo', [0x4c, 1, 2], [0xbc, 0xff, 0xfe]],
    ['10 ms hybrid SWB', [0x60, 1, 2], [0xd0, 0xff, 0xfe]],
    ['20 ms hybrid FB', [0x78, 1, 2], [0xf8, 0xff, 0xfe]],
    ['20 ms FB not sent (DTX)', [0xf8], [0xf8, 0xff, 0xfe]],
  ]
  for (const [title, before, after] of cases) t.strictSame(silenced(...before), after, title)
})

/** Every legal way to send `frameCount` frames: codes 0 to 3, lengths coded or not, with padding and without. */
const packings = (config: number, stereo: number, frameCount: number): number[][] => {
  const toc = (config << 3) | (stereo << 2)
  const frames = Array.from({ length: 5 * frameCount }, (_, i) => (i * 73) & 0xff)
  const sizes = Array.from({ length: frameCount - 1 }, () => codedSize(5)).flat()
  const all = [
    [toc | 3, frameCount, ...frames],
    [toc | 3, 0x80 | frameCount, ...sizes, ...frames],
    [toc | 3, 0x40 | frameCount, 3, ...frames, 9, 9, 9],
    [toc | 3, 0xc0 | frameCount, 255, 0, ...sizes, ...frames, ...new Uint8Array(254)],
    [toc | 3, frameCount],
    [toc | 3, 0x80 | frameCount, ...frames.slice(0, 1)],
  ]
  if (frameCount === 1) all.push([toc, ...frames], [toc])
  if (frameCount === 2) all.push([toc | 1, ...frames], [toc | 2, ...sizes, ...frames], [toc | 2, 255])
  return all
}

for (const stereo of [0, 1])
  t.test(
    `${stereo ? 'stereo' : 'mono'}: every configuration, count and packing is silenced to zeros of its duration`,
    async (t) => {
      const packet = new OpusPacket()
      const decoder = opus.createDecoder(format)
      const pcm = new Int16Array(2 * 960)
      let tried = 0
      for (let config = 0; config < 32; config++) {
        packet.read(Uint8Array.of(config << 3))
        const { frameSamples } = packet
        for (let count = 1; count * frameSamples <= 5_760; count++)
          for (const bytes of packings(config, stereo, count)) {
            const silent = new OpusSilencer().apply(Uint8Array.from(bytes), WHOLE)
            const title = `config ${config}, ${count} frames, starts ${bytes.slice(0, 3)}`
            const samples = decoder.decodeInto(silent, pcm.fill(1))
            if (opus.sampleCount(silent, format) !== count * frameSamples) t.fail(`${title}: other duration`)
            if (samples !== (count * frameSamples) / 6) t.fail(`${title}: decodes to ${samples}`)
            if (pcm.subarray(0, 2 * samples).some((sample) => sample !== 0)) t.fail(`${title}: audible`)
            if (((silent[0]! >> 2) & 1) !== stereo) t.fail(`${title}: other channels`)
            tried++
          }
      }
      decoder.close()
      t.ok(tried > 2_700, `${tried} packets`)
    },
  )

for (const { name } of opusStreams())
  t.test(`${name}: nothing is heard of a silenced key; 5 ms after its start there are zeros`, async (t) => {
    const decoder = opus.createDecoder(format)
    const silencer = new OpusSilencer()
    const pcm = new Int16Array(2 * 960)
    let loudest = 0
    let position = 0
    for (const payload of opusPackets(name)) {
      const start = position
      position += opus.sampleCount(payload, format) / 6
      // The keys are sent from 500 to 600 and from 900 to 1,000 ms, and heard up to 6.5 ms later.
      const isKey = (position > 4_000 && start < 4_900) || (position > 7_200 && start < 8_100)
      const wasKey = (start > 4_000 && start < 4_900) || (start > 7_200 && start < 8_100)
      const samples = decoder.decodeInto(silencer.apply(payload, isKey ? WHOLE : PASS), pcm)
      if (isKey)
        for (let i = wasKey ? 0 : 2 * 40; i < 2 * samples; i++) loudest = Math.max(loudest, Math.abs(pcm[i]!))
    }
    decoder.close()
    t.equal(loudest, 0)
  })

t.test('what passes without padding is the same array, untouched', async (t) => {
  for (const { name } of opusStreams()) {
    const silencer = new OpusSilencer()
    const packets = opusPackets(name)
    t.ok(packets.every((payload) => silencer.apply(payload, PASS) === payload))
    t.strictSame(packets, opusPackets(name))
  }
})

t.test('silence overwrites the packet in its own memory', async (t) => {
  const memory = Uint8Array.of(7, 0x4c, 1, 2, 3, 4, 5, 7)
  const silent = new OpusSilencer().apply(memory.subarray(1, 7), WHOLE)
  t.equal(silent.buffer, memory.buffer)
  t.strictSame([...memory], [7, 0xbc, 0xff, 0xfe, 0, 0, 0, 7])
})

t.test('silence of the same length is the same array', async (t) => {
  const payload = Uint8Array.of(0xf8, 1, 2)
  t.equal(new OpusSilencer().apply(payload, WHOLE), payload)
})

t.test('a packet too short for its silence is overwritten as well', async (t) => {
  const payload = Uint8Array.of(0x58, 9)
  t.strictSame([...new OpusSilencer().apply(payload, WHOLE)], [0xbb, 3, 0xff, 0xfe, 0xff, 0xfe, 0xff, 0xfe])
  t.strictSame([...payload], [0, 0])
})

t.test('any range silences the packet whole, be it of one channel and one sample', async (t) => {
  const range = { channel: 1, startSample: 3, endSample: 4 }
  t.strictSame([...new OpusSilencer().apply(Uint8Array.of(0xfc, 1, 2), [range])], [0xfc, 0xff, 0xfe])
})

for (const { name, redundancy } of opusStreams())
  t.test(
    `${name}: the first packet after silence goes too when it repeats the one before, and only that`,
    async (t) => {
      for (let secret = 0; secret + 2 < redundancy.length; secret++) {
        const silencer = new OpusSilencer()
        const [hidden, next, afterNext] = opusPackets(name).slice(secret) as [
          Uint8Array,
          Uint8Array,
          Uint8Array,
        ]
        const nextWasSent = next.length > 2
        silencer.apply(hidden, WHOLE)
        t.equal(silencer.hasExtended, false, 'it was asked for')
        silencer.apply(next, PASS)
        t.equal(silencer.hasExtended, redundancy[secret + 1])
        silencer.apply(afterNext, PASS)
        t.equal(silencer.hasExtended, !nextWasSent && redundancy[secret + 2])
      }
    },
  )

t.test('packets that were not sent do not end the wait for a repeat', async (t) => {
  const silencer = new OpusSilencer()
  silencer.apply(Uint8Array.of(0x48, 1, 2), WHOLE)
  const unsent = Uint8Array.of(0x48)
  t.equal(silencer.apply(unsent, PASS), unsent)
  t.strictSame([...silencer.apply(Uint8Array.of(0x48, 0x40, 2), PASS)], [0xb8, 0xff, 0xfe])
  t.equal(silencer.hasExtended, true)
  t.strictSame([...silencer.apply(Uint8Array.of(0x48, 0x40, 2), PASS)], [0x48, 0x40, 2])
  t.equal(silencer.hasExtended, false)
})

t.test('padding goes from every packet that passes: flag, length bytes and content', async (t) => {
  const cases: readonly [readonly number[], readonly number[]][] = [
    [
      [0xfb, 0x41, 3, 1, 2, 9, 9, 9],
      [0xfb, 0x01, 1, 2],
    ],
    [
      [0xfb, 0x42, 1, 1, 2, 9],
      [0xfb, 0x02, 1, 2],
    ],
    [
      [0xfb, 0xc2, 1, 1, 7, 8, 9],
      [0xfb, 0x82, 1, 7, 8],
    ],
    [
      [0xfb, 0x41, 0, 1, 2],
      [0xfb, 0x01, 1, 2],
    ],
    [
      [0xfb, 0x41, 255, 0, 1, 2, ...new Uint8Array(254).fill(9)],
      [0xfb, 0x01, 1, 2],
    ],
    [
      [0xfb, 0x41, 1, 9],
      [0xfb, 0x01],
    ],
  ]
  for (const [before, after] of cases) {
    const payload = Uint8Array.from(before)
    t.strictSame([...new OpusSilencer().apply(payload, PASS)], after)
    t.strictSame(
      [...payload.subarray(after.length)],
      [...new Uint8Array(before.length - after.length)],
      'zeros behind',
    )
  }
})

t.test('real packets with padding (seed 2) decode as they would without', async (t) => {
  const random = rng(2)
  for (const { name } of opusStreams()) {
    const plain = opus.createDecoder(format)
    const stripped = opus.createDecoder(format)
    const [expected, actual] = [new Int16Array(2 * 960), new Int16Array(2 * 960)]
    const silencer = new OpusSilencer()
    const wrong = 0
    for (const payload of opusPackets(name).filter((packet) => (packet[0]! & 3) === 0)) {
      const padding = Uint8Array.from({ length: random() * 600 }, () => random() * 256)
      const passed = silencer.apply(padded(payload, padding), PASS)
      if (passed.length !== payload.length + 1) t.fail('not only the frame and its header')
      const [samples, samplesBefore] = [
        stripped.decodeInto(passed, actual),
        plain.decodeInto(payload, expected),
      ]
      if (samples !== samplesBefore) t.fail('other duration')
      if (actual.some((sample, i) => sample !== expected[i])) t.fail('other samples')
    }
    plain.close()
    stripped.close()
    t.equal(wrong, 0, name)
  }
})

t.test(
  'a packet that cannot be read never passes: silence of what it claims, and its successor is suspect',
  async (t) => {
    const cases: readonly [string, readonly number[], readonly number[]][] = [
      ['odd code 1', [0xf9, 1, 2, 3], [0xf9, 0xff, 0xfe, 0xff, 0xfe]],
      ['frame too short', [0xfa, 9, 1], [0xf9, 0xff, 0xfe, 0xff, 0xfe]],
      ['no frames', [0xfb, 0, 1], [0xf8, 0xff, 0xfe]],
      ['no count', [0xfb], [0xf8, 0xff, 0xfe]],
      ['140 ms', [0xfb, 7, 1], [0xfb, 6, ...Array.from({ length: 6 }, () => [0xff, 0xfe]).flat()]],
      ['padding beyond the end', [0xfb, 0x43, 200], [0xfb, 3, 0xff, 0xfe, 0xff, 0xfe, 0xff, 0xfe]],
    ]
    for (const [title, before, after] of cases) {
      const silencer = new OpusSilencer()
      t.strictSame([...silencer.apply(Uint8Array.from(before), PASS)], after, title)
      t.equal(silencer.hasExtended, true)
      t.strictSame(
        [...silencer.apply(Uint8Array.of(0x48, 0x40, 2), PASS)],
        [0xb8, 0xff, 0xfe],
        'a repeat of it',
      )
    }
  },
)

t.test('an empty payload stays empty and changes nothing', async (t) => {
  const silencer = new OpusSilencer()
  silencer.apply(Uint8Array.of(0x48, 1, 2), WHOLE)
  t.equal(silencer.apply(new Uint8Array(0), PASS).length, 0)
  t.equal(silencer.hasExtended, false)
  t.strictSame(
    [...silencer.apply(Uint8Array.of(0x48, 0x40, 2), PASS)],
    [0xb8, 0xff, 0xfe],
    'the wait goes on',
  )
  t.equal(silencer.apply(new Uint8Array(0), WHOLE).length, 0)
})

/** Whether a decoder that has heard nothing but this packet hears what might be a key. */
const soundsLikeKey = async (packet: Uint8Array): Promise<boolean> => {
  await prepareOpusDecoders(1)
  const decoder = opus.createDecoder({ ...format, channelCount: 1 })
  const pcm = new Int16Array(960)
  const samples = decoder.decodeInto(packet, pcm)
  decoder.close()
  const detector = dtmf.create(
    { tracks: [{ index: 0, role: 'caller' }], clockRateHz: 8_000, sampleRateHz: [8_000] },
    dtmfOptionsSchema.parse({}),
  )
  detector.setAlertness('armed')
  detector.push(0, pcm.subarray(0, samples), 0)
  detector.finish()
  const findings: Finding[] = []
  detector.drain(findings, [])
  return findings.length > 0
}

for (const { name, redundancy, packetMs } of opusStreams())
  t.test(
    `${name}: behind a key, no packet that passes has a copy of it, or sounds like one alone`,
    async (t) => {
      const packets = opusPackets(name)
      // The keys are sent from 500 to 600 and from 900 to 1,000 ms, and coded up to 6.5 ms later.
      const isKey = (i: number): boolean => {
        const [startMs, endMs] = [i * packetMs, (i + 1) * packetMs]
        return (endMs > 500 && startMs < 607) || (endMs > 900 && startMs < 1_007)
      }
      const silencer = new OpusSilencer()
      const clear: { readonly i: number; readonly sent: Uint8Array; readonly before: number }[] = []
      let before = -1
      packets.forEach((packet, i) => {
        const sent = silencer.apply(packet.slice(), isKey(i) ? WHOLE : PASS)
        if (packet.length <= 2) return
        if (!isKey(i) && !silencer.hasExtended) clear.push({ i, sent, before })
        before = i
      })
      t.strictSame(
        clear.filter((packet) => redundancy[packet.i] && isKey(packet.before)),
        [],
        'as libopus finds copies',
      )
      const lastOfKeys = [...packets.keys()].filter((i) => isKey(i) && !isKey(i + 1))
      t.equal(lastOfKeys.length, 2)
      for (const last of lastOfKeys) t.notOk(await soundsLikeKey(clear.find(({ i }) => i > last)!.sent))
      let keysHeard = 0
      for (const [i, packet] of packets.entries()) if (isKey(i) && (await soundsLikeKey(packet))) keysHeard++
      if (packetMs >= 20) t.ok(keysHeard > 0, 'the keys themselves do')
    },
  )
