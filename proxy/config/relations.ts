/**
 * What must hold between keys. Each relation looks at what was written and not at what was parsed, so that a wrong port
 * does not hide a wrong policy: the view below takes anything, and leaves out what is not of the expected kind.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { hearsSentences } from '../detectors/speech/detector.js'
import { type PolicyOptions, policySchema, safePolicy } from '../policy/options.js'
import { holdBackNeeds } from './hold-back.js'
import { isLoopback } from './loopback.js'
import { hint, type Problem, pathText } from './problems.js'
import type { ReadText } from './references.js'
import { configSchema, SAFE_POLICY } from './schema.js'

/** The tenant of a fork that names none. */
const defaultTenant = 'default'

const text = z.string().optional().catch(undefined)
const number = z.number().optional().catch(undefined)
const address = (section: { host: string; port: number }) =>
  z
    .object({
      host: z.string().catch(section.host).default(section.host),
      port: z.number().catch(section.port).default(section.port),
    })
    .loose()

const defaults = configSchema.parse({})

const tls = z
  .object({ certFile: z.string(), keyFile: z.string(), clientCaFile: text })
  .optional()
  .catch(undefined)

/** Whoever is let in at the administration port: a key, a certificate, a webhook. */
const clients = z
  .array(z.object({ name: text, tenants: z.unknown().optional() }).catch({}))
  .catch([])
  .default([])

const viewSchema = z.object({
  listen: address(defaults.listen).extend({ tls }).catch(defaults.listen).default(defaults.listen),
  admin: address(defaults.admin)
    .extend({
      grpc: z.object({ port: number }).optional().catch(undefined),
      tls,
      apiKeys: clients,
      mintKeys: clients,
      certificates: clients,
      webhooks: clients,
    })
    .catch(defaults.admin)
    .default(defaults.admin),
  forks: z
    .array(
      z
        .object({
          path: text,
          port: number,
          host: text,
          policy: text,
          tenant: text,
          recorder: z.unknown().optional(),
          erasure: z.unknown().optional(),
          auth: z.unknown().optional(),
        })
        .catch({ auth: null }),
    )
    .optional()
    .catch([]),
  policies: z.record(z.string(), policySchema.optional().catch(undefined)).catch({}).default({}),
})

type View = z.infer<typeof viewSchema>
type Found = (path: readonly PropertyKey[], message: string) => void

/** Everything that does not fit together in a configuration of any shape. Reads the certificate's files. */
export const relationProblems = (tree: unknown, readText: ReadText): Problem[] => {
  const problems: Problem[] = []
  const found: Found = (path, message) => problems.push({ path: pathText(path), message })
  const view = viewSchema.parse(tree)
  checkTls('listen', view.listen.tls, readText, found)
  checkTls('admin', view.admin.tls, readText, found)
  checkPorts(view, found)
  checkAdmin(view, found)
  checkClients(view, found)
  checkForks(view, found)
  for (const [name, policy] of Object.entries(view.policies)) {
    if (name === SAFE_POLICY) found(['policies', name], 'is built in: give yours another name')
    if (policy === undefined) continue
    checkHoldBack(policy, ['policies', name, 'holdBackMs'], found)
    checkWords(policy, ['policies', name, 'detectors', 'speech', 'words'], found)
  }
  return problems
}

const checkTls = (
  section: 'listen' | 'admin',
  files: View['admin']['tls'],
  readText: ReadText,
  found: Found,
): void => {
  if (files === undefined) return
  const at = (key: string): readonly PropertyKey[] => [section, 'tls', key]
  const parseCertificate = (pem: string): X509Certificate => new X509Certificate(pem)
  const certificate = readPem(files.certFile, readText, parseCertificate)
  const key = readPem(files.keyFile, readText, (pem) => createPrivateKey(pem))
  if (typeof certificate === 'string') found(at('certFile'), `${certificate} a certificate in PEM`)
  if (typeof key === 'string') found(at('keyFile'), `${key} a private key in PEM, unencrypted`)
  if (typeof certificate === 'object' && typeof key === 'object' && !certificate.checkPrivateKey(key))
    found(at('keyFile'), 'is not the key of the certificate in `certFile`')
  if (files.clientCaFile === undefined) return
  const authority = readPem(files.clientCaFile, readText, parseCertificate)
  if (typeof authority === 'string') found(at('clientCaFile'), `${authority} a certificate in PEM`)
}

/** What the file holds, or the beginning of a sentence that says why it cannot be had. */
const readPem = <T>(path: string, readText: ReadText, parse: (pem: string) => T): T | string => {
  const read = readText(path)
  if ('failure' in read) return `cannot be read (${read.failure}): must be`
  try {
    return parse(read.text)
  } catch {
    return 'does not hold'
  }
}

const checkAdmin = ({ admin }: View, found: Found): void => {
  if (admin.apiKeys.length === 0 && admin.certificates.length === 0 && !isLoopback(admin.host))
    found(
      ['admin', 'apiKeys'],
      'are needed when admin.host can be reached from other machines: write a name and a key, or set HUSHFORK_API_KEY',
    )
  if (admin.certificates.length > 0 && admin.tls?.clientCaFile === undefined)
    found(['admin', 'tls', 'clientCaFile'], 'is needed for `certificates`: who has signed them')
}

