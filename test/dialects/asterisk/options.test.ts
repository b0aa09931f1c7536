import t from 'tap'
import { asteriskSchema } from '../../../proxy/dialects/asterisk/options.js'

t.test(
  'without configuration nothing of the channel reaches the recorder, and the recorder can only ask',
  async (t) => {
    t.same(asteriskSchema.parse({}), {
      auth: 'none',
      recorderAuth: 'none',
      options: {
        role: 'mixed',
        callIdVariable: null,
        dialUrl: null,
        channelVariables: [],
        allowFromRecorder: ['GET_STATUS', 'MARK_MEDIA', 'REPORT_QUEUE_DRAINED'],
      },
    })
  },
)

t.test('unknown and unfit configuration is refused', async (t) => {
  for (const options of [
    { role: 'both' },
    { callIdVariable: '__CALL_ID' },
    { channelVariables: ['a b'] },
    { channelVariables: Array(65).fill('A') },
    { allowFromRecorder: ['hangup'] },
    { leg: 1 },
    { dialUrl: 'http://h/media' },
    { dialUrl: 'ws://u:p@h/media' },
    { dialUrl: 'ws://h/media?key=1' },
    { dialUrl: 'media' },
  ])
    t.equal(asteriskSchema.safeParse({ options }).success, false)
})
