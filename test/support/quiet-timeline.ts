import { Timeline } from '../../proxy/timeline/timeline.js'
import { WatermarkGate } from '../../proxy/timeline/watermark.js'

/** 1,000 Hz, so that a sample is a millisecond. */
export const RATE = 1_000
const FORMAT = { codec: 'pcmu', clockRateHz: RATE, channelCount: 1 } as const

/** A timeline of one track at 1,000 Hz in which everything has been judged, with a hold-back of a second. */
export const quietTimeline = () => {
  const timeline = new Timeline(1, [{ format: FORMAT, tracks: [0] }], {
    holdBackMs: 1_000,
    holdBackSamples: 1_000,
    itemsMax: 1_000,
    bytesMax: 1 << 20,
  })
  const gate = new WatermarkGate(1, { ownSamples: 0, crossSamples: null })
  gate.update([{ health: 'ok', isFailOpen: false, watermarkSample: () => Infinity }])
  let at = 0
  return {
    timeline,
    /** A frame of so many samples arrives. */
    hear(sampleCount: number): void {
      const frame = {
        stream: 0,
        startSample: at,
        sampleCount,
        payload: new Uint8Array(sampleCount),
        envelope: null,
        receivedAtMs: 0,
        heldBytes: 1,
      }
      timeline.pushFrame(frame, null)
      at += sampleCount
    },
    /** Everything held leaves; tells what of it is silent, frame by frame, from the call's first sample. */
    leave(): string[] {
      const silent: string[] = []
      for (
        let release = timeline.judge(gate, 1e9);
        release !== undefined;
        release = timeline.judge(gate, 1e9)
      ) {
        const { item, ranges, reasons } = release
        const from = item.kind === 'media' ? item.frame.startSample : 0
        for (const [i, r] of ranges.entries())
          silent.push(`${from + r.startSample}-${from + r.endSample} ${reasons[i]}`)
      }
      return silent
    },
  }
}
