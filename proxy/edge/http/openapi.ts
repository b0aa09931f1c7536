/** The API as an OpenAPI document (3.1.0), written from the schemas that the server checks bodies with. */
import { z } from 'zod'
import type { Scope } from '../../access/scopes.js'
import { signalPaths } from './api.js'
import { type SchemaName, schemas } from './schemas.js'

/** Bodies by their schema, or words where the answer is no JSON of ours. */
type Answer = readonly SchemaName[] | string

interface Operation {
  readonly method: 'get' | 'post' | 'options'
  readonly path: string
  readonly id: string
  readonly summary: string
  /** `none`: for everybody. `token`, `signature`: in the body, and over it. */
  readonly access: Scope | 'mint' | 'none' | 'token' | 'signature'
  readonly body?: SchemaName | 'any'
  readonly bodyTypes?: readonly string[]
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>
}

const JSON_TYPE = 'application/json'

const refusedAnswers = { 401: ['Refusal'], 403: ['Refusal'], 429: ['Refusal'] } as const
const bodyAnswers = { 400: ['Problem'], 413: ['Problem'], 415: ['Problem'] } as const
const signalAnswers = {
  200: ['SignalAnswer'],
  202: ['SignalAnswer'],
  404: ['SignalAnswer'],
  409: ['SignalAnswer'],
  503: ['SignalAnswer'],
  ...bodyAnswers,
  ...refusedAnswers,
} as const

const scopeOfSignal = (kind: string): Scope =>
  kind === 'payment' ? 'signal:payment' : kind === 'emergency' ? 'signal:end' : 'signal:manual'

const titled = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`

const signalOperations: readonly Operation[] = signalPaths.flatMap(({ kind, states }) => {
  const common = {
    method: 'post',
    access: scopeOfSignal(kind),
    body: kind === 'consent' ? 'Consent' : 'Step',
    answers: signalAnswers,
  } as const
  const summary = `${titled(kind)}: ${states.join(', ')}.`
  return [
    {
      ...common,
      path: `/v1/calls/{callId}/${kind}`,
      id: `${kind}ByCall`,
      summary: `${summary} The call by its id.`,
    },
    {
      ...common,
      path: `/v1/calls/by/{key}/{value}/${kind}`,
      id: `${kind}ByAlias`,
      summary: `${summary} The call by metadata of its start that the policy lists in addressBy.`,
    },
  ]
})

/** Every route of the server under `/v1`, and the files beside it. A test holds the server to this list. */
export const operations: readonly Operation[] = [
  ...signalOperations,
  {
    method: 'get',
    path: '/v1/calls',
    id: 'listCalls',
    summary: 'The calls that are here, those of your tenants.',
    access: 'read',
    answers: { 200: ['CallList'], ...refusedAnswers },
  },
  {
    method: 'get',
    path: '/v1/calls/{callId}',
    id: 'getCall',
    summary: 'One call, with all of its streams.',
    access: 'read',
    answers: { 200: ['Call'], 404: ['Unknown'], ...refusedAnswers },
  },
  {
    method: 'get',
    path: '/v1/calls/{callId}/ledger',
    id: 'getCallLedger',
    summary: 'What was done to one call, also one that has ended: its entries in the ledger.',
    access: 'ledger',
    answers: { 200: ['CallLedger'], 404: ['Unknown'], 503: ['Problem'], ...refusedAnswers },
  },
  {
    method: 'post',
    path: '/v1/tokens',
    id: 'mintToken',
    summary: 'A short-lived token for one step of one call, for a page that must hold no key.',
    access: 'mint',
    body: 'TokenRequest',
    answers: { 201: ['Token'], 503: ['Problem'], ...bodyAnswers, ...refusedAnswers },
  },
  {
    method: 'post',
    path: '/v1/forks/take',
    id: 'takeFork',
    summary: 'Dials a PBX that waits for it (Asterisk, WebSocket/INCOMING) and takes its fork.',
    access: 'forks:take',
    body: 'TakeRequest',
    answers: {
      201: ['Take'],
      404: ['Take'],
      502: ['Take'],
      503: ['Take'],
      ...bodyAnswers,
      ...refusedAnswers,
    },
  },
  {
    method: 'post',
    path: '/v1/drain',
    id: 'drain',
    summary: 'Takes no new call, waits for the live ones as after SIGTERM, ends.',
    access: 'administer',
    answers: { 202: ['Drain'], ...refusedAnswers },
  },
  {
    method: 'post',
    path: '/v1/payment',
    id: 'pagePayment',
    summary: 'A payment step from a payment page: what payment-page.js sends.',
    access: 'token',
    body: 'PageSignal',
    bodyTypes: [JSON_TYPE, 'text/plain'],
    answers: signalAnswers,
  },
  {
    method: 'options',
    path: '/v1/payment',
    id: 'pagePaymentPreflight',
    summary: 'Preflight, for pages that send JSON under its own type. The origins are configured.',
    access: 'none',
    answers: { 204: 'No content.' },
  },
  {
    method: 'post',
    path: '/v1/webhooks/{name}',
    id: 'webhook',
    summary: "A payment provider's signed message.",
    access: 'signature',
    body: 'any',
    answers: {
      200: ['SignalAnswer', 'Ignored'],
      400: ['Problem'],
      401: ['Refusal'],
      403: ['Refusal'],
      409: ['Refusal'],
      413: ['Problem'],
      422: ['Problem'],
      429: ['Refusal'],
      503: ['SignalAnswer'],
    },
  },
  {
    method: 'get',
    path: '/v1/openapi.json',
    id: 'openapi',
    summary: 'This document.',
    access: 'none',
    answers: { 200: 'OpenAPI 3.1.' },
  },
  {
    method: 'get',
    path: '/payment-page.js',
    id: 'paymentPage',
    summary: 'The script for payment pages.',
    access: 'none',
    answers: { 200: 'JavaScript.', 304: 'It is the one that you have.' },
  },
]

const reference = (name: SchemaName) => ({ $ref: `#/components/schemas/${name}` })

