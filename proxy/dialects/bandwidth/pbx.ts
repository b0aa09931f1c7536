import type { PbxScript } from '../dialect.js'
import { directionOf, narrowbandOr, type PbxVoice } from '../json-media/pbx.js'

/** A simulated Bandwidth: PCMU at 8,000 Hz without counters or timestamps; `metadata` becomes streamParams. */
export function bandwidthVoice({ callId, metadata, roles }: PbxScript): PbxVoice {
  const names = roles.map((role) => directionOf[role])
  const details = {
    accountId: '55',
    callId,
    streamId: `s-${callId}`,
    streamName: 'recorder',
    tracks: names.map((name) => ({ name, mediaFormat: { encoding: 'PCMU', sampleRate: 8000 } })),
  }
  return {
    formatOf: narrowbandOr('pcmu', null),
    frameMs: 20,
    tracks: names,
    opening: () => [{ eventType: 'start', metadata: details, streamParams: metadata }],
    media: ({ track, payload }) => ({ eventType: 'media', track, payload }),
    digit: () => null,
    closing: () => [{ eventType: 'stop', metadata: details }],
    answer: () => null,
  }
}
