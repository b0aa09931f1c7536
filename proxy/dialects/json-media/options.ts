/** Keys that several of these dialects have alike. */
import { z } from 'zod'

/** Text that may not be empty, and is never shown. */
export const secretSchema = z.string().min(1)

/** `wss://` or `https://`, host, path and query exactly as the PBX was given them: a signature covers every character. */
export const publicUrlSchema = z.url({ protocol: /^(wss|https|ws|http)$/ })

/** What a keyed digit becomes in a message about it: one printable ASCII character. Default `*`. */
export const digitMaskSchema = z
  .string()
  .regex(/^[ -~]$/)
  .refine((char) => char !== '"' && char !== '\\', 'must need no escape in JSON')
  .default('*')

/** What the recorder is told of parameters that the caller's own application made up, secrets masked in any case. */
export const parametersSchema = z.union([
  z.enum(['scrub', 'drop']),
  z.strictObject({ allow: z.array(z.string()) }),
])

export type Parameters = z.infer<typeof parametersSchema>

/** Which of L16's two bytes comes first. */
export const byteOrderSchema = z.enum(['little', 'big'])

/** The codec of linear audio in that byte order. */
export const l16Of = (byteOrder: 'little' | 'big'): string => (byteOrder === 'little' ? 'l16' : 'l16be')
