/** From a contact centre's calls to cores and memory. */
import { linesFor } from './erlang.js'
import { BUSY_HOUR_SHARE } from './scenarios.js'

export interface Demand {
  /** One of the two; a year is turned into its busy hour by the published centre's share. */
  readonly callsPerYear: number | null
  readonly callsPerHour: number | null
  readonly handlingSeconds: number
  /** Share of the calls that may find the proxy full. */
  readonly blockingMax: number
}

export interface Capacity {
  /** The `limit` of the bench, on one core. */
  readonly callsPerCore: number
  /** Calls of two parties that a core listens to for spoken numbers; null: nobody listens. */
  readonly spokenCallsPerCore: number | null
  /** How much of a core is planned for; the rest is for bursts, restarts and a noisy neighbour. */
  readonly utilisationMax: number
  readonly baseMbPerProcess: number
  readonly kbPerCall: number
}

export interface Sizing {
  readonly busyHourCalls: number
  readonly erlangs: number
  readonly simultaneousCalls: number
  readonly cores: number
  /** Of these cores, what listening for spoken numbers takes. */
  readonly speechCores: number
  readonly memoryMb: number
}

export const sizingOf = (demand: Demand, capacity: Capacity): Sizing => {
  const busyHourCalls = demand.callsPerHour ?? Math.ceil((demand.callsPerYear ?? 0) * BUSY_HOUR_SHARE)
  const erlangs = (busyHourCalls * demand.handlingSeconds) / 3600
  const simultaneousCalls = erlangs === 0 ? 0 : linesFor(erlangs, demand.blockingMax)
  const coresFor = (callsPerCore: number | null): number =>
    callsPerCore === null ? 0 : simultaneousCalls / (callsPerCore * capacity.utilisationMax)
  const speechCores = coresFor(capacity.spokenCallsPerCore)
  const cores = Math.max(1, Math.ceil(coresFor(capacity.callsPerCore) + speechCores))
  const memoryMb = cores * capacity.baseMbPerProcess + (simultaneousCalls * capacity.kbPerCall) / 1024
  return { busyHourCalls, erlangs, simultaneousCalls, cores, speechCores, memoryMb: Math.ceil(memoryMb) }
}
