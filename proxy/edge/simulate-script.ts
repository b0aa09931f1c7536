/** What happens in a simulated call besides its audio: keys, and payment signals, each at its time. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { problemsOf } from '../config/problems.js'
import { parseYaml } from '../config/yaml.js'

/** Telephones press for about 100 ms; ITU-T Q.24 has networks take 40 ms at least. */
const PRESS_MS = 100

const atSchema = z.number().min(0).max(86_400)

const stepSchema = z.union([
  z.strictObject({
    /** Seconds into the call. */
    at: atSchema,
    key: z
      .union([z.string(), z.number().int().min(0).max(9)])
      .transform(String)
      .pipe(z.string().regex(/^[0-9A-D*#]$/, 'must be one of 0-9, A-D, * and #')),
    /** How long it is pressed, ms. */
    ms: z.number().int().min(10).max(10_000).default(PRESS_MS),
    /** Who presses: 0 the caller, 1 the agent. */
    track: z.number().int().min(0).max(1).default(0),
  }),
  z.strictObject({
    at: atSchema,
    payment: z.enum(['started', 'ended']),
    signalId: z.string().min(1).max(128).default('simulated'),
  }),
])

export type ScriptStep = z.infer<typeof stepSchema>
export type KeyStep = Extract<ScriptStep, { key: string }>
export type PaymentStep = Extract<ScriptStep, { payment: string }>

const scriptSchema = z.strictObject({ steps: z.array(stepSchema).max(10_000) })

/** What is wrong with a script, one line each. */
export class ScriptError extends Error {}

/** A YAML file with `steps`, a list. Rejects with ScriptError that names every problem by its path, and quotes no value. */
export const readScript = async (path: string): Promise<ScriptStep[]> => {
  const tree = parseYaml(await readFile(path, 'utf8'))
  const problems = problemsOf(scriptSchema, tree)
  if (problems.length > 0)
    throw new ScriptError(
      problems.map(({ path, message }) => `${path || 'the script'}: ${message}`).join('\n'),
    )
  return scriptSchema.parse(tree).steps
}

/** `2.5:7`: key 7, 2.5 s into the call. */
export const keyStepOf = (text: string): ScriptStep => {
  const [at, key] = text.split(':')
  const step = stepSchema.safeParse({ at: Number(at), key })
  if (!step.success || at === '') throw new ScriptError('--key takes SECONDS:KEY, such as 2.5:7')
  return step.data
}

/** `10-21.5`: a payment step from 10 s to 21.5 s into the call. */
export const paymentStepsOf = (text: string, index: number): ScriptStep[] => {
  const [from, to] = text.split('-').map(Number)
  const signalId = `simulated-${index}`
  const steps = z.array(stepSchema).safeParse([
    { at: from, payment: 'started', signalId },
    { at: to, payment: 'ended', signalId },
  ])
  if (!steps.success || !(from! < to!))
    throw new ScriptError('--payment takes FROM-TO in seconds, such as 10-21.5')
  return steps.data
}