const contentOf = (names: readonly SchemaName[]) => ({
  [JSON_TYPE]: { schema: names.length === 1 ? reference(names[0]!) : { anyOf: names.map(reference) } },
})

const statusTexts: Readonly<Record<number, string>> = {
  200: 'Done.',
  201: 'Made.',
  202: 'Taken, and not done yet.',
  400: 'The body cannot be used; every problem is listed.',
  401: 'Who asks is not proved.',
  403: 'Who asks may not.',
  404: 'No such call is here, or no such step is open.',
  409: 'Several calls match, or this was taken before.',
  413: 'The body is too large.',
  415: 'The body is of another type.',
  422: 'The message lacks its call or its payment.',
  429: 'Too many requests.',
  503: 'It cannot be asked now: try again.',
}

const answerName = (status: string, answer: Answer): string =>
  typeof answer === 'string' ? '' : `${answer.join('Or')}${status}`

/** What several operations answer alike is told once, under `components`. */
const answerOf = (status: string, answer: Answer) =>
  typeof answer === 'string'
    ? { description: answer }
    : { $ref: `#/components/responses/${answerName(status, answer)}` }

const sharedAnswers = (): Record<string, object> =>
  Object.fromEntries(
    operations.flatMap(({ answers }) =>
      Object.entries(answers).flatMap(([status, answer]: [string, Answer]) =>
        typeof answer === 'string'
          ? []
          : [
              [
                answerName(status, answer),
                { description: statusTexts[Number(status)]!, content: contentOf(answer) },
              ],
            ],
      ),
    ),
  )

const bodyOf = ({ body, bodyTypes = [JSON_TYPE] }: Operation) => {
  if (body === undefined) return {}
  const schema = body === 'any' ? {} : reference(body)
  return {
    requestBody: { required: true, content: Object.fromEntries(bodyTypes.map((type) => [type, { schema }])) },
  }
}

const parametersOf = (path: string) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: 256 },
  }))

const securityOf = ({ access }: Operation) => {
  if (access === 'none' || access === 'token' || access === 'signature') return []
  return [{ bearer: access === 'mint' ? [] : [access] }, { certificate: [] }]
}

const operationOf = (operation: Operation) => ({
  operationId: operation.id,
  summary: operation.summary,
  security: securityOf(operation),
  ...(operation.path.includes('{') && { parameters: parametersOf(operation.path) }),
  ...bodyOf(operation),
  responses: Object.fromEntries(
    Object.entries(operation.answers).map(([status, answer]) => [status, answerOf(status, answer)]),
  ),
})

const pathsOf = (): Record<string, object> => {
  const paths: Record<string, Record<string, object>> = {}
  for (const operation of operations) {
    paths[operation.path] ??= {}
    paths[operation.path]![operation.method] = operationOf(operation)
  }
  return paths
}

const schemaOf = (name: SchemaName): object => {
  const io = name === 'TokenRequest' ? 'input' : 'output'
  const { $schema, ...schema } = z.toJSONSchema(schemas[name], { io })
  return schema
}

/** The document's text: what `GET /v1/openapi.json` answers, and what docs/openapi.json holds. */
export const openApiText = (version: string): string => {
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'hushfork',
      version,
      description: 'Signals to calls whose audio is being redacted. docs/api.md says what the answers mean.',
    },
    paths: pathsOf(),
    components: {
      schemas: Object.fromEntries(
        (Object.keys(schemas) as SchemaName[]).map((name) => [name, schemaOf(name)]),
      ),
      responses: sharedAnswers(),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key, or a token for one call.' },
        certificate: {
          type: 'mutualTLS',
          description: 'A client certificate that admin.certificates names.',
        },
      },
    },
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
