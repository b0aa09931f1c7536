import t from 'tap'
import { agentsFor, blockingProbability, linesFor, waitingProbability } from '../../../bench/load/erlang.js'

t.test('blocking is what the published Erlang B tables say', async (t) => {
  // ITU-T "Teletraffic Engineering Handbook" (2001): E(10, 5) = 0.0184, E(20, 12) = 0.0098; one line, one Erlang: a half.
  t.equal(blockingProbability(1, 1), 0.5)
  t.equal(blockingProbability(5, 10).toFixed(4), '0.0184')
  t.equal(blockingProbability(12, 20).toFixed(4), '0.0098')
})

t.test('waiting follows from blocking, and is certain when agents are too few', async (t) => {
  // One agent, half an Erlang: a caller waits exactly when the agent is busy.
  t.equal(waitingProbability(0.5, 1), 0.5)
  t.equal(waitingProbability(10, 10), 1)
})

t.test('the lines found are the fewest that do', async (t) => {
  const lines = linesFor(26.3, 0.01)
  t.ok(blockingProbability(26.3, lines) <= 0.01)
  t.ok(blockingProbability(26.3, lines - 1) > 0.01)
})

t.test('the agents found meet the service level, and one fewer does not', async (t) => {
  const agents = agentsFor(26.3, 290, 0.8, 20)
  const served = (n: number) => 1 - waitingProbability(26.3, n) * Math.exp((-(n - 26.3) * 20) / 290)
  t.ok(served(agents) >= 0.8)
  t.ok(served(agents - 1) < 0.8)
})
