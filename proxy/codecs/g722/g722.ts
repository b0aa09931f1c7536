import type { AudioCodec } from '../codec.js'
import { G722Decoder, SAMPLES_PER_BYTE } from './decoder.js'
import { G722Silencer } from './silencer.js'

/**
 * ITU-T G.722 at 64 kbit/s, RTP payload type 9: two samples of 16 kHz a byte, two channels as alternating bytes (RFC 3551
 * section 4.1). RTP and SDP call its clock rate 8,000, by a mistake that RFC 3551 section 4.5.2 keeps; here positions count
 * the samples that there are: the format's clock rate is 16,000, and a dialect doubles its peer's timestamps. A format of
 * 8,000 makes no payload as long as its frame says, and is silenced.
 */
export const g722: AudioCodec = {
  granularity: 'sample',
  createDecoder: (format) => new G722Decoder(format),
  sampleCount: (payload, format) => Math.floor(payload.length / format.channelCount) * SAMPLES_PER_BYTE,
  createSilencer: (format, fill = 'silence') => new G722Silencer(format, fill),
}
