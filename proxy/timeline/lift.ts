/** A range in which what is liftable does not silence. Open-ended until `Timeline.close` gives it an end. */
export interface Lift {
  readonly startSample: number
  endSample: number
}

/** The parts of [startSample, endSample) that no lift covers, in order. */
export const outsideLifts = (
  lifts: readonly Lift[],
  startSample: number,
  endSample: number,
): { readonly startSample: number; readonly endSample: number }[] => {
  const parts: { startSample: number; endSample: number }[] = []
  for (let from = startSample; from < endSample; ) {
    const covering = lifts.find((lift) => lift.startSample <= from && from < lift.endSample)
    if (covering !== undefined) {
      from = covering.endSample
      continue
    }
    const next = lifts.reduce(
      (nearest, { startSample: at }) => (at > from && at < nearest ? at : nearest),
      endSample,
    )
    parts.push({ startSample: from, endSample: next })
    from = next
  }
  return parts
}
