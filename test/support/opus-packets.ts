import { readFileSync } from 'node:fs'
import { inPackage } from '../../proxy/base/package-file.js'

const folder = inPackage('fixtures/opus/')

/** What fixtures/opus/manifest.json says of one stream. */
export interface OpusStream {
  readonly name: string
  readonly channelCount: 1 | 2
  readonly packetMs: number
  /** For each packet, whether libopus could decode redundancy from it. */
  readonly redundancy: readonly boolean[]
  readonly sha256: string
}

/** Every stream under fixtures/opus. */
export const opusStreams = (): OpusStream[] => {
  const manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8'))
  return Object.entries<OpusStream & { redundancy: string }>(manifest.files).map(([name, file]) => ({
    ...file,
    name,
    redundancy: [...file.redundancy].map((flag) => flag === '1'),
  }))
}

export const opusFile = (name: string): Buffer => readFileSync(new URL(name, folder))

/** Fresh copies of a stream's packets; each stands in the file behind its length in two bytes, big-endian. */
export const opusPackets = (name: string): Uint8Array[] => {
  const file = opusFile(name)
  const packets: Uint8Array[] = []
  for (let at = 0; at < file.length; ) {
    const end = at + 2 + file.readUInt16BE(at)
    packets.push(Uint8Array.from(file.subarray(at + 2, end)))
    at = end
  }
  return packets
}

/** The length of a frame as code 2 and 3 packets write it (RFC 6716 section 3.2.1). */
export const codedSize = (size: number): number[] =>
  size < 252 ? [size] : [252 + (size & 3), (size - 252 - (size & 3)) / 4]

/** The same frame in a code 3 packet with `padding` behind it, for a packet of code 0. */
export const padded = (packet: Uint8Array, padding: Uint8Array): Uint8Array => {
  const lengthBytes: number[] = Array.from({ length: Math.floor(padding.length / 254) }, () => 255)
  const rest = padding.length % 254
  return Uint8Array.of(packet[0]! | 3, 0x41, ...lengthBytes, rest, ...packet.subarray(1), ...padding)
}
