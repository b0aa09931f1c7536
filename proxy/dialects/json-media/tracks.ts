/**
 * The names that most of these PBXs have for a call's two tracks: inbound is what the PBX hears from the call's leg, outbound
 * what it plays to it. Which way the call was set up does not matter.
 */
export const roles = { inbound: 'caller', outbound: 'agent' } as const

export type TrackName = keyof typeof roles

export const trackNames: readonly TrackName[] = ['inbound', 'outbound']

/** Announced tracks that have a role, each once and in the order in which they come, and whether there were others. */
export function announcedTracks(announced: readonly string[]): {
  names: readonly TrackName[]
  hasStrangeTracks: boolean
} {
  const names = [...new Set(announced)].filter((name): name is TrackName => Object.hasOwn(roles, name))
  return { names, hasStrangeTracks: announced.some((name) => !Object.hasOwn(roles, name)) }
}
