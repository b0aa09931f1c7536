/** What names and paths look like in every part of the file. */
import { z } from 'zod'
import { LABEL_PATTERN } from '../base/label.js'

/** What a metric takes as a label: see docs/metrics.md. Five digits in a row could be part of a number that is somebody's. */
export const nameSchema = z
  .string()
  .regex(
    LABEL_PATTERN,
    'must be a name: a letter first, then letters, digits, "-", "_" and ".", 32 characters at most, never five digits in a row',
  )

export const fileSchema = z.string().min(1).max(4096)
