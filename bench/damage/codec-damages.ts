import type { Damage } from './damages.js'
import { inFolder } from './in-file.js'

const inFile = inFolder('codecs/')

/** Faults of how frames are decoded, and forgotten. */
export const codecDamages: readonly Damage[] = [
  ...inFile('frame-pcm.ts', [
    {
      name: 'the PCM of a channel stays in memory',
      source: 'if (channelCount === 2) this.#kernel.clear(RIGHT_AT, 2 * count)',
      replacement: '',
      why: 'gone is not gone',
      tests: ['codecs/frame-pcm', 'session/lane'],
    },
    {
      name: 'without vectors the PCM of a channel stays in memory',
      source: 'if (channelCount === 2) this.right.fill(0, 0, count)',
      replacement: '',
      why: 'gone is not gone',
      tests: ['codecs/frame-pcm'],
    },
    {
      name: 'both channels decoded together stay in memory',
      source: 'interleaved.fill(0, 0, 2 * count)',
      replacement: 'interleaved.fill(0, 0, count)',
      why: 'gone is not gone',
      tests: ['codecs/frame-pcm'],
    },
    {
      name: 'the last samples of a frame are not decoded',
      source: 'expandTwo(PAYLOAD_AT, payload.length,',
      replacement: 'expandTwo(PAYLOAD_AT, payload.length & ~31,',
      why: 'nobody hears the key that begins there',
      tests: ['codecs/frame-pcm'],
    },
    {
      name: 'a frame is decoded by the law of the frame before',
      source: 'this.#table.set(table)',
      replacement: 'if (this.#tableInUse === null) this.#table.set(table)',
      why: 'what the detectors hear of every other call is noise',
      tests: ['codecs/frame-pcm'],
    },
  ]),
  ...inFile('g711.ts', [
    {
      name: 'a frame that ends within a sample is decoded as if it did not',
      source: 'const isWhole = payload.length === sampleCount * channelCount',
      replacement: 'const isWhole = true',
      why: 'a sample stays in memory, and a payload that is too long ends its call',
      tests: ['codecs/frame-pcm'],
    },
  ]),
  ...inFile('pcma/pcma.ts', [
    {
      name: 'vectors expand A-law as if no bit were inverted',
      source: 'invertedBits: EVEN_BITS',
      replacement: 'invertedBits: 0',
      why: 'keys are looked for in noise',
      tests: ['codecs/frame-pcm'],
    },
  ]),
]
