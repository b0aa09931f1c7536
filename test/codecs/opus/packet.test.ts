import { createHash } from 'node:crypto'
import t from 'tap'
import { OpusPacket } from '../../../proxy/codecs/opus/packet.js'
import { codedSize, opusFile, opusPackets, opusStreams } from '../../support/opus-packets.js'
import { rng } from '../../support/rng.js'

const packet = new OpusPacket()

/** A packet of one configuration whose second byte and further bytes are given. */
const of = (config: number, code: number, ...rest: number[]): Uint8Array =>
  Uint8Array.of((config << 3) | code, ...rest)

t.test('the 32 configurations last what RFC 6716 table 2 says', async (t) => {
  const silk = [480, 960, 1_920, 2_880]
  const celt = [120, 240, 480, 960]
  const expected = [...silk, ...silk, ...silk, 480, 960, 480, 960, ...celt, ...celt, ...celt, ...celt]
  for (const [config, samples] of expected.entries()) {
    t.ok(packet.read(of(config, 0, 1, 2)))
    t.equal(packet.sampleCount, samples, `config ${config}`)
  }
})

t.test('code 0 is one frame, of no byte up to 1,275', async (t) => {
  t.ok(packet.read(of(31, 0)))
  t.ok(packet.isUnsent)
  t.ok(packet.read(of(31, 0, ...new Uint8Array(1_275))))
  t.notOk(packet.isUnsent)
  t.notOk(packet.read(of(31, 0, ...new Uint8Array(1_276))))
})

t.test('code 1 is two frames of equal length', async (t) => {
  t.ok(packet.read(of(31, 1, 1, 2, 3, 4)))
  t.equal(packet.sampleCount, 1_920)
  t.notOk(packet.read(of(31, 1, 1, 2, 3)))
  t.equal(packet.sampleCount, 1_920, 'the claim stands')
})

t.test('code 2 is two frames, the first with its length', async (t) => {
  t.ok(packet.read(of(31, 2, 1, 9, 8, 8)))
  t.ok(packet.read(of(31, 2, 3, 9, 9, 9)))
  t.ok(packet.read(of(31, 2, ...codedSize(301), ...new Uint8Array(302))))
  t.notOk(packet.read(of(31, 2, ...codedSize(301), ...new Uint8Array(300))))
  t.notOk(packet.read(of(31, 2, 4, 9, 9, 9)), 'longer than what is there')
  t.ok(packet.read(of(31, 2, 1, 9, ...new Uint8Array(1_275))))
  t.notOk(packet.read(of(31, 2, 1, 9, ...new Uint8Array(1_276))), 'a second frame too long')
  t.notOk(packet.read(of(31, 2)), 'no length')
  t.notOk(packet.read(of(31, 2, 252)), 'half a length')
})

t.test('code 3 counts its frames, up to 120 ms', async (t) => {
  for (const [config, countMax] of [
    [31, 6],
    [28, 48],
    [3, 2],
    [2, 3],
  ] as const) {
    t.ok(packet.read(of(config, 3, countMax)))
    t.equal(packet.sampleCount, 5_760)
    t.notOk(packet.read(of(config, 3, countMax + 1)))
    t.equal(packet.sampleCount, 5_760, 'the claim is clamped to 120 ms')
  }
  t.notOk(packet.read(of(31, 3, 0)), 'no frames')
  t.equal(packet.sampleCount, 960, 'the claim is one frame')
  t.notOk(packet.read(of(31, 3)), 'no second byte')
})

t.test('code 3 with constant length divides evenly', async (t) => {
  t.ok(packet.read(of(31, 3, 3, 1, 2, 1, 2, 1, 2)))
  t.notOk(packet.read(of(31, 3, 3, 1, 2, 1, 2, 1)))
})

t.test('code 3 with coded lengths gives the rest to the last frame', async (t) => {
  t.ok(packet.read(of(31, 3, 0x83, 1, 2, 7, 7, 7, 7)))
  t.notOk(packet.read(of(31, 3, 0x83, 1, 2, 7, 7)), 'less than the lengths say')
  t.notOk(packet.read(of(31, 3, 0x83, 1)), 'a length is missing')
})

