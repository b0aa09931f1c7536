// Numbers as ICU spells them by the rules of Unicode's CLDR, read back: the lists are held to a reference that knows nothing of them.
import { spawnSync } from 'node:child_process'
import t from 'tap'
import type { LanguageName } from '../../../../proxy/detectors/speech/words/languages/index.js'
import { digitsSaid } from '../../../support/speech-words.js'

/** Debian's own interpreter: that is the one which python3-icu is for. */
const PYTHON = '/usr/bin/python3'

/** Every number below 1000, and some beyond, in each rule set for cardinals; of German none that are declined, nobody reads so. */
const SPELL = `
from icu import RuleBasedNumberFormat, URBNFRuleSetTag, Locale
import json
spelled = []
for name in ['en', 'fr', 'fr_BE', 'fr_CH', 'nl', 'de', 'es', 'cy']:
    rules = RuleBasedNumberFormat(URBNFRuleSetTag.SPELLOUT, Locale(name))
    names = [rules.getRuleSetName(i) for i in range(rules.getNumberOfRuleSetNames())]
    for rule_set in names:
        kind = rule_set.replace('%spellout-', '')
        if 'ordinal' in kind or 'year' in kind or kind in ('cardinal-n', 'cardinal-s', 'cardinal-m'):
            continue
        rules.setDefaultRuleSet(rule_set)
        for number in list(range(10, 1000)) + list(range(1000, 10000, 37)):
            spelled.append([name[:2], number, rules.format(number)])
print(json.dumps(spelled))
`

const run = spawnSync(PYTHON, ['-c', SPELL], { encoding: 'utf8', maxBuffer: 1 << 26 })

t.test(
  'every number that ICU spells is read as that number',
  { skip: run.status === 0 ? false : 'needs the Debian package python3-icu' },
  async (t) => {
    const spelled = JSON.parse(run.stdout) as [LanguageName, number, string][]
    t.ok(spelled.length > 15_000)
    const misread = spelled.filter(([name, number, text]) => digitsSaid(name, text) !== String(number))
    t.same(misread, [])
  },
)
