import { z } from 'zod'
import { authorizationSchema } from '../authorization.js'

/** The formats that can be judged, by their names on the wire; WIRE.md has the sources of their rates. */
export const mediaFormats = ['raw/lpcm16', 'raw/lpcm16_24', 'raw/mulaw'] as const

export type MediaFormat = (typeof mediaFormats)[number]

/** Groups of messages that a bot may send: `playStream`: audio; `speech`: what it understood; `activities`: what it wants done. */
const fromRecorder = z.enum(['activities', 'playStream', 'speech'])

const participant = z.string().min(1).max(64)

export const audiocodesSchema = z.strictObject({
  /** How VoiceAI Connect proves who it is: the provider's `token`. Default `none`: for a trial on one machine. */
  auth: authorizationSchema.default('none'),
  /** What the recorder is shown. Default `none`. */
  recorderAuth: authorizationSchema.default('none'),
  options: z
    .strictObject({
      /** Names of the participants: the caller's, then the agent's. A stream without a name is the first's. */
      participants: z.array(participant).min(1).max(2).default(['caller', 'agent']),
      /** Formats that the recorder may choose from, of those that VoiceAI Connect offers. Default all three. */
      mediaFormats: z
        .array(z.enum(mediaFormats))
        .min(1)
        .default([...mediaFormats]),
      /**
       * Whether `pauseCallRecording` and `resumeCallRecording` from the recorder's side are a payment step's start and end.
       * Default `ignore`: who may end a silence is not for a bot to say.
       */
      recordingActivities: z.enum(['ignore', 'payment']).default('ignore'),
      /** What a keyed digit becomes: one character. Default `*`. */
      digitMask: z.string().length(1).default('*'),
      /** What the recorder may send to VoiceAI Connect beside its answers. Default nothing: it could play to, or hang up, the call. */
      allowFromRecorder: z.array(fromRecorder).default([]),
    })
    .prefault({}),
})

export type AudiocodesOptions = z.infer<typeof audiocodesSchema>