t.test('padding ends the audio early, with or without coded lengths', async (t) => {
  t.ok(packet.read(of(31, 3, 0x42, 3, 1, 2, 0, 0, 0)))
  t.strictSame([packet.hasPadding, packet.contentStart, packet.contentEnd], [true, 3, 5])
  t.ok(packet.read(of(31, 3, 0xc2, 1, 1, 7, 8, 0)))
  t.strictSame([packet.hasPadding, packet.contentStart, packet.contentEnd], [true, 3, 6])
  t.ok(packet.read(of(31, 3, 0x41, 255, 1, ...new Uint8Array(5 + 255))), 'a byte of 255 adds 254')
  t.strictSame([packet.contentStart, packet.contentEnd], [4, 9])
  t.ok(packet.read(of(31, 3, 0x41, 0, 5, 5)), 'none, but announced')
  t.equal(packet.hasPadding, true)
  t.ok(packet.read(of(31, 3, 1, 5, 5)))
  t.equal(packet.hasPadding, false, 'left over from no packet before')
})

t.test('padding longer than the packet is malformed', async (t) => {
  t.notOk(packet.read(of(31, 3, 0x41, 2, 9)))
  t.notOk(packet.read(of(31, 3, 0x41, 255)))
  t.notOk(packet.read(of(31, 3, 0x41)))
})

t.test('an empty payload is malformed and claims nothing', async (t) => {
  t.notOk(packet.read(new Uint8Array(0)))
  t.equal(packet.sampleCount, 0)
})

t.test('more bytes than the decoder takes are malformed', async (t) => {
  const large = (bytes: number) => of(28, 3, 48, ...new Uint8Array(bytes - 2))
  t.ok(packet.read(large(2 + 48 * 159)))
  t.notOk(packet.read(large(2 + 48 * 160)))
})

t.test('redundancy: the bit behind the voice activity bits, of either channel', async (t) => {
  for (const [config, stereo, flags] of [
    [0, 0, [0x40]],
    [9, 0, [0x40]],
    [10, 0, [0x20]],
    [11, 0, [0x10]],
    [15, 0, [0x40]],
    [9, 1, [0x40, 0x10]],
    [10, 1, [0x20, 0x04]],
    [11, 1, [0x10, 0x01]],
  ] as const)
    for (let bit = 0x80; bit > 0; bit >>= 1) {
      const payload = Uint8Array.of((config << 3) | (stereo << 2), bit, 0)
      packet.read(payload)
      const expected = (flags as readonly number[]).includes(bit)
      t.equal(packet.hasRedundancy(payload), expected, `config ${config}, stereo ${stereo}, bit ${bit}`)
    }
})

t.test(
  'redundancy: never in CELT, nor in frames that were not sent, and read from the first that was',
  async (t) => {
    const redundancyOf = (payload: Uint8Array) => packet.read(payload) && packet.hasRedundancy(payload)
    t.notOk(redundancyOf(of(16, 0, 0xff, 0xff)))
    t.notOk(redundancyOf(of(9, 0, 0xff)))
    t.ok(redundancyOf(of(9, 2, 0, 0x40, 0)))
    t.notOk(redundancyOf(of(9, 1, 0, 0, 0x40, 0)), 'the second frame repeats the first')
  },
)

for (const stream of opusStreams())
  t.test(
    `${stream.name}: finds redundancy in exactly the packets from which libopus decodes some`,
    async (t) => {
      t.equal(createHash('sha256').update(opusFile(stream.name)).digest('hex'), stream.sha256)
      const packets = opusPackets(stream.name)
      const found = packets.map((payload) => packet.read(payload) && packet.hasRedundancy(payload))
      t.strictSame(found, stream.redundancy)
      for (const payload of packets) packet.read(payload)
      t.equal(packet.sampleCount, stream.packetMs * 48)
    },
  )

t.test(
  'cut anywhere or made of noise (seed 1), a packet is read or refused, with a legal claim',
  async (t) => {
    const random = rng(1)
    const cut = opusStreams().flatMap(({ name }) =>
      opusPackets(name)
        .slice(10, 12)
        .flatMap((payload) => Array.from(payload, (_, bytes) => payload.subarray(0, bytes))),
    )
    const noise = Array.from({ length: 20_000 }, () =>
      Uint8Array.from({ length: Math.floor(random() * 40) }, () => random() * 256),
    )
    for (const payload of [...cut, ...noise]) {
      const isLegal = packet.read(payload)
      const { sampleCount, contentStart, contentEnd } = packet
      const hasLegalClaim = sampleCount <= 5_760 && (sampleCount > 0 || payload.length === 0)
      const hasContent = !isLegal || (contentStart <= contentEnd && contentEnd <= payload.length)
      if (!hasLegalClaim || !hasContent) t.fail(`${payload.length} bytes of config ${packet.config}`)
    }
  },
)
