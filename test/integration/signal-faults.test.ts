// Signals that go wrong, as a table (docs/faults.md has it for readers): what is answered, and of the recorded audio which
// samples are silent. All others are as they were sent. Calls of two hums at 8,000 Hz, 4 s, ten times as fast as people speak;
// look-back 100 ms, pad after 500 ms, so that a step from 1 s to 2 s is silent from 0.9 s to 2.5 s.
import t from 'tap'
import {
  agent,
  applied,
  cleared,
  clock,
  delivery,
  desk,
  ENDED_FIRST,
  EXPIRED,
  HAS_ENDED,
  leaseRunsOut,
  NO_CALL,
  NO_STEP,
  notExpired,
  nothing,
  page,
  pending,
  playRow,
  type Row,
  refusals,
  refused,
  stranger,
  thief,
  unknown,
} from '../support/signal-table.js'

const created = delivery('created')

const rows: readonly Row[] = [
  {
    name: 'start lost: its heartbeat is a start',
    acts: [
      { at: 2, does: desk('started'), is: applied(1.9) },
      { at: 3, does: desk('ended'), is: cleared(3.5) },
    ],
    silent: { CA1: [[1.9, 3.5]] },
  },
  {
    name: 'start lost: its end ends nothing',
    acts: [{ at: 2, does: desk('ended'), is: unknown(NO_STEP) }],
    silent: { CA1: [] },
  },
  {
    name: "start lost: its end leaves another's step closed",
    acts: [
      { at: 1, does: page('started'), is: applied(0.9) },
      { at: 2, does: desk('ended'), is: refused(403, 'anothers-step') },
    ],
    silent: { CA1: [[0.9, 4]] },
  },
  {
    name: 'start twice: the second renews the lease',
    acts: [
      { at: 1, does: desk('started'), is: applied(0.9) },
      { at: 2, does: desk('started'), is: applied(0.9, { repeated: true }) },
      { at: 3, does: desk('ended'), is: cleared(3.5) },
    ],
    silent: { CA1: [[0.9, 3.5]] },
  },
  {
    name: 'start twice, by two senders: each ends its own',
    acts: [
      { at: 1, does: desk('started'), is: applied(0.9) },
      { at: 1.5, does: page('started'), is: applied(1.4) },
      { at: 2, does: desk('ended'), is: cleared(2.5) },
      { at: 3, does: page('ended'), is: cleared(3.5) },
    ],
    silent: { CA1: [[0.9, 3.5]] },
  },
  {
    name: 'start after the end: a step that is over opens no more',
    acts: [
      { at: 1, does: desk('started'), is: applied(0.9) },
      { at: 2, does: desk('ended'), is: cleared(2.5) },
      { at: 3, does: desk('started'), is: { ...unknown(HAS_ENDED), repeated: true } },
    ],
    silent: { CA1: [[0.9, 2.5]] },
  },
  {
    name: 'end after the end: answered as the first',
    acts: [
      { at: 1, does: desk('started'), is: applied(0.9) },
      { at: 2, does: desk('ended'), is: cleared(2.5) },
      { at: 3, does: desk('ended'), is: cleared(2.5, { repeated: true }) },
    ],
    silent: { CA1: [[0.9, 2.5]] },
  },
  {
    name: 'end before the start, both dated: the look-back and the pad are silent',
    acts: [
      { at: 1, does: desk('ended', { issuedAt: '2026-11-22T10:00:02Z' }), is: unknown(NO_STEP) },
      {
        at: 2,
        does: desk('started', { issuedAt: '2026-11-22T10:00:01Z' }),
        is: applied(1.9, { detail: ENDED_FIRST }),
      },
    ],
    silent: { CA1: [[1.9, 2.5]] },
  },
  {
    name: 'end before the start, no dates: nobody knows that it is over, so it stays closed',
    acts: [
      { at: 1, does: desk('ended'), is: unknown(NO_STEP) },
      { at: 2, does: desk('started'), is: applied(1.9) },
    ],
    silent: { CA1: [[1.9, 4]] },
  },
  {
    name: 'unknown call: a start waits for it',
    acts: [
      { at: -1, does: desk('started'), is: pending },
      { at: 2, does: desk('ended'), is: cleared(2.5) },
    ],
    silent: { CA1: [[0, 2.5]] },
  },
  {
    name: 'unknown call: a start waits for its time to live, an end for nothing',
    acts: [
      { at: -1, does: desk('ended', {}, { call: 'CA9' }), is: unknown(NO_CALL) },
      { at: -1, does: desk('started', { ttlSeconds: 30 }), is: pending },
      { at: -1, does: clock((clock) => clock.wait(31)), is: nothing },
      { at: 2, does: desk('ended'), is: unknown(NO_STEP) },
    ],
    silent: { CA1: [] },
  },
  {
    name: 'two calls of one agent: both are silent until one is named',
    acts: [
      { at: 1, does: agent('started'), is: { status: 409, result: 'ambiguous', streams: { length: 2 } } },
      { at: 2, does: desk('started'), is: applied(0.9) },
      { at: 3, does: desk('ended'), is: cleared(3.5) },
    ],
    silent: { CA1: [[0.9, 3.5]], CA2: [[0.9, 2.5]] },
  },
  {
    name: 'two calls of one agent: where none is named, both are silent until the end',
    acts: [
      { at: 1, does: agent('started'), is: { status: 409, result: 'ambiguous', streams: { length: 2 } } },
      { at: 3, does: agent('ended'), is: { status: 200, result: 'applied', streams: { length: 2 } } },
    ],
    silent: { CA1: [[0.9, 3.5]], CA2: [[0.9, 3.5]] },
  },
  {
    name: 'end lost: the call stays closed when the lease is over',
    acts: [
      { at: 1, does: desk('started', { ttlSeconds: 1 }), is: applied(0.9) },
      { at: 2, does: leaseRunsOut, is: nothing },
    ],
    silent: { CA1: [[0.9, 4]] },
    figures: { [EXPIRED]: 1 },
  },
  {
    name: 'token replayed: a view that has ended starts nothing',
    acts: [
      { at: 1, does: page('started'), is: applied(0.9) },
      { at: 2, does: page('ended'), is: cleared(2.5) },
      { at: 3, does: page('started'), is: refused(403, 'token-spent') },
    ],
    silent: { CA1: [[0.9, 2.5]] },
    figures: { [refusals('token-spent')]: 1 },
  },
  {
    name: 'token replayed: two minutes after its step it starts nothing, whatever the view',
    acts: [
      { at: -1, does: page('started'), is: pending },
      { at: -1, does: page('ended'), is: { status: 404, result: 'unknown' } },
      { at: -1, does: clock((clock) => clock.wait(121)), is: nothing },
      { at: 2, does: page('started', 'later'), is: refused(403, 'token-spent') },
    ],
    silent: { CA1: [] },
    figures: { [refusals('token-spent')]: 1 },
  },
  {
    name: 'token replayed: it is good for no other call and no other step, and ends none',
    acts: [
      { at: 1, does: desk('started', {}, { call: 'CA2' }), is: applied(0.9) },
      { at: 2, does: thief('CA2'), is: refused(403, 'token-other-call') },
      { at: 2, does: thief('CA1', 'p1'), is: refused(403, 'token-other-step') },
    ],
    silent: { CA1: [], CA2: [[0.9, 4]] },
    figures: { [refusals('token-other-call')]: 1, [refusals('token-other-step')]: 1 },
  },
  {
    name: 'token expired in a step: it ends nothing, and the call stays closed',
    acts: [
      { at: 1, does: page('started'), is: applied(0.9) },
      { at: 1.5, does: clock((clock) => clock.step(906)), is: nothing },
      { at: 2, does: page('started'), is: refused(401, 'token-expired') },
      { at: 3, does: page('ended'), is: refused(401, 'token-expired') },
    ],
    silent: { CA1: [[0.9, 4]] },
    figures: { [refusals('token-expired')]: 2, [EXPIRED]: 0 },
  },
  {
    name: 'token expired before its step: refused, and the page is told',
    acts: [
      { at: -1, does: clock((clock) => clock.wait(906)), is: nothing },
      { at: 2, does: page('started'), is: refused(401, 'token-expired') },
    ],
    silent: { CA1: [] },
    figures: { [refusals('token-expired')]: 1 },
  },
  {
    name: "wrong tenant: another's call is not here, neither to close nor to open",
    tenant: 'acme',
    acts: [
      { at: 0.5, does: stranger('started'), is: pending },
      { at: 1, does: desk('started'), is: applied(0.9) },
      { at: 1.5, does: stranger('ended'), is: { status: 404, result: 'unknown' } },
      { at: 2, does: stranger('ended', 'by/agentId/7'), is: unknown(NO_CALL) },
      { at: 3, does: desk('ended'), is: cleared(3.5) },
    ],
    silent: { CA1: [[0.9, 3.5]] },
    figures: { [refusals('tenant')]: 3 },
  },
  {
    name: 'clock stepped an hour ahead, then back: samples and leases do not mind, tokens do',
    acts: [
      { at: 1, does: desk('started', { ttlSeconds: 60 }), is: applied(0.9) },
      { at: 1.2, does: clock((clock) => clock.step(3600)), is: nothing },
      { at: 1.4, does: page('started'), is: refused(401, 'token-expired') },
      { at: 1.5, does: desk('started', { ttlSeconds: 60 }), is: applied(0.9, { repeated: true }) },
      { at: 1.6, does: clock((clock) => clock.step(-7200)), is: nothing },
      { at: 1.8, does: page('started'), is: refused(401, 'token-invalid') },
      { at: 2, does: desk('ended'), is: cleared(2.5) },
      { at: 2.6, does: clock((clock) => clock.step(3600)), is: nothing },
      { at: 3, does: page('started'), is: applied(2.9) },
      { at: 3.2, does: page('ended'), is: cleared(3.7) },
    ],
    silent: {
      CA1: [
        [0.9, 2.5],
        [2.9, 3.7],
      ],
    },
    figures: { [EXPIRED]: 0, [refusals('token-expired')]: 1, [refusals('token-invalid')]: 1 },
  },
  {
    name: 'clock stepped: what a provider says counts when the clock is right, and once',
    acts: [
      { at: 1, does: created, is: { status: 200, result: 'applied' } },
      { at: 1.2, does: clock((clock) => clock.step(3600)), is: nothing },
      { at: 1.4, does: delivery('completed'), is: refused(401, 'webhook-clock') },
      { at: 1.5, does: created, is: refused(401, 'webhook-clock') },
      { at: 1.6, does: clock((clock) => clock.step(-3600)), is: nothing },
      { at: 1.8, does: created, is: refused(409, 'webhook-replayed') },
      { at: 2, does: delivery('completed'), is: { status: 200, result: 'applied' } },
    ],
    silent: { CA1: [[0.9, 2.5]] },
    figures: { [refusals('webhook-clock')]: 2, [refusals('webhook-replayed')]: 1 },
  },
  {
    name: 'clock stepped over a lease: it runs out by the time that has passed, and not by the clock',
    acts: [
      { at: 1, does: desk('started', { ttlSeconds: 30 }), is: applied(0.9) },
      { at: 1.2, does: clock((clock) => clock.step(86_400)), is: nothing },
      { at: 1.6, does: notExpired, is: nothing },
      { at: 1.8, does: clock((clock) => clock.step(-2 * 86_400)), is: nothing },
      { at: 2, does: clock((clock) => clock.wait(31)), is: nothing },
      { at: 2.2, does: leaseRunsOut, is: nothing },
    ],
    silent: { CA1: [[0.9, 4]] },
    figures: { [EXPIRED]: 1 },
  },
]

// They wait for audio most of the time.
t.jobs = 4
for (const row of rows) t.test(row.name, { buffered: true }, (t) => playRow(t, row))
