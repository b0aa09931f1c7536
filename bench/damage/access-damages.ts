import type { Damage } from './damages.js'
import { inFile } from './in-file.js'

/** Faults in who may do what: whoever gets past these opens a silence, or keeps one. */
export const accessDamages: readonly Damage[] = [
  ...inFile('access/decide.ts', [
    {
      name: "one tenant's operator sends everybody's calls home",
      source: "(principal.tenants === '*' ? null : refused('tenant'))",
      replacement: 'null',
      why: "a tenant's key ends the forks of all others",
      tests: ['access/decide'],
    },
    {
      name: 'a token speaks for any call',
      source: "return isIts ? null : refused('token-other-call')",
      replacement: 'return isIts ? null : null',
      why: 'one payment page silences, and ends, the payments of others',
      tests: ['access/decide'],
    },
    {
      name: 'a key does more than its scopes',
      source: "scopes.includes(scope) ? null : refused('scope')",
      replacement: "scopes.length > 0 ? null : refused('scope')",
      why: 'whoever may read may also signal',
      tests: ['access/decide'],
    },
    {
      name: 'everybody ends everything',
      source: "scopes.includes('signal:end') ? 'any' : 'own'",
      replacement: "scopes.includes('signal:end') ? 'any' : 'any'",
      why: "any key opens another's silence",
      tests: ['access/decide'],
    },
    {
      name: 'a token is minted for tenants of others',
      source: "return isWithin ? null : refused('tenant')",
      replacement: 'return isWithin ? null : null',
      why: 'a key for one tenant reaches them all',
      tests: ['access/decide'],
    },
  ]),
  ...inFile('access/token.ts', [
    {
      name: 'an expired token is good for another day',
      source: 'const CLOCK_TOLERANCE_SECONDS = 5',
      replacement: 'const CLOCK_TOLERANCE_SECONDS = 86_400',
      why: 'a token found in a page ends tomorrow what it was not for',
      tests: ['access/token'],
    },
    {
      name: 'a token chooses how it is checked',
      source: "algorithms: ['HS256'],",
      replacement: "algorithms: ['HS256', 'HS384', 'HS512'],",
      why: 'the first step to algorithms that check nothing',
      tests: ['access/token'],
    },
    {
      name: 'a token for somebody else is ours',
      source: '      audience: AUDIENCE,\n',
      replacement: '',
      why: 'a mint key that is used for more than this lets in more than it should',
      tests: ['access/token'],
    },
  ]),
  ...inFile('access/token-use.ts', [
    {
      name: 'a token is never spent',
      source: "isOver && !states.includes('open')",
      replacement: 'states.length < 0',
      why: 'whoever finds a token silences a call after its payment: evidence is lost',
      tests: ['access/token-use', 'edge/control-service'],
    },
    {
      name: 'a token names any step',
      source: 'signalId === tokenId || signalId.startsWith(',
      replacement: 'signalId.length > 0 || signalId.startsWith(',
      why: "one page ends another's step",
      tests: ['access/token-use'],
    },
  ]),
  ...inFile('edge/http/webhooks.ts', [
    {
      name: "a delivery's way is taken out of the look-back",
      source: 'issuedAtMs: delivery.madeByMs',
      replacement: 'issuedAtMs: null',
      why: 'providers are slow: the first digits are heard of a card though they were still held',
      tests: ['edge/http/webhooks'],
    },
  ]),
  ...inFile('access/key-ring.ts', [
    {
      name: 'a hash is taken for its key',
      source: 'const hash = hashOf(key)',
      replacement: "const hash = key.startsWith('sha256:') ? key : hashOf(key)",
      why: 'whoever reads the configuration holds every key',
      tests: ['access/key-ring'],
    },
  ]),
  ...inFile('access/authenticator.ts', [
    {
      name: 'whoever shows nothing is let in',
      source: "if (!keys.isEmpty || certificates.length > 0) return refused('no-credentials')",
      replacement: '',
      why: 'on loopback, keys keep nobody out',
      tests: ['access/authenticator'],
    },
  ]),
  ...inFile('edge/grpc/control-server.ts', [
    {
      name: 'who left before it was known who they are watches for ever',
      source: 'if (call.cancelled) return left()\n',
      replacement: '',
      why: 'after 64 of them nobody can watch any more',
      tests: ['edge/grpc/control-server'],
    },
  ]),
  ...inFile('access/webhook-signature.ts', [
    {
      name: 'an old delivery is believed',
      source: "if (Math.abs(epochMs - madeAtMs) > windowMs) return refused('webhook-clock')",
      replacement: '',
      why: 'a message caught once ends a silence whenever it is sent again',
      tests: ['access/webhook-signature'],
    },
    {
      name: 'any delivery is signed',
      source: "if (signed === null || !isSigned(signing, signed, body)) return refused('webhook-signature')",
      replacement: "if (signed === null) return refused('webhook-signature')",
      why: 'anybody passes for the provider',
      tests: ['access/webhook-signature'],
    },
  ]),
  ...inFile('edge/control-service.ts', [
    {
      name: 'a key that was taken away is still good',
      source: 'this.#access = access\n',
      replacement: '',
      why: 'whoever has found a leaked key ends silences until the process is restarted',
      tests: ['edge/control-service'],
    },
    {
      name: 'who watches is never asked again',
      source: 'if (this.#access !== access) return null\n',
      replacement: '',
      why: 'a leaked key sees every call for as long as its connection lasts',
      tests: ['edge/control-service'],
    },
    {
      name: 'a delivery is taken twice',
      source: "known === null ? null : refused('webhook-replayed')",
      replacement: 'null',
      why: 'an end that is repeated meets the next step',
      tests: ['edge/http/webhooks'],
    },
    {
      name: 'what may have been used before is believed',
      source: 'if (use === null) return router.signal(signal)',
      replacement:
        'if (use !== null) return router.signal(signal)\n    if (use === null) return router.signal(signal)',
      why: 'in a split an old message of a provider ends a step that is open',
      tests: ['edge/control-service'],
    },
    {
      name: 'a page that cannot prove itself is not even silenced',
      source: 'if (!isSilencing(signal)) return untold',
      replacement: 'if (signal !== null) return untold',
      why: 'a card is heard because NATS is down',
      tests: ['edge/control-service'],
    },
    {
      name: "a page's end whose start was lost ends another tab's step",
      source: "if (kind === 'token' || kind === 'webhook') return",
      replacement: 'if (kind === undefined) return',
      why: 'a tab that never got through opens the silence of one that did',
      tests: ['edge/control-service', 'edge/http/webhooks'],
    },
    {
      name: 'a signal finds every tenant',
      source: 'tenants: tenantListOf(principal.tenants),',
      replacement: 'tenants: null,',
      why: "one tenant's key opens another's calls",
      tests: ['edge/control-service'],
    },
  ]),
  ...inFile('edge/http/caller.ts', [
    {
      name: 'a page of any origin is answered where no key is configured',
      source: "origin !== undefined || !isLoopback(hostNameOf(host ?? ''))",
      replacement: 'false',
      why: 'any web page in a browser on that machine lists and ends',
      tests: ['edge/admin-server'],
    },
    {
      name: 'a certificate that nobody vouches for counts',
      source: '!(socket instanceof TLSSocket) || !socket.authorized',
      replacement: '!(socket instanceof TLSSocket)',
      why: 'whoever writes a name into a certificate bears it',
      tests: ['integration/admin-tls'],
    },
  ]),
  ...inFile('edge/address-list.ts', [
    {
      name: 'an address that cannot be told is let in',
      source: 'return version !== 0 && this',
      replacement: 'return version === 0 || this',
      why: 'a fork without credentials is open to whoever hides',
      tests: ['edge/address-list'],
    },
  ]),
  ...inFile('edge/fork-server.ts', [
    {
      name: 'forks are taken from everywhere, whatever is listed',
      source: 'this.#allowed.get(fork)?.has(address) === false',
      replacement: 'this.#allowed.get(fork)?.has(address) === null',
      why: 'a stranger fills a recorder through a port without credentials',
      tests: ['edge/fork-server-tcp'],
    },
  ]),
  ...inFile('edge/control-service.ts', [
    {
      name: 'whoever has proved nothing is refused without a trace',
      source: "    this.parts.ledger.append({ kind: 'refusal', source, reason })\n",
      replacement: '',
      why: 'nobody sees that somebody tries keys',
      tests: ['edge/control-roles'],
    },
    {
      name: "a refusal is told without the call's sender",
      source: '      apiKey: principal.name,\n      ...(address',
      replacement: '      ...(address',
      why: 'nobody can tell whose key does what it may not',
      tests: ['edge/control-roles'],
    },
    {
      name: "who names another tenant's call is not noticed",
      source: 'if (answer.streams.length === 0) await this.#noteStranger(principal, request.address, source)',
      replacement: '',
      why: "a tenant's key looks for the calls of others",
      tests: ['edge/control-roles'],
    },
  ]),
  ...inFile('access/authenticator.ts', [
    {
      name: 'a certificate is good for more than its entry says',
      source: "return { kind: 'certificate', name, scopes, tenants }",
      replacement: "return { kind: 'certificate', name, scopes: [...scopes, 'signal:end'], tenants }",
      why: 'who has a certificate ends what others have started',
      tests: ['edge/control-roles'],
    },
  ]),
]
