/** Looks in a row in which nothing has to have moved, each of them a turn of the event loop in which every socket was asked. */
const LOOKS = 20
/** Between two looks, ms. */
const LOOK_MS = 5

/**
 * Resolves once the figure stays as it is: sockets have taken, and given, what they could. However long the machine stood still
 * meanwhile, since looks count and not time.
 */
export const stillness = async (figure: () => number): Promise<number> => {
  for (let looks = 0, before = Number.NaN; ; looks++) {
    const now = figure()
    if (now !== before) looks = 0
    if (looks === LOOKS) return now
    before = now
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    // Timers run before sockets are asked: only behind them it is known that nothing came.
    await new Promise((resolve) => setImmediate(resolve))
  }
}
