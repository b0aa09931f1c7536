/** ITU-T Q.23: the two tones of each key, Hz. */
const KEYS = ['123A', '456B', '789C', '*0#D'] as const
const LOW_HZ = [697, 770, 852, 941] as const
const HIGH_HZ = [1209, 1336, 1477, 1633] as const

/** Of each tone, of full scale: -8 dBm0 in all, within the range that ITU-T Q.24 has receivers take (-25 to 0). */
const AMPLITUDE = 0.2 * 32_767

/** Adds a key's tones to the samples from `startSample` on, in place, clipped. A key beyond the end is left out. */
export const pressKey = (
  pcm: Int16Array,
  key: string,
  startSample: number,
  sampleCount: number,
  sampleRateHz: number,
): void => {
  const row = KEYS.findIndex((keys) => keys.includes(key))
  const low = (2 * Math.PI * LOW_HZ[row]!) / sampleRateHz
  const high = (2 * Math.PI * HIGH_HZ[KEYS[row]!.indexOf(key)]!) / sampleRateHz
  const end = Math.min(pcm.length, startSample + sampleCount)
  for (let i = startSample; i < end; i++) {
    const t = i - startSample
    const sample = pcm[i]! + AMPLITUDE * (Math.sin(low * t) + Math.sin(high * t))
    pcm[i] = Math.max(-32_768, Math.min(32_767, Math.round(sample)))
  }
}
