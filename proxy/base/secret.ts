import { createHash, timingSafeEqual } from 'node:crypto'

const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest()

/** Whether two secrets are equal, in a time that depends on neither content nor length. */
export const equalSecrets = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
