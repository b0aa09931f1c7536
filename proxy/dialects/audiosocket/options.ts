import { z } from 'zod'

export const audioSocketSchema = z.strictObject({
  /** The protocol has no credentials: whoever reaches the port is taken. */
  auth: z.literal('none').default('none'),
  recorderAuth: z.literal('none').default('none'),
  options: z
    .strictObject({
      /** Whose voice the fork carries, which the wire does not say. Default `mixed`. */
      role: z.enum(['caller', 'agent', 'mixed']).default('mixed'),
      /** What the recorder may send to the PBX: `audio` played to the call, `hangup`. Default none. */
      allowFromRecorder: z.array(z.enum(['audio', 'hangup'])).default([]),
    })
    .prefault({}),
})

export type AudioSocketOptions = z.infer<typeof audioSocketSchema>
