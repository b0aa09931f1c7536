import t from 'tap'
import { languageNames } from '../../../../proxy/detectors/speech/words/languages/index.js'
import { digitsSaid } from '../../../support/speech-words.js'
import { formsOf } from '../../../support/spoken-forms.js'

for (const name of languageNames) {
  const forms = formsOf(name)
  t.test(`${name}: ${forms.length} ways to say a number mean the digits that they mean`, async (t) => {
    t.ok(forms.length >= 40)
    for (const [text, digits] of forms) t.equal(digitsSaid(name, text), digits, text)
  })
}
