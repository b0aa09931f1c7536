import { type CertificateText, certificateNames } from './certificate.js'
import type { KeyRing } from './key-ring.js'
import { type Client, loopbackPrincipal, type Principal } from './principal.js'
import { type Refused, refused } from './refusal.js'
import { looksLikeToken, type MintKey, verifyToken } from './token.js'

/** A client that shows a certificate which names it so. */
export interface CertificateEntry extends Client {
  /** As certificate.ts writes it: `DNS:desk.example`. */
  readonly subject: string
}

export interface AuthenticatorOptions {
  readonly keys: KeyRing
  readonly mintKeys: readonly MintKey[]
  readonly certificates: readonly CertificateEntry[]
  /** Whether the port can be reached from this machine alone. */
  readonly isLoopback: boolean
}

/** What a request shows of whoever makes it. */
export interface Credentials {
  /** What follows `Bearer`; null: nothing does. */
  readonly bearer: string | null
  /** A client certificate that TLS has found genuine; null: none. */
  readonly certificate: CertificateText | null
}

/** What an `authorization` header shows; empty, which is nobody's, where it is of another kind. */
export const bearerIn = (authorization: string): string => /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? ''

/** Finds out who asks. The strongest proof that is shown decides: a wrong key is refused, whatever else is shown. */
export class Authenticator {
  constructor(private readonly options: AuthenticatorOptions) {}

  async identify({ bearer, certificate }: Credentials, epochMs: number): Promise<Principal | Refused> {
    if (bearer !== null) return this.#bearer(bearer, epochMs)
    if (certificate !== null) return this.#certificate(certificate)
    return this.#nobody()
  }

  async #bearer(credential: string, epochMs: number): Promise<Principal | Refused> {
    const principal = this.options.keys.find(credential)
    if (principal !== null) return principal
    if (looksLikeToken(credential)) return verifyToken(credential, this.options.mintKeys, epochMs)
    return refused('unknown-key')
  }

  #certificate(certificate: CertificateText): Principal | Refused {
    const names = certificateNames(certificate)
    const entry = this.options.certificates.find(({ subject }) => names.includes(subject))
    if (entry === undefined) return refused('unknown-certificate')
    const { name, scopes, tenants } = entry
    return { kind: 'certificate', name, scopes, tenants }
  }

  #nobody(): Principal | Refused {
    const { keys, certificates, isLoopback } = this.options
    if (!keys.isEmpty || certificates.length > 0) return refused('no-credentials')
    return isLoopback ? loopbackPrincipal : refused('no-keys')
  }
}
