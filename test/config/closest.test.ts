import t from 'tap'
import { closestOf } from '../../proxy/config/closest.js'

const names = ['holdBackMs', 'flushMs', 'policy', 'path', 'mod_audio_fork']

t.test(
  'slips of the finger are seen through: added, left out, changed, swapped, case, separators',
  async (t) => {
    for (const word of ['holdBackkMs', 'holdBckMs', 'holdBaxkMs', 'hodlBackMs', 'holdbackms', 'hold_back_ms'])
      t.equal(closestOf(word, names), 'holdBackMs', word)
    t.equal(closestOf('mod-audio-fork', names), 'mod_audio_fork')
  },
)

t.test('another word is not taken for a slip', async (t) => {
  for (const word of ['tenant', 'x', '', 'po', 'recorder', 'holdBackMs'.repeat(10)])
    t.equal(closestOf(word, names), undefined, word)
  t.equal(closestOf('policy', []), undefined)
})

t.test('of several the closest is named', async (t) => {
  t.equal(closestOf('patth', ['pads', 'path', 'paths']), 'path')
})
