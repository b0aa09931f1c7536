/** The plainest Ogg Opus file (RFC 3533, RFC 7845), for tools that read no bare packets: a page for every packet. */

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc
})

const SERIAL = 1
/** What libopus asks decoders to drop at the start, samples at 48 kHz; none at all counts as a fault. */
const PRE_SKIP = 312

const FIRST_PAGE = 2
const LAST_PAGE = 4

const page = (packet: Uint8Array, position: number, number: number, flags: number): Buffer => {
  const lacing = [...Array<number>(Math.floor(packet.length / 255)).fill(255), packet.length % 255]
  const head = Buffer.alloc(27)
  head.write('OggS')
  head[5] = flags
  head.writeBigInt64LE(BigInt(position), 6)
  head.writeUInt32LE(SERIAL, 14)
  head.writeUInt32LE(number, 18)
  head[26] = lacing.length
  const bytes = Buffer.concat([head, Uint8Array.from(lacing), packet])
  let crc = 0
  for (const byte of bytes) crc = (crc << 8) ^ CRC[(crc >>> 24) ^ byte]!
  bytes.writeUInt32LE(crc >>> 0, 22)
  return bytes
}

const header = (channelCount: number): Buffer => {
  const bytes = Buffer.alloc(19)
  bytes.write('OpusHead')
  bytes[8] = 1
  bytes[9] = channelCount
  bytes.writeUInt16LE(PRE_SKIP, 10)
  bytes.writeUInt32LE(48_000, 12)
  return bytes
}

const TAGS = Buffer.from('OpusTags\x05\0\0\0suite\0\0\0\0')

/** Packets of `sampleCounts` samples each at 48 kHz, stereo, as one file. */
export const oggOpus = (packets: readonly Uint8Array[], sampleCounts: readonly number[]): Buffer => {
  let position = 0
  return Buffer.concat([
    page(header(2), 0, 0, FIRST_PAGE),
    page(TAGS, 0, 1, 0),
    ...packets.map((packet, n) => {
      position += sampleCounts[n]!
      return page(packet, position, n + 2, n === packets.length - 1 ? LAST_PAGE : 0)
    }),
  ])
}
