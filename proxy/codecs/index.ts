import type { AudioCodec } from './codec.js'
import { g722 } from './g722/g722.js'
import { l16, l16be } from './l16/l16.js'
import { opus } from './opus/opus.js'
import { pcma } from './pcma/pcma.js'
import { pcmu } from './pcmu/pcmu.js'

/** Every encoding that the proxy can judge and silence. A call in any other is silenced, never passed. */
export const codecs = { g722, l16, l16be, opus, pcma, pcmu } as const satisfies Record<string, AudioCodec>

export type CodecName = keyof typeof codecs

/** The codec that a format names, or undefined: dialects hand on whatever name their peer used. */
export const codecNamed = (name: string): AudioCodec | undefined =>
  Object.hasOwn(codecs, name) ? codecs[name as CodecName] : undefined
