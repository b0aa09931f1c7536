/**
 * How many lines a contact centre needs, by A. K. Erlang: "Solution of some problems in the theory of probabilities of
 * significance in automatic telephone exchanges" (1917). Traffic is in Erlang: calls an hour times handling time in hours.
 */

/** Erlang B: the share of calls that find all lines taken. Recursion over the lines; stable for any traffic. */
export const blockingProbability = (erlangs: number, lines: number): number => {
  let inverse = 1
  for (let line = 1; line <= lines; line++) inverse = 1 + (line / erlangs) * inverse
  return 1 / inverse
}

/** Erlang C: the share of calls that wait for an agent; 1 when there are no more agents than traffic. */
export const waitingProbability = (erlangs: number, agents: number): number => {
  if (agents <= erlangs) return 1
  const blocking = blockingProbability(erlangs, agents)
  return blocking / (1 - (erlangs / agents) * (1 - blocking))
}

/** The fewest lines on which no more than `blockingMax` of the calls are lost. */
export const linesFor = (erlangs: number, blockingMax: number): number => {
  let lines = 1
  while (blockingProbability(erlangs, lines) > blockingMax) lines++
  return lines
}

/** The fewest agents of whom one is free within `answerSeconds` for `serviceLevel` of the calls. */
export const agentsFor = (
  erlangs: number,
  handlingSeconds: number,
  serviceLevel: number,
  answerSeconds: number,
): number => {
  let agents = Math.floor(erlangs) + 1
  const served = (): number =>
    1 -
    waitingProbability(erlangs, agents) * Math.exp((-(agents - erlangs) * answerSeconds) / handlingSeconds)
  while (served() < serviceLevel) agents++
  return agents
}
