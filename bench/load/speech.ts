/** Two people who talk in turns, for calls that a recogniser listens to. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { inPackage } from '../../proxy/base/package-file.js'
import { type WavPart, WavScanner } from '../../proxy/media/wav.js'

/** The demo's call: 68 s of two synthetic voices, with keys and spoken secrets, mu-law at 8,000 Hz. */
const RECORDING = fileURLToPath(inPackage('fixtures/audio/demo-call.wav'))

/** Writes what the generator's --speech takes: the caller's track, and behind it the agent's. */
export const writeSpeech = (file: string): void => {
  const scanner = new WavScanner()
  const parts: WavPart[] = []
  scanner.push(readFileSync(RECORDING), parts)
  scanner.end()
  if (scanner.format?.codec !== 'pcmu' || scanner.format.channelCount !== 2)
    throw new Error(`${RECORDING} is not stereo mu-law`)
  const both = Buffer.concat(parts.filter(({ kind }) => kind === 'samples').map(({ bytes }) => bytes))
  const trackOf = (channel: number): Uint8Array => both.filter((_, i) => i % 2 === channel)
  writeFileSync(file, Buffer.concat([trackOf(0), trackOf(1)]))
}
