import { z } from 'zod'
import { authorizationSchema } from '../authorization.js'
import { listenShape } from '../mod-audio-fork/options.js'

export const modAudioStreamSchema = z.strictObject({
  /**
   * How the PBX proves who it is: the `Authorization` in the channel's STREAM_EXTRA_HEADERS. Default `none`: for a trial on
   * one machine, never for an open port.
   */
  auth: authorizationSchema.default('none'),
  /** What the recorder is shown. Default `none`. */
  recorderAuth: authorizationSchema.default('none'),
  options: z
    .strictObject({
      ...listenShape,
      /**
       * What becomes of text behind the metadata, all of it the application's own `send_text`. `scrub` (default): one message
       * per JSON document, digits and card numbers masked. `drop`: for recorders that would write it into the audio.
       */
      textAfterMetadata: z.enum(['drop', 'scrub']).default('scrub'),
      /**
       * Messages by `type` that the recorder may send to the PBX, where each becomes an event of FreeSWITCH, and `binary` for
       * audio played to the call. Default none.
       */
      allowFromRecorder: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
})

export type ModAudioStreamOptions = z.infer<typeof modAudioStreamSchema>
