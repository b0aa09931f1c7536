/**
 * The API over gRPC: control.proto, with the standard health service and server reflection.
 */
import { X509Certificate } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import {
  type handleUnaryCall,
  loadPackageDefinition,
  Metadata,
  type ServerErrorResponse,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceClientConstructor,
  status,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { ReflectionService } from '@grpc/reflection'
import { bearerIn, type Credentials } from '../../access/authenticator.js'
import type { Principal } from '../../access/principal.js'
import { type Refused, refusals } from '../../access/refusal.js'
import { inPackage } from '../../base/package-file.js'
import type { CallView } from '../../directory/call-view.js'
import type { Readiness } from '../admin-server.js'
import type { TlsFiles } from '../certificates.js'
import { type ControlService, defaultTokenScopes } from '../control-service.js'
import type { Log } from '../log.js'
import { CallWatch } from './call-watch.js'
import { answerMessage, callMessage, eventMessage, mintedMessage, parseRequest } from './messages.js'
import { ServingHealth } from './serving-health.js'
import { createGrpcServer, grpcSockets } from './sockets.js'

export interface ControlServerOptions {
  readonly service: ControlService
  readonly tls: TlsFiles | null
  readonly log: Log
  /** While it is not `ready`, the health service says NOT_SERVING. */
  readiness(): Readiness
}

export interface ControlServer {
  /** Returns the port, which is another than asked for when that was 0. Rejects with REDACT_ERR_LISTEN. */
  listen(host: string, port: number): Promise<number>
  close(): void
}

/** Bytes of a request: a signal needs 400. */
const REQUEST_BYTES_MAX = 8 * 1024
/** RPCs at once on one connection, and connections: a back end needs one. */
const STREAMS_MAX = 256
const CONNECTIONS_MAX = 256
/** Watches at once in the process: each looks at the calls by itself. */
const WATCHES_MAX = 64
/** How often a watch looks, ms: what a person sees as at once. */
const WATCH_MS = 250
/** How often the health is brought up to date, ms. */
const HEALTH_MS = 250

const CONTROL = 'hushfork.control.v1.Control'

/** Field names as in the file; numbers that fit a double; what is absent stays absent in optional fields alone. */
const LOADING = { keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true } as const

export const loadControl = () =>
  loadSync('hushfork/control/v1/control.proto', {
    ...LOADING,
    includeDirs: [fileURLToPath(inPackage('proto/'))],
  })

export const createControlServer = (options: ControlServerOptions): ControlServer => {
  const { service, tls, log } = options
  const definition = loadControl()
  const grpc = createGrpcServer(REQUEST_BYTES_MAX, STREAMS_MAX)
  const watches: Watches = new Set()
  const control = loadPackageDefinition(definition) as unknown as {
    hushfork: { control: { v1: { Control: ServiceClientConstructor } } }
  }
  grpc.addService(control.hushfork.control.v1.Control.service, {
    Signal: unary(service, 'signal', async (principal, request) => {
      const answer = await service.signal(principal, request, 'grpc')
      return 'kind' in answer ? answer : answerMessage(answer)
    }),
    ListCalls: plain(service, async (principal) => {
      const calls = await service.list(principal, 'grpc')
      return 'kind' in calls ? calls : { calls: calls.map(callMessage) }
    }),
    GetCall: unary(service, 'getCall', async (principal, { call_id }) => {
      const streams = await service.find(principal, call_id, 'grpc')
      if ('kind' in streams) return streams
      return streams.length === 0 ? notFound : { streams: streams.map(callMessage) }
    }),
    MintToken: unary(service, 'mintToken', async (principal, { address, signal_id, seconds }) => {
      const rights = { scopes: defaultTokenScopes, tenants: null }
      const minted = await service.mint(
        principal,
        { call: address, signalId: signal_id, seconds, rights },
        'grpc',
      )
      if (minted.kind === 'unavailable') return noMintKey
      return minted.kind === 'refused' ? minted : mintedMessage(minted)
    }),
    Drain: plain(service, async (principal) => {
      const calls = service.drain(principal, 'grpc')
      return typeof calls === 'number' ? { calls } : calls
    }),
    WatchCalls: (call: ServerWritableStream<unknown, unknown>) => void watch(service, call, watches),
  })
  const health = new ServingHealth(grpc, [CONTROL])
  new ReflectionService(definition).addToServer(grpc)
  const healthTimer = setInterval(() => {
    health.isServing = options.readiness() === 'ready'
  }, HEALTH_MS).unref()

  const sockets = grpcSockets(grpc, { tls, connectionsMax: CONNECTIONS_MAX, log })
  return {
    listen: (host, port) => sockets.listen(host, port),
    close() {
      clearInterval(healthTimer)
      for (const end of watches) end()
      sockets.close()
    },
  }
}

/** An answer, a refusal of the service, or a status of our own. */
type Outcome = object | Refused | ServerErrorResponse

const notFound = statusOf(status.NOT_FOUND, 'no call of this id is here')
const noMintKey = statusOf(status.UNAVAILABLE, 'no mint key is configured: set admin.mintKeys')
const watchAgain = statusOf(status.UNAVAILABLE, 'who may watch has been read anew: watch again')
/** Of ours: its text could hold anything. */
const fault = statusOf(status.INTERNAL, 'a fault of the proxy')

function statusOf(code: status, details: string): ServerErrorResponse {
  return { name: 'status', message: details, code, details }
}

const codes = {
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  409: status.ALREADY_EXISTS,
  429: status.RESOURCE_EXHAUSTED,
} as const

const refusalStatus = ({ reason }: Refused): ServerErrorResponse => {
  const metadata = new Metadata()
  metadata.set('hushfork-reason', reason)
  return { ...statusOf(codes[refusals[reason].status], refusals[reason].detail), metadata }
}

const plain = (
  service: ControlService,
  answer: (principal: Principal) => Promise<Outcome>,
): handleUnaryCall<unknown, unknown> => {
  return (call, respond) => {
    settle(call, service, answer).then(
      (outcome) => ('code' in outcome ? respond(outcome as ServerErrorResponse) : respond(null, outcome)),
      () => respond(fault),
    )
  }
}

const unary = <K extends Parameters<typeof parseRequest>[0]>(
  service: ControlService,
  name: K,
  answer: (
    principal: Principal,
    request: Extract<ReturnType<typeof parseRequest<K>>, { value: unknown }>['value'],
  ) => Promise<Outcome>,
): handleUnaryCall<unknown, unknown> => {
  return (call, respond) =>
    plain(service, async (principal) => {
      const request = parseRequest(name, call.request)
      return 'wrong' in request
        ? statusOf(status.INVALID_ARGUMENT, request.wrong)
        : answer(principal, (request as { value: never }).value)
    })(call, respond)
}

const settle = async (
  call: ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>,
  service: ControlService,
  answer: (principal: Principal) => Promise<Outcome>,
): Promise<object> => {
  const principal = await service.identify(credentialsOf(call), 'grpc')
  const outcome = principal.kind === 'refused' ? principal : await answer(principal)
  return 'kind' in outcome && outcome.kind === 'refused' ? refusalStatus(outcome as Refused) : outcome
}

const credentialsOf = (
  call: ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>,
): Credentials => {
  const header = call.metadata.get('authorization')[0]
  const peer = call.getAuthContext().sslPeerCertificate
  const certificate = peer === undefined ? null : new X509Certificate(peer.raw)
  return {
    bearer: typeof header === 'string' ? bearerIn(header) : null,
    certificate: certificate && { subject: certificate.subject, subjectAltName: certificate.subjectAltName },
  }
}

/** What a watch is known by while it lasts: how it is ended. */
type Watches = Set<() => void>

const watch = async (
  service: ControlService,
  call: ServerWritableStream<unknown, unknown>,
  watches: Watches,
): Promise<void> => {
  const request = parseRequest('watchCalls', call.request)
  const outcome = await settle(call, service, async (principal) => {
    if ('wrong' in request) return statusOf(status.INVALID_ARGUMENT, request.wrong)
    if (watches.size >= WATCHES_MAX) return statusOf(status.RESOURCE_EXHAUSTED, 'too many watches')
    const look = service.watch(principal, request.value.call_id, 'grpc')
    return typeof look === 'function' ? tell(call, look, watches) : look
  }).catch(() => fault)
  if ('code' in outcome) call.emit('error', outcome)
}

/**
 * Looks at the calls until the watcher leaves; why it was ended otherwise. One that does not read is told the latest when it
 * does: nothing piles up.
 */
const tell = (
  call: ServerWritableStream<unknown, unknown>,
  look: () => Promise<readonly CallView[] | null>,
  watches: Watches,
): Promise<ServerErrorResponse | Record<string, never>> =>
  new Promise((resolve) => {
    const changes = new CallWatch()
    let isBusy = false
    const end = (outcome: ServerErrorResponse | Record<string, never>): void => {
      clearInterval(timer)
      watches.delete(left)
      resolve(outcome)
    }
    const left = (): void => end({})
    const say = async (): Promise<void> => {
      if (isBusy || call.writableNeedDrain) return
      isBusy = true
      const calls = await look()
      isBusy = false
      if (calls === null) return end(watchAgain)
      for (const change of changes.look(calls)) call.write(eventMessage(change))
    }
    const timer = setInterval(() => void say().catch(() => end(fault)), WATCH_MS)
    watches.add(left)
    call.on('cancelled', left).on('close', left)
    // It may have left while it was being found out who it is.
    if (call.cancelled) return left()
    say().catch(() => end(fault))
  })
