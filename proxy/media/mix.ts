/** Several parties in one, as a bridge mixes them: added, and clipped. One array per party, equally long; they are left as they are. */
export function mixOf(parties: readonly Int16Array[]): Int16Array<ArrayBuffer> {
  const mix = new Int16Array(parties[0]?.length ?? 0)
  for (const party of parties)
    for (const [i, sample] of party.entries()) mix[i] = Math.max(-32_768, Math.min(32_767, mix[i]! + sample))
  return mix
}

/** Audio that follows what is left over from before, in memory of its own. */
export function joined(rest: Int16Array, pcm: Int16Array): Int16Array<ArrayBuffer> {
  const all = new Int16Array(rest.length + pcm.length)
  all.set(rest)
  all.set(pcm, rest.length)
  return all
}
