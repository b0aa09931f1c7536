/** The configuration in force, for people: complete, and without its secrets. */
import { stringify } from 'yaml'
import { schemesOf, transportOf } from '../dialects/transport.js'
import { spanKinds } from '../policy/signal.js'
import type { Config, ForkConfig, ForkPlace } from './load.js'
import { hostOf, isLoopback } from './loopback.js'
import { pathText } from './problems.js'
import { isMapping } from './tree.js'

/** What stands for a secret. */
const HIDDEN = '***'

/** Keys under `auth` whose text may be shown; every other one is a secret until it is listed here. */
const plainAuthKeys: readonly PropertyKey[] = ['type', 'publicUrl']

/** YAML in the form of the file, defaults filled in, secrets as `***`. */
export const describeConfig = (config: Config): string =>
  stringify(hide(shown(config), [], config.hiddenPaths))

/** The keys in the order of docs/config.md. */
const shown = ({
  listen,
  admin,
  forks,
  policies,
  recordings,
  ledger,
  leakCheck,
  directory,
  processes,
  pinProcesses,
  speechThreads,
  limits,
  log,
  drainSeconds,
}: Config) => ({
  listen,
  admin,
  forks: forks.map(shownFork),
  policies,
  recordings,
  ledger,
  leakCheck,
  directory,
  processes,
  pinProcesses,
  speechThreads,
  limits,
  log,
  drainSeconds,
})

const shownFork = ({
  dialect,
  dialectOptions,
  recorder,
  policyName,
  tenant,
  erasure,
  allowFrom,
  ...place
}: ForkConfig) => ({
  ...shownPlace(place),
  dialect: dialect.name,
  recorder:
    recorder === 'embedded'
      ? recorder
      : {
          url: shownUrl(recorder.url),
          auth: dialectOptions.recorderAuth,
          redialSeconds: recorder.redialSeconds,
        },
  policy: policyName,
  tenant,
  auth: dialectOptions.auth,
  options: dialectOptions.options,
  ...(erasure !== undefined && { erasure: { url: shownUrl(erasure.url), key: HIDDEN } }),
  ...(allowFrom !== undefined && { allowFrom }),
})

const shownPlace = (place: ForkPlace): ForkPlace =>
  'path' in place ? { path: place.path } : { host: place.host, port: place.port }

/** Nobody knows what a recorder's query means: it is not shown. */
const shownUrl = ({ protocol, host, pathname, search }: URL): string =>
  `${protocol}//${host}${pathname}${search === '' ? '' : `?${HIDDEN}`}`

const hide = (value: unknown, path: readonly PropertyKey[], hiddenPaths: ReadonlySet<string>): unknown => {
  if (Array.isArray(value)) return value.map((entry, i) => hide(entry, [...path, i], hiddenPaths))
  if (isMapping(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, hide(entry, [...path, key], hiddenPaths)]),
    )
  if (typeof value !== 'string') return value
  const isSecret =
    hiddenPaths.has(pathText(path)) ||
    isAuthSecret(path) ||
    isAdminSecret(path) ||
    isDirectorySecret(path) ||
    isLedgerSecret(path)
  return isSecret ? HIDDEN : value
}

/** What clients of the administration port prove themselves with; `admin.apiKeys[0].key` is the path of one. */
const adminSecrets: readonly unknown[] = ['key', 'hash', 'secret', 'secrets']

const isAdminSecret = ([section, , , key]: readonly PropertyKey[]): boolean =>
  section === 'admin' && adminSecrets.includes(key)

const isDirectorySecret = ([section, , key]: readonly PropertyKey[]): boolean =>
  section === 'directory' && (key === 'secret' || key === 'password')

const isLedgerSecret = ([section, , key]: readonly PropertyKey[]): boolean =>
  section === 'ledger' && key === 'password'

/** Text directly at `auth` is one of the dialect's own words (`none`, `forward-api-key`), never a secret. */
const isAuthSecret = (path: readonly PropertyKey[]): boolean => {
  const below = path.indexOf('auth') + 1
  if (path[0] !== 'forks' || below === 0 || below === path.length) return false
  return !path.slice(below).some((key) => plainAuthKeys.includes(key))
}

/**
 * Settings in force that weaken the promise, one sentence each, for the log at the start and for `config check`. None of
 * them is a default on a port that other machines can reach.
 */
export const privilegedSettings = ({ listen, forks, policies, ledger }: Config): string[] => [
  ...(ledger.enabled
    ? []
    : ['ledger.enabled: false: nobody can tell afterwards what was silenced, when and why']),
  ...forks.flatMap((fork, i) => privilegedOfFork(fork, i, 'path' in fork ? listen.host : fork.host)),
  ...Object.entries(policies).flatMap(([name, policy]) => [
    ...Object.entries(policy.detectors)
      .filter(([, { failOpen }]) => failOpen)
      .map(
        ([detector]) =>
          `${pathText(['policies', name, 'detectors', detector])}.failOpen: what this detector has not judged in time ` +
          'leaves as it came',
      ),
    ...spanKinds
      .filter((kind) => policy[kind].endAfterExpirySeconds !== null)
      .map(
        (kind) =>
          `${pathText(['policies', name, kind])}.endAfterExpirySeconds: a ${kind} step ends by itself`,
      ),
    ...Object.values(policy.starCodes.codes)
      .filter((says) => openingCodes.includes(says))
      .map(
        (says) =>
          `${pathText(['policies', name])}.starCodes: keys on the agent's track say ${says}, which opens what is silent`,
      ),
  ]),
]

/** What a policy in use does not do that the built-in one does, one sentence each, for the log at the start and for `config check`. */
export const omissions = ({ forks }: Config): string[] => {
  const deaf = forks.filter(({ policy }) =>
    Object.values(policy.detectors.speech.recognizers).every((one) => one === null),
  )
  return [...new Set(deaf.map(({ policyName }) => policyName))].map(
    (name) =>
      `${pathText(['policies', name])}: nobody listens for spoken numbers; detectors.speech.recognizers.embedded: {} has the ` +
      'spotter built in listen',
  )
}

/** What a key says that lets a number, or what nobody agreed to, be heard. */
const openingCodes: readonly string[] = ['payment-ended', 'manual-ended', 'emergency-started']

const privilegedOfFork = (
  { dialect, dialectOptions, recorder, allowFrom }: ForkConfig,
  i: number,
  host: string,
): string[] => {
  const settings: string[] = []
  if (!isLoopback(host) && dialectOptions.auth === 'none' && allowFrom === undefined)
    settings.push(`forks[${i}].auth: none: whoever reaches its host may fork calls to the recorder`)
  const [plain] = schemesOf[transportOf(dialect).kind]
  if (recorder !== 'embedded' && recorder.url.protocol === plain && !isLoopback(hostOf(recorder.url)))
    settings.push(`forks[${i}].recorder.url: ${plain}// to another machine: audio travels unencrypted`)
  return settings
}
