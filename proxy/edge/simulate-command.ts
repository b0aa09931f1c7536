/** `hushfork simulate`: a PBX that forks a stored call, to try a set-up before the real one is there. */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import cliProgress from 'cli-progress'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Clock } from '../base/clock.js'
import { RedactError } from '../base/errors.js'
import { parseYaml } from '../config/yaml.js'
import type { Dialect, DialectPbx } from '../dialects/dialect.js'
import { dialects } from '../dialects/index.js'
import { schemesOf, transportOf } from '../dialects/transport.js'
import { samplesOf } from '../media/time.js'
import type { WireMessage } from '../media/wire.js'
import { authContext } from './auth-context.js'
import { pressKey } from './key-tone.js'
import { type Cue, playFork } from './pbx-client.js'
import type { TextOutput } from './redact-progress.js'
import {
  type KeyStep,
  keyStepOf,
  type PaymentStep,
  paymentStepsOf,
  readScript,
  ScriptError,
  type ScriptStep,
} from './simulate-script.js'
import { readWavPcm, type WavPcm } from './wav-pcm.js'

export interface SimulateArgs {
  readonly dialect: string
  readonly wav: string
  readonly url: string
  readonly callId?: string
  readonly speed: number
  readonly ptimeMs: number
  readonly metadata?: readonly string[]
  readonly key?: readonly string[]
  readonly payment?: readonly string[]
  readonly script?: string
  readonly admin?: string
  readonly credentials?: string
  readonly loop: number
}

export interface SimulateEnv {
  readonly stderr: TextOutput
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
}

/** Plays the call and tells how it went. 0: played; 1: the other side refused or broke off; 2: wrong usage. */
export const simulateCommand = async (args: SimulateArgs, env: SimulateEnv): Promise<0 | 1 | 2> => {
  const tell = (line: string): void => void env.stderr.write(`${line}\n`)
  try {
    await simulate(args, env, tell)
    return 0
  } catch (error) {
    tell(`hushfork simulate: ${wordsOf(error)}`)
    return error instanceof UsageError || error instanceof ScriptError || error instanceof RedactError ? 2 : 1
  }
}

class UsageError extends Error {}

/** File errors say which file; nothing quotes what the other side said. */
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : 'failed')

const simulate = async (
  args: SimulateArgs,
  env: SimulateEnv,
  tell: (line: string) => void,
): Promise<void> => {
  const dialect = dialectNamed(args.dialect)
  const url = urlFor(dialect, args.url)
  const steps = await stepsOf(args)
  if (steps.some((step) => 'payment' in step) && args.admin === undefined)
    throw new UsageError('payment signals go to the API: say where it is with --admin http://HOST:9464')
  const call = withKeys(await callOf(args), steps)
  const callId = args.callId ?? randomUUID()
  const pbx = dialect.simulate({
    callId,
    roles: call.channels.length === 1 ? ['mixed'] : ['caller', 'agent'],
    sampleRateHz: call.sampleRateHz,
    metadata: metadataOf(args.metadata ?? []),
    credentials: args.credentials === undefined ? null : parseYaml(await readFile(args.credentials, 'utf8')),
    url,
    auth: authContext(env.clock),
  })
  const seconds = call.channels[0]!.length / call.sampleRateHz
  tell(
    `call ${callId}: ${seconds.toFixed(1)} s, ${call.channels.length} track(s), ${call.sampleRateHz} Hz, to ${url.host}`,
  )
  const bar = barOn(env.stderr, seconds)
  const sent = await playFork({
    transport: transportOf(dialect),
    url,
    pbx,
    pcm: call.channels,
    sampleRateHz: call.sampleRateHz,
    ptimeMs: args.ptimeMs,
    speed: args.speed,
    cues: steps.map((step) =>
      'key' in step ? keyCue(step, pbx) : paymentCue(step, callId, args, env, tell),
    ),
    progress: (playedMs) => bar?.update(Math.round(playedMs / 1000)),
  }).finally(() => bar?.stop())
  tell(`${sent} messages sent, call ended`)
}

const dialectNamed = (name: string): Dialect => {
  const dialect = (dialects as Readonly<Record<string, Dialect>>)[name]
  if (dialect === undefined)
    throw new UsageError(`no dialect is called ${name}: ${Object.keys(dialects).join(', ')}`)
  return dialect
}

const urlFor = (dialect: Dialect, text: string): URL => {
  const schemes: readonly string[] = schemesOf[transportOf(dialect).kind]
  if (!URL.canParse(text) || !schemes.includes(new URL(text).protocol))
    throw new UsageError(
      `--url must begin with ${schemes.map((scheme) => `${scheme}//`).join(' or ')} for ${dialect.name}`,
    )
  return new URL(text)
}

const stepsOf = async ({ script, key = [], payment = [] }: SimulateArgs): Promise<ScriptStep[]> => [
  ...(script === undefined ? [] : await readScript(script)),
  ...key.map(keyStepOf),
  ...payment.flatMap(paymentStepsOf),
]

