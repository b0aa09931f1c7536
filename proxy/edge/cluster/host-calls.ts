/** The calls of all workers as the API sees them, and which of them takes a fork that has to be asked for. */
import type { Host } from '../../directory/host.js'
import { type CallBook, tenantListOf } from '../local-calls.js'
import type { ForkTaker } from '../pbx-dialer.js'
import type { Crew } from './crew.js'

/** A worker that does not answer in time has no calls just now; the next look finds them. */
export const hostCalls = (host: Host, crew: Pick<Crew, 'members' | 'memberOf'>): CallBook => ({
  async list(tenants) {
    const lists = await Promise.all([...crew.members].map((member) => member.ask('list', tenants)))
    return lists.flatMap((list) => list ?? [])
  },
  async find(callId, tenants) {
    const streams = host.find({ kind: 'call', callId }, tenantListOf(tenants))
    const workers = [...new Set(streams.map(({ worker }) => worker))]
    const found = await Promise.all(
      workers.map((worker) => crew.memberOf(worker)?.ask('find', { callId, tenants }) ?? null),
    )
    return found.flatMap((list) => list ?? [])
  },
  isAnothers: async (address, tenants) =>
    host.find(address, tenantListOf(tenants)).length === 0 && host.find(address, null).length > 0,
})

/** The worker with the fewest streams dials. */
export const hostTaker = (host: Host, crew: Pick<Crew, 'ready'>): ForkTaker => ({
  async take(path, id, tenants) {
    const countOf = (worker: number): number =>
      [...host.streams].filter((stream) => stream.worker === worker).length
    const [idlest] = crew.ready.sort((a, b) => countOf(a.number) - countOf(b.number))
    return (await idlest?.ask('take', { path, id, tenants })) ?? 'unavailable'
  },
})
