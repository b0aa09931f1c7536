/** autocannon on the signal API and on /metrics, while calls run: what each answers, and what it costs the frames. */
import autocannon from 'autocannon'

export interface ApiResult {
  readonly what: string
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly failed: number
}

const SECONDS = 5

export const loadApi = async (adminPort: number): Promise<ApiResult[]> => {
  const base = `http://127.0.0.1:${adminPort}`
  const signal = {
    method: 'POST' as const,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state: 'started', signalId: 'bench', ttlSeconds: 1 }),
  }
  return [
    await load('payment signal, 1,000 a second', {
      url: `${base}/v1/calls/bench/payment`,
      connections: 20,
      // Beyond twice as many a client is refused.
      overallRate: 1000,
      ...signal,
    }),
    await load('/metrics, 10 a second', { url: `${base}/metrics`, connections: 4, overallRate: 10 }),
    await load('/metrics, one connection as fast as it answers', { url: `${base}/metrics`, connections: 1 }),
  ]
}

const load = async (what: string, options: autocannon.Options): Promise<ApiResult> => {
  const result = await autocannon({ ...options, duration: SECONDS })
  return {
    what,
    requestsPerSecond: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failed: result.errors + result.non2xx + result.timeouts,
  }
}