const callOf = async ({ wav, loop }: SimulateArgs): Promise<WavPcm> => {
  const { sampleRateHz, channels } = await readWavPcm(wav)
  if (channels[0]!.length === 0) throw new UsageError('the file holds no audio')
  return { sampleRateHz, channels: channels.map((pcm) => repeated(pcm, loop)) }
}

const repeated = (pcm: Int16Array, times: number): Int16Array => {
  const all = new Int16Array(pcm.length * times)
  for (let i = 0; i < times; i++) all.set(pcm, i * pcm.length)
  return all
}

/** Keys sound in the audio, as they do on a telephone; where the dialect tells them as well, a cue does. */
const withKeys = (call: WavPcm, steps: readonly ScriptStep[]): WavPcm => {
  const channels = call.channels.map((pcm) => pcm.slice())
  for (const step of steps)
    if ('key' in step) {
      const pcm = channels[Math.min(step.track, channels.length - 1)]!
      const at = samplesOf(step.at * 1000, call.sampleRateHz)
      pressKey(pcm, step.key, at, samplesOf(step.ms, call.sampleRateHz), call.sampleRateHz)
    }
  return { ...call, channels }
}

const metadataOf = (pairs: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1) throw new UsageError('--metadata takes KEY=VALUE')
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )

/** PBXs tell a key when it is let go. */
const keyCue = ({ at, key, ms, track }: KeyStep, pbx: DialectPbx): Cue => ({
  atMs: at * 1000 + ms,
  run: (out: WireMessage[]) => pbx.digit(track, key, ms, performance.now(), out),
})

const paymentCue = (
  { at, payment, signalId }: PaymentStep,
  callId: string,
  { admin }: SimulateArgs,
  { env }: SimulateEnv,
  tell: (line: string) => void,
): Cue => ({
  atMs: at * 1000,
  async run() {
    const key = env['HUSHFORK_API_KEY']
    const response = await fetch(new URL(`/v1/calls/${encodeURIComponent(callId)}/payment`, admin), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({ state: payment, signalId }),
    })
    const { result } = (await response.json().catch(() => ({}))) as { result?: unknown }
    tell(
      `${at.toFixed(1)} s  payment ${payment}: ${response.status} ${typeof result === 'string' ? result : ''}`,
    )
  },
})

const barOn = (stderr: TextOutput, seconds: number): cliProgress.SingleBar | null => {
  if (stderr.isTTY !== true) return null
  const bar = new cliProgress.SingleBar({
    stream: stderr,
    format: '{bar} {value} of {total} s',
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    clearOnComplete: true,
    hideCursor: true,
  })
  bar.start(Math.round(seconds), 0)
  return bar
}

const numberIn =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`It must be ${min} to ${max}.`)
    return value
  }

const collected = (text: string, before: string[] = []): string[] => [...before, text]

/** Adds the subcommand; its exit code goes to `process.exitCode`. */
export const addSimulateCommand = (program: Command, env: SimulateEnv): Command =>
  program
    .command('simulate')
    .summary('play a stored call as a PBX would fork it')
    .description(
      'Forks a stored call the way a PBX of the dialect does, to a proxy or straight to a recorder, with keys and payment ' +
        `signals at their times. Dialects: ${Object.keys(dialects).join(', ')}. Exit code: 0 played, 1 refused or broken off, ` +
        '2 wrong usage.',
    )
    .argument('<dialect>', 'what the PBX speaks')
    .requiredOption(
      '--wav <file>',
      'the call: left the caller, right the agent; mono: both on one track. 16-bit PCM, A-law or mu-law',
    )
    .requiredOption('--url <url>', 'where to fork it, such as ws://127.0.0.1:8080/fork/twilio')
    .option('--call-id <id>', 'default: a fresh UUID')
    .addOption(new Option('--speed <x>', 'times real time').default(1).argParser(numberIn(0.1, 1000)))
    .addOption(new Option('--ptime-ms <ms>', 'audio per step').default(20).argParser(numberIn(10, 1000)))
    .addOption(
      new Option('--loop <n>', 'play the file that many times').default(1).argParser(numberIn(1, 1000)),
    )
    .option('--metadata <key=value>', 'for the start message; repeatable', collected)
    .option('--key <seconds:key>', 'press a key, such as 2.5:7; repeatable', collected)
    .option('--payment <from-to>', 'a payment step in seconds, such as 10-21.5; repeatable', collected)
    .option(
      '--script <file>',
      'keys and payment signals as YAML: {steps: [{at: 2.5, key: 7}, {at: 10, payment: started}]}',
    )
    .option(
      '--admin <url>',
      'where payment signals go; the key comes from the environment variable HUSHFORK_API_KEY',
    )
    .option(
      '--credentials <file>',
      "the PBX's credentials as YAML, in the form that the dialect's page tells (docs/pbx/)",
    )
    .action(async (dialect: string, options: Omit<SimulateArgs, 'dialect'>) => {
      process.exitCode = await simulateCommand({ dialect, ...options }, env)
    })
