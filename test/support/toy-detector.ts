import type { Detector, Finding } from '../../proxy/detectors/detector.js'

/** How a toy detector breaks: it says so, throws, stops without a word, or counts in NaN. */
export type Fault = 'failed' | 'throws' | 'stalls' | 'nan'

export interface ToyDetector extends Detector {
  breakDown(fault: Fault): void
}

/** Vouches for audio once it is `lagSamples` old; reports every run of `tonePcm`, sample by sample, never earlier than that. */
export const toyDetector = (name: string, lagSamples: number, tonePcm: number | null): ToyDetector => {
  const head = [0, 0]
  const frozen = [0, 0]
  const openEnd = [-1, -1]
  let heard: Finding[] = []
  let fault: Fault | null = null
  let isFinished = false
  const watermarkSample = (track: number): number => {
    if (fault === 'nan') return Number.NaN
    if (fault !== null) return frozen[track]!
    return isFinished ? Infinity : Math.max(0, head[track]! - lagSamples)
  }
  const note = (track: number, startSample: number, endSample: number): void => {
    const isOnset = openEnd[track] !== startSample
    openEnd[track] = endSample
    heard.push({ detector: name, label: 'tone', track, startSample, endSample, isOnset })
  }
  return {
    name,
    get health() {
      return fault === 'failed' ? 'failed' : 'ok'
    },
    watermarkSample,
    push(track, pcm, startSample) {
      if (fault === 'throws') throw new Error('toy')
      if (fault !== null) return
      head[track] = startSample + pcm.length
      let from = -1
      for (let i = 0; i <= pcm.length; i++) {
        const isTone = i < pcm.length && pcm[i] === tonePcm
        if (isTone && from < 0) from = i
        if (isTone || from < 0) continue
        note(track, startSample + from, startSample + i)
        from = -1
      }
    },
    skip(track, toSample) {
      if (fault === null) head[track] = toSample
    },
    setAlertness() {},
    drain(out) {
      if (fault === 'throws') throw new Error('toy')
      if (fault !== null) return
      const isRipe = (f: Finding): boolean => isFinished || f.startSample < head[f.track]! - lagSamples
      out.push(...heard.filter(isRipe))
      heard = heard.filter((f) => !isRipe(f))
    },
    finish() {
      isFinished = true
    },
    close() {},
    breakDown(kind) {
      for (const track of [0, 1]) frozen[track] = Math.max(0, head[track]! - lagSamples)
      fault = kind
    },
  }
}
