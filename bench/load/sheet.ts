/** Everything that docs/performance.md says of calls under load, in one run: which scenarios, and how each is played. */
import { loadUws } from '../../proxy/edge/ws/uws.js'
import type { LoadOptions } from './command.js'
import type { ScenarioName, SpecialScenario } from './scenarios.js'

export interface Planned {
  /** In the table. */
  readonly title: string
  readonly scenario: ScenarioName | SpecialScenario
  readonly options: Partial<LoadOptions>
  /** Minutes on a quiet machine, three runs of what is timed. */
  readonly minutes: number
}

/** Numbers of calls beside HAProxy: the table of docs/performance.md and the README's. */
export const peakPlan: readonly Planned[] = [
  { title: 'seed', scenario: 'seed', options: { peers: 'haproxy' }, minutes: 2 },
  { title: 't1', scenario: 't1', options: { peers: 'haproxy' }, minutes: 2 },
  { title: 't2', scenario: 't2', options: { peers: 'haproxy' }, minutes: 2 },
  { title: 't3', scenario: 't3', options: { peers: 'haproxy,nginx,ws-relay' }, minutes: 4 },
]

const uwsConfig = JSON.stringify({ listen: { engine: 'uws' } })

/** Of rows that are there where its binary loads. */
const uwsPlan: readonly Planned[] = [
  {
    title: 't3 read by uWebSockets.js',
    scenario: 't3',
    options: { peers: 'haproxy', config: uwsConfig },
    minutes: 2,
  },
  {
    title: 't2 over TLS read by uWebSockets.js',
    scenario: 't2',
    options: { peers: 'haproxy', tls: true, config: uwsConfig },
    minutes: 2,
  },
]

/** What else there is, from what is most asked for to what can be left out. */
export const otherPlan = (): readonly Planned[] => [
  {
    title: 't3 as Twilio JSON',
    scenario: 't3',
    options: { peers: 'haproxy', dialect: 'twilio' },
    minutes: 2,
  },
  { title: 't2 over TLS', scenario: 't2', options: { peers: 'haproxy', tls: true }, minutes: 2 },
  ...('App' in loadUws() ? uwsPlan : []),
  { title: 'limit', scenario: 'limit', options: { peers: 'haproxy', runs: '1' }, minutes: 5 },
  {
    title: 'limit with the spotter',
    scenario: 'limit',
    options: { peers: 'none', runs: '1', speech: true, calls: '250' },
    minutes: 2.5,
  },
  { title: 'storm', scenario: 'storm', options: { peers: 'none', runs: '1' }, minutes: 0.5 },
  { title: 'restart', scenario: 'restart', options: {}, minutes: 0.7 },
  { title: 'memory', scenario: 'memory', options: {}, minutes: 0.9 },
  { title: 'scrape', scenario: 'scrape', options: {}, minutes: 6.5 },
  { title: 'api', scenario: 'api', options: {}, minutes: 0.6 },
  {
    title: 't2 held for 1 s, no room for a pause',
    scenario: 't2',
    options: { peers: 'none', runs: '1', holdBackMs: '1000' },
    minutes: 0.4,
  },
  {
    title: 't2 held for 10 s',
    scenario: 't2',
    options: { peers: 'none', runs: '1', holdBackMs: '10000' },
    minutes: 0.5,
  },
  { title: 'year', scenario: 'year', options: {}, minutes: 13 },
]
