import t from 'tap'
import { PARAMETERS_CHARS_MAX } from '../../../proxy/dialects/audiohook/encode.js'
import { cleanEvent, cleanOpen, cleanParameters, metadataOf } from '../../../proxy/dialects/audiohook/text.js'
import { openParameters } from '../../support/audiohook-fork.js'

const PAN = '4111111111111111'
const MASK = '*'.repeat(16)
// Sixteen decimal digits that would make a card number, in a UUID that the protocol accepts.
const DIGITS_UUID = '41111111-1111-4111-8111-111111111111'

t.test('free text is scrubbed under every key, pinned values never', async (t) => {
  t.equal(
    cleanParameters('error', { code: 500, message: `card ${PAN}`, retryAfter: 'PT4.111111111111111S' }),
    `{"message":"card ${MASK}","code":500,"retryAfter":"PT4.111111111111111S"}`,
  )
  t.equal(
    cleanParameters('update', { language: 'en-GB', [PAN]: [PAN] }),
    `{"language":"en-GB","${MASK}":["${MASK}"]}`,
  )
  t.equal(
    cleanParameters('disconnect', { reason: 'error', info: PAN }),
    `{"info":"${MASK}","reason":"error"}`,
  )
  t.equal(cleanParameters('paused', {}), '{}')
})

t.test('what is too long is left out, down to the pinned values', async (t) => {
  const info = 'x'.repeat(PARAMETERS_CHARS_MAX)
  t.equal(cleanParameters('disconnect', { reason: 'completed', info }), '{"reason":"completed"}')
})

t.test('ids of the open are no card numbers, whatever their digits', async (t) => {
  const open = {
    ...openParameters,
    conversationId: DIGITS_UUID,
    participant: { id: DIGITS_UUID, ani: PAN, aniName: PAN, dnis: PAN },
    customConfig: { id: PAN, deep: [{ card: 378282246310005 }] },
    continuedSessions: [{ id: DIGITS_UUID, serverseq: 4, clientseq: 5 }],
  }
  const clean = JSON.parse(cleanOpen(open, [], false) ?? '')
  t.same(clean, {
    organizationId: openParameters.organizationId,
    conversationId: DIGITS_UUID,
    participant: { id: DIGITS_UUID, ani: MASK, aniName: MASK, dnis: MASK },
    media: [],
    language: 'en-GB',
    customConfig: { id: MASK, deep: [{ card: 999999999999999 }] },
  })
})

t.test('an open that is too long to pass on is none', async (t) => {
  const customConfig = { note: 'x'.repeat(PARAMETERS_CHARS_MAX) }
  t.equal(cleanOpen({ ...openParameters, customConfig }, [], false), null)
  t.not(cleanOpen({ ...openParameters, customConfig }, [], true), null)
})

t.test('metadata are the ids and the texts of customConfig, scrubbed', async (t) => {
  const customConfig = { agent: '17', card: PAN, deep: { agent: '18' }, participantId: 'mine' }
  t.same(metadataOf({ ...openParameters, customConfig }), {
    agent: '17',
    card: MASK,
    organizationId: openParameters.organizationId,
    participantId: openParameters.participant.id,
  })
})

t.test('a transcript is cleaned in its text and in its words', async (t) => {
  const data = {
    id: DIGITS_UUID,
    channelId: 0,
    isFinal: true,
    offset: 'PT1.5S',
    alternatives: [
      {
        confidence: 0.4111111111111111,
        interpretations: [
          {
            type: 'display',
            transcript: 'it is 4111 1111 1111 1111 thanks',
            tokens: ['it', 'is', '4111', '1111', '1111', '1111', 'thanks'].map((value) => ({
              type: 'word',
              value,
              offset: 'PT1.5S',
            })),
          },
        ],
      },
    ],
  }
  const clean = JSON.parse(cleanEvent({ entities: [{ type: 'transcript', data }] }) ?? '')
  const [entity] = clean.entities
  t.equal(entity.data.id, DIGITS_UUID)
  t.equal(entity.data.alternatives[0].confidence, 0.4111111111111111)
  const [spoken] = entity.data.alternatives[0].interpretations
  t.equal(spoken.transcript, 'it is **** **** **** **** thanks')
  t.same(
    spoken.tokens.map(({ value }: { value: string }) => value),
    ['it', 'is', '****', '****', '****', '****', 'thanks'],
  )
})

t.test('an entity that cannot be cleaned takes its event with it', async (t) => {
  const data = JSON.parse(`${'['.repeat(30_000)}${']'.repeat(30_000)}`)
  t.equal(
    cleanEvent({
      entities: [
        { type: 'x', data: 1 },
        { type: 'y', data },
      ],
    }),
    null,
  )
  t.equal(cleanEvent({ entities: [{ type: 'x', data: 'x'.repeat(PARAMETERS_CHARS_MAX) }] }), null)
  t.equal(cleanEvent({ entities: [{ type: 'x', data: 1 }] }), '{"entities":[{"type":"x","data":1}]}')
})

t.test('cleaning never lengthens', async (t) => {
  const entities = [{ type: 'x', data: [PAN, `${PAN} 12/29 123`, 'é 4111-1111-1111-1111'] }]
  t.ok((cleanEvent({ entities }) ?? '').length <= JSON.stringify({ entities }).length)
})
