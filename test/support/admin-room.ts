import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { localUses } from '../../proxy/access/uses.js'
import { adminSchema } from '../../proxy/config/schema.js'
import { accessOf } from '../../proxy/edge/admin-access.js'
import { createAdminServer, type Readiness } from '../../proxy/edge/admin-server.js'
import { ControlService, type ControlServiceParts } from '../../proxy/edge/control-service.js'
import { localCalls } from '../../proxy/edge/local-calls.js'
import { createMetricsRegistry } from '../../proxy/edge/prometheus.js'
import { ProxyMetrics } from '../../proxy/metrics/metrics.js'
import { controlRoom } from './control-room.js'
import { LedgerList } from './ledger-list.js'
import { idleGauges, steadyRuntime } from './metrics-page.js'

/** When every test of the API takes place, ms since 1970. */
export const EPOCH_MS = 1_700_000_000_000

/** A key that the configurations of tests may name. */
export const KEY = 'correct-horse-battery-staple'
export const MINT_SECRET = 'a-mint-key-of-thirty-two-characters'

/** The API's service over a control plane with real sessions, a clock that is turned by hand, and a ledger to look into. */
export const serviceRoom = (config: object = {}, parts: Partial<ControlServiceParts> = {}) => {
  const room = controlRoom()
  const admin = adminSchema.parse(config)
  const time = { nowMs: 0, epochMs: EPOCH_MS }
  const clock = { nowMs: () => time.nowMs, epochMs: () => time.epochMs }
  const metrics = new ProxyMetrics()
  const ledger = new LedgerList()
  const drained: number[] = []
  const service = new ControlService({
    access: accessOf(admin),
    router: { signal: async (signal) => room.control.signal(signal, clock.nowMs()) },
    calls: localCalls(room.registry, clock),
    forks: { take: async () => 'unknown' },
    uses: localUses(),
    clock,
    metrics,
    ledger,
    reader: null,
    drain: () => drained.push(time.nowMs),
    ...parts,
  })
  /** Time goes on, by both clocks. */
  const wait = (ms: number): void => {
    time.nowMs += ms
    time.epochMs += ms
  }
  return { room, admin, clock, metrics, ledger, service, drained, wait }
}

/** The administration port of such a service, asked without a network. */
export const adminRoom = (
  t: Test,
  config: object = {},
  {
    readiness = () => 'ready',
    ...parts
  }: Partial<ControlServiceParts> & { readiness?: () => Readiness } = {},
) => {
  const inner = serviceRoom(config, parts)
  const { admin, clock, metrics, service } = inner
  const app: FastifyInstance = createAdminServer({
    service,
    origins: admin.origins,
    tls: null,
    clock,
    prometheus: createMetricsRegistry(metrics, idleGauges, steadyRuntime),
    version: '0.1.0',
    readiness,
  })
  t.teardown(() => app.close())
  const get = (url: string, headers = {}) => app.inject({ method: 'GET', url, headers })
  const post = (url: string, payload: unknown, headers = {}) =>
    app.inject({ method: 'POST', url, payload: payload as object, headers })
  const pay = (call: string, payload: unknown, headers = {}) =>
    post(`/v1/calls/${call}/payment`, payload, headers)
  return { ...inner, app, get, post, pay }
}

export const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` })