const clientLists = ['apiKeys', 'mintKeys', 'certificates', 'webhooks'] as const

/** Names are unique, for they stand in the ledger; where forks serve several tenants, everybody says whose calls are theirs. */
const checkClients = ({ admin, forks }: View, found: Found): void => {
  const tenants = [...new Set((forks ?? []).map(({ tenant }) => tenant ?? defaultTenant))]
  const places = new Map<string, string>()
  for (const list of clientLists)
    admin[list].forEach((client, i) => {
      const place = `${list}[${i}]`
      if (client.name !== undefined && places.has(client.name))
        found(['admin', list, i, 'name'], `is the name of ${places.get(client.name)} as well`)
      else if (client.name !== undefined) places.set(client.name, place)
      checkTenants(client.tenants, ['admin', list, i, 'tenants'], tenants, found)
    })
}

const checkTenants = (
  named: unknown,
  path: readonly PropertyKey[],
  tenants: readonly string[],
  found: Found,
): void => {
  if (named === undefined && tenants.length > 1)
    found(path, "must be written, since the forks serve several tenants: a list of them, or '*'")
  if (!Array.isArray(named) || tenants.length === 0) return
  named.forEach((name: unknown, i) => {
    if (typeof name === 'string' && !tenants.includes(name))
      found([...path, i], `is not the tenant of a fork${hint(name, tenants)}`)
  })
}

const sharesAddress = (a: string, b: string): boolean =>
  a === b || [a, b].some((host) => host === '0.0.0.0' || host === '::')

/** Every port that is opened, under the key that names it; 0 is another one each time. */
const checkPorts = ({ listen, admin, forks }: View, found: Found): void => {
  const isShared = forks === undefined || forks.some(({ port }) => port === undefined)
  const taken: { key: string; host: string; port: number }[] = []
  const take = (path: readonly PropertyKey[], host: string, port: number): void => {
    const other = taken.find((one) => one.port === port && sharesAddress(one.host, host))
    if (port !== 0 && other !== undefined)
      found(path, `is ${other.key} as well (${port}): each needs its own`)
    taken.push({ key: pathText(path), host, port })
  }
  if (isShared) take(['listen', 'port'], listen.host, listen.port)
  take(['admin', 'port'], admin.host, admin.port)
  if (admin.grpc?.port !== undefined) take(['admin', 'grpc', 'port'], admin.host, admin.grpc.port)
  forks?.forEach(({ host = listen.host, port }, i) => {
    if (port !== undefined) take(['forks', i, 'port'], host, port)
  })
}

const checkForks = ({ listen, forks, policies }: View, found: Found): void => {
  const howTo = (key: string): string =>
    `since ${key} can be reached from other machines: say how the PBX proves who it is, or \`auth: none\``
  if (forks === undefined && !isLoopback(listen.host))
    found(['forks'], `must be written out, each with its \`auth\`, ${howTo('listen.host')}`)
  const names = [SAFE_POLICY, ...Object.keys(policies)]
  const paths = (forks ?? []).map(({ path }) => path)
  forks?.forEach(({ path, host, policy, auth, recorder = 'embedded', erasure }, i) => {
    if (path !== undefined && paths.indexOf(path) < i)
      found(['forks', i, 'path'], `is the path of forks[${paths.indexOf(path)}] as well`)
    if (policy !== undefined && !names.includes(policy))
      found(['forks', i, 'policy'], `is not the name of a policy${hint(policy, names)}`)
    const { mode, earlierAudio } = policies[policy ?? SAFE_POLICY]?.consent ?? safePolicy.consent
    if (mode !== 'none' && earlierAudio === 'erase' && recorder !== 'embedded' && erasure === undefined)
      found(
        ['forks', i, 'erasure'],
        `is needed since policies.${policy}.consent.earlierAudio is \`erase\`: where the recorder is asked for it`,
      )
    if (auth === undefined && !isLoopback(host ?? listen.host))
      found(
        ['forks', i, 'auth'],
        `must be written, ${howTo(host === undefined ? 'listen.host' : `forks[${i}].host`)}`,
      )
  })
}

/** Nobody may rely on a word list where nobody hears the words. */
const checkWords = (policy: PolicyOptions, path: readonly PropertyKey[], found: Found): void => {
  const { speech } = policy.detectors
  if (hearsSentences(speech)) return
  const why = 'needs a recogniser that hears whole sentences under `recognizers`: none of those there does'
  for (const [category, action] of Object.entries(speech.words.categories))
    if (action !== 'off') found([...path, 'categories', category], `is ${action}, which ${why}`)
  const other = speech.words.languages.find((name) => name !== 'en')
  if (other !== undefined) found([...path, 'languages'], `has ${other}, which ${why}`)
}

const checkHoldBack = (policy: PolicyOptions, path: readonly PropertyKey[], found: Found): void => {
  for (const { ms, isExceeded, why, remedy } of holdBackNeeds(policy))
    if (policy.holdBackMs < ms || (isExceeded && policy.holdBackMs === ms))
      found(
        path,
        `is ${policy.holdBackMs} ms and must ${isExceeded ? 'exceed' : 'be at least'} ${ms} ms: ${why}` +
          (remedy === undefined ? '' : `; ${remedy}`),
      )
}
