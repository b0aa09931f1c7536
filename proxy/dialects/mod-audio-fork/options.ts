import { z } from 'zod'
import { authorizationSchema } from '../authorization.js'

/** Messages that the module acts on, and `binary` for audio played to the call. */
const fromRecorder = z.enum([
  'binary',
  'playAudio',
  'killAudio',
  'mark',
  'clearMarks',
  'transcription',
  'transfer',
  'disconnect',
  'error',
  'json',
  'streamAudio',
])

/** What `mod_audio_fork` and `mod_audio_stream` have in common. */
export const listenShape = {
  /** Rate in Hz where the metadata names none: a multiple of 8,000 up to 64,000. Default 8,000. */
  sampleRate: z.number().int().multipleOf(8000).min(8000).max(64_000).default(8000),
  /** `mono` is the caller alone, `stereo` caller left and agent right; where the metadata names none. Default `mono`. */
  mixType: z.enum(['mono', 'mixed', 'stereo']).default('mono'),
  /** What a keyed digit becomes under `textAfterMetadata: scrub`: one character. Default `*`. */
  digitMask: z.string().length(1).default('*'),
}

export const modAudioForkSchema = z.strictObject({
  /**
   * How the PBX proves who it is: `basic` is MOD_AUDIO_BASIC_AUTH_USERNAME and _PASSWORD of the channel, jambonz' `wsAuth`.
   * Default `none`: for a trial on one machine, never for an open port.
   */
  auth: authorizationSchema.default('none'),
  /** What the recorder is shown. Default `none`. */
  recorderAuth: authorizationSchema.default('none'),
  options: z
    .strictObject({
      ...listenShape,
      /**
       * What becomes of text behind the metadata. `drop` (default): recorders that write it into the audio exist, jambonz'
       * own among them. `scrub`: one message per JSON document, digits and card numbers masked.
       */
      textAfterMetadata: z.enum(['drop', 'scrub']).default('drop'),
      /** Messages by `type` that the recorder may send to the PBX. Default none: it could hang up or transfer the call. */
      allowFromRecorder: z.array(fromRecorder).default([]),
      /** Subprotocol asked of the recorder when the PBX offers none; null: none either. Default the module's own. */
      subprotocol: z.string().min(1).nullable().default('audio.drachtio.org'),
    })
    .prefault({}),
})

export type ModAudioForkOptions = z.infer<typeof modAudioForkSchema>

/** What a call needs to know, of either module. */
export interface ListenOptions {
  readonly sampleRate: number
  readonly mixType: 'mono' | 'mixed' | 'stereo'
  readonly digitMask: string
  readonly textAfterMetadata: 'drop' | 'scrub'
  /** Messages by `type`, and `binary`. */
  readonly allowFromRecorder: readonly string[]
}
