/**
 * Labelled speech, from a directory that is named on the command line; nothing of it is in this repository.
 *
 *   manifest.json        { "files": [{ "file": "audio/a.wav", "manifest": "audio/a.json", "class": "digits" }, ...] }
 *   audio/a.wav          mu-law, A-law or 16-bit PCM, mono or stereo
 *   audio/a.json         what is said in it, positions in samples, `end` exclusive: docs/speech.md
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const rangeSchema = z.object({ start: z.number(), end: z.number() })

const secretSchema = rangeSchema.extend({
  kind: z.string(),
  channel: z.string(),
  words: z.array(rangeSchema.extend({ w: z.string(), digits: z.string() })),
})

const labelsSchema = z.object({
  channels: z.array(z.string()).min(1),
  noise: z.object({ type: z.string(), snrDb: z.number() }).nullable(),
  sensitive: z.array(secretSchema),
  phrases: z.array(rangeSchema.extend({ id: z.string(), channel: z.string() })),
  utterances: z.array(rangeSchema.extend({ channel: z.string(), voice: z.string().nullish() })).default([]),
})

const manifestSchema = z.object({
  files: z.array(z.object({ file: z.string(), manifest: z.string(), class: z.string() })),
})

/** Something that must not be heard, and who says it. */
export type Secret = z.infer<typeof secretSchema> & { readonly isHuman: boolean }

export interface SpeechFile {
  readonly name: string
  readonly class: string
  /** 'real', 'synthetic' or 'music', of what is only talk. */
  readonly talk: string
  readonly isNoisy: boolean
  readonly bytes: Uint8Array
  readonly channels: readonly string[]
  readonly secrets: readonly Secret[]
  readonly phrases: readonly { readonly start: number; readonly end: number; readonly id: string }[]
}

/** Voices recorded from people; all others are made by a machine. */
const isHumanVoice = (voice: string | null | undefined): boolean => /^(fsdd|human)/.test(voice ?? '')

const talkOf = (name: string): string =>
  /music|tone/.test(name) ? 'music' : /tts/.test(name) ? 'synthetic' : 'real'

/** Every file of the corpus. @throws Error for a directory without a manifest, or one that is not of this format */
export const readCorpus = (directory: string): readonly SpeechFile[] => {
  const { files } = manifestSchema.parse(JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')))
  return files.map(({ file, manifest, class: kind }) => {
    const labels = labelsSchema.parse(JSON.parse(readFileSync(join(directory, manifest), 'utf8')))
    return {
      name: file,
      class: kind,
      talk: talkOf(file),
      isNoisy: labels.noise !== null,
      bytes: readFileSync(join(directory, file)),
      channels: labels.channels,
      phrases: labels.phrases,
      secrets: labels.sensitive.map((secret) => ({
        ...secret,
        isHuman: labels.utterances.some(
          ({ channel, start, end, voice }) =>
            channel === secret.channel && start < secret.end && secret.start < end && isHumanVoice(voice),
        ),
      })),
    }
  })
}
