import type { PbxScript } from '../dialect.js'
import { narrowbandOr, type PbxVoice } from '../json-media/pbx.js'

const perspectiveOf = { caller: 'Conference', agent: 'Participant', mixed: 'Conference' } as const

/** A simulated RingCentral: PCMU at 8,000 Hz, a Stop for each perspective; `metadata` joins its own. */
export function ringcentralVoice({ callId, metadata, roles }: PbxScript): PbxVoice {
  const tracks = roles.map((role) => perspectiveOf[role])
  return {
    formatOf: narrowbandOr('pcmu', null),
    frameMs: 20,
    tracks,
    opening: () => [
      { event: 'Connected', protocol: 'AgentSession', version: '1.0.0' },
      {
        event: 'Start',
        metadata: {
          ...metadata,
          callId,
          sessionId: 2,
          ani: '2223334444',
          dnis: '2225550199',
          agentId: 123,
          productType: 'Queue',
          productId: 1234,
          contentType: 'audio/x-mulaw',
          sampleRateHertz: 8000,
        },
      },
    ],
    media: ({ track, chunk, payload }) => ({
      event: 'Media',
      perspective: track,
      sequenceId: `${chunk}`,
      media: payload,
    }),
    digit: () => null,
    closing: () =>
      tracks.map(() => ({ event: 'Stop', metadata: { duration: 120, end_time: '2026-01-01T10:02:00Z' } })),
    answer: () => null,
  }
}
