/** Who makes a request, from what HTTP and TLS show of them. */
import { TLSSocket } from 'node:tls'
import type { FastifyRequest } from 'fastify'
import { bearerIn, type Credentials } from '../../access/authenticator.js'
import type { CertificateText } from '../../access/certificate.js'
import type { Principal } from '../../access/principal.js'
import type { Refused } from '../../access/refusal.js'
import { isLoopback } from '../../config/loopback.js'
import type { ControlService } from '../control-service.js'

const principals = new WeakMap<FastifyRequest, Principal>()

/** The principal that `identifyCaller` has found. */
export const principalOf = (request: FastifyRequest): Principal => principals.get(request)!

/** Finds out who asks, and keeps it for the handler; a refusal has been counted when this returns. */
export const identifyCaller = async (
  service: ControlService,
  request: FastifyRequest,
): Promise<Refused | null> => {
  const principal = await service.identify(credentialsOf(request), 'http')
  if (principal.kind === 'refused') return principal
  if (principal.kind === 'loopback' && isForeign(request))
    return service.refuseStranger('foreign-page', 'http')
  principals.set(request, principal)
  return null
}

const credentialsOf = (request: FastifyRequest): Credentials => {
  const header = request.headers.authorization
  return {
    bearer: header === undefined ? null : bearerIn(header),
    certificate: certificateOf(request),
  }
}

/** What TLS has found genuine; anything else is as good as no certificate. */
const certificateOf = ({ raw: { socket } }: FastifyRequest): CertificateText | null => {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return null
  return { subject: certificate.subject, subjectAltName: certificate.subjectAltName }
}

/**
 * Without keys whoever is on this machine is let in, and a browser on this machine shows pages from everywhere: a page
 * that asks says where it is from (`Origin`), and one that has bent a name to our address (DNS rebinding) says that name.
 */
const isForeign = ({ headers: { origin, host } }: FastifyRequest): boolean =>
  origin !== undefined || !isLoopback(hostNameOf(host ?? ''))

const hostNameOf = (host: string): string => {
  const url = `http://${host}`
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : ''
}
