import type { StreamFault } from './speech-stream.js'

/** Codes of gRPC (google.rpc.Code) that are not simply "try again later". */
const faults: Readonly<Record<number, StreamFault>> = {
  3: 'refused', // INVALID_ARGUMENT
  4: 'deadline', // DEADLINE_EXCEEDED
  5: 'refused', // NOT_FOUND
  7: 'credentials', // PERMISSION_DENIED
  8: 'quota', // RESOURCE_EXHAUSTED
  9: 'refused', // FAILED_PRECONDITION
  10: 'length-limit', // ABORTED: no audio came for a while
  11: 'length-limit', // OUT_OF_RANGE: five minutes have passed, or no audio came
  12: 'refused', // UNIMPLEMENTED
  16: 'credentials', // UNAUTHENTICATED
}

/** What an RPC's status means for its stream. Its text may quote anything and is not looked at. */
export const faultOf = (code: unknown): StreamFault =>
  (typeof code === 'number' ? faults[code] : undefined) ?? 'unavailable'
