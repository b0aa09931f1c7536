import { RedactError } from '../../base/errors.js'
import type { AudioCodec } from '../codec.js'
import { OpusStreamDecoder } from './decoder.js'
import { opusDecoders } from './decoder-pool.io.js'
import { OpusPacket } from './packet.js'
import { OpusSilencer } from './silencer.js'

const packet = new OpusPacket()

/**
 * Opus, RFC 6716 and 8251: one packet per payload, positions at 48 kHz, PCM at 8 kHz. Decoders come from a pool that
 * prepareOpusDecoders() fills at start-up.
 */
export const opus: AudioCodec = {
  granularity: 'frame',
  createDecoder(format) {
    const wasm = opusDecoders.take()
    if (wasm === undefined)
      throw new RedactError(
        'REDACT_ERR_CODEC_UNAVAILABLE',
        'No Opus decoder is ready. Prepare more at start-up.',
      )
    return new OpusStreamDecoder(wasm, format, () => opusDecoders.release())
  },
  sampleCount: (payload) => (packet.read(payload) ? packet.sampleCount : -1),
  createSilencer: () => new OpusSilencer(),
}
