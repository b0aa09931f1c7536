import { logVerbosity, type Metadata, setLogVerbosity, status } from '@grpc/grpc-js'
import type { Refusal } from './fork-socket.js'

/** The library writes peers' words to standard error: nothing of it is wanted. */
setLogVerbosity(logVerbosity.NONE)

/** How an RPC ends, with a text of our own. */
export interface GrpcStatus {
  readonly code: status
  readonly details: string
}

/** The status that tells what a close code of RFC 6455, section 7.4.1, tells; 1000 is OK. */
export const statusOf = (code: number): GrpcStatus => {
  switch (code) {
    case 1000:
      return { code: status.OK, details: '' }
    case 1002:
    case 1003:
    case 1007:
      return { code: status.INVALID_ARGUMENT, details: 'not what this method takes' }
    case 1008:
      return { code: status.PERMISSION_DENIED, details: 'not permitted' }
    case 1009:
      return { code: status.RESOURCE_EXHAUSTED, details: 'too large' }
    case 1011:
      return { code: status.INTERNAL, details: 'a fault' }
    default:
      return { code: status.UNAVAILABLE, details: 'going away' }
  }
}

/** The answer to a PBX that is not let in. */
export const refusalStatus = (refusal: Refusal): GrpcStatus => {
  switch (refusal.kind) {
    case 'draining':
      return { code: status.UNAVAILABLE, details: 'draining' }
    case 'ledger':
      return { code: status.UNAVAILABLE, details: 'nothing can be put on record' }
    case 'too-many-calls':
      return { code: status.RESOURCE_EXHAUSTED, details: 'too many calls' }
    case 'overloaded':
      return { code: status.RESOURCE_EXHAUSTED, details: 'overloaded' }
    case 'outside-hours':
      return { code: status.UNAVAILABLE, details: 'outside the opening hours' }
    case 'credentials':
      return refusal.status === 401
        ? { code: status.UNAUTHENTICATED, details: 'credentials missing or wrong' }
        : { code: status.PERMISSION_DENIED, details: 'credentials missing or wrong' }
    default: {
      const never: never = refusal
      throw new Error(String(never))
    }
  }
}

/** Metadata as headers; binary values, whose keys end in `-bin`, are none. Of several values the first counts. */
export const headersOf = (metadata: Metadata): Record<string, string> =>
  Object.fromEntries(
    Object.entries(metadata.getMap()).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )

/** A message's bytes as the library wants them; a view, no copy. */
export const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)
