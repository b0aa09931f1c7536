import { MediaMemory } from '../../proxy/dialects/json-media/media-memory.js'

/** The two ways in which media messages are read; what one does, the other does. */
export const mediaMemories: readonly MediaMemory[] = [true, false].map(
  (isVector) => new MediaMemory(isVector),
)

export const wayOf = ({ isVector }: MediaMemory): string => (isVector ? 'in vectors' : 'byte by byte')
