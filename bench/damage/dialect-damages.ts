import type { Damage } from './damages.js'
import { inFile } from './in-file.js'

/** Faults in the dialects that read binary audio, and in AudioCodes': what gets past them, and what they would spoil. */
export const dialectDamages: readonly Damage[] = [
  ...inFile('dialects/linear-audio.ts', [
    {
      name: 'half a sample passes unheard',
      source: 'if (this.isOdd) data.fill(0, wholeEnd)',
      replacement: '',
      why: 'a byte that nobody has judged leaves with every odd message',
      tests: ['dialects/linear-audio'],
    },
    {
      name: 'a frame does not move the position on',
      source: 'this.#endSample = startSample + sampleCount',
      replacement: '',
      why: 'spans lie over audio that has long left',
      tests: ['dialects/linear-audio'],
    },
  ]),
  ...inFile('dialects/text.ts', [
    {
      name: 'a security code stays where its name gives it away',
      source: 'scrubNamedSecrets(scrubJsonText(text, exemptKeys))',
      replacement: 'scrubJsonText(text, exemptKeys)',
      why: 'what must never be stored is stored',
      tests: ['dialects/text'],
    },
    {
      name: 'what is spelled twice goes on as it came',
      source: 'isFaithful ? text : JSON.stringify(value)',
      replacement: 'text',
      why: "the recorder's reader takes the value that ours did not see",
      tests: ['dialects/text'],
    },
  ]),
  ...inFile('dialects/vonage/receive.ts', [
    {
      name: 'the first message keeps its card numbers',
      source: 'const clean = cleanText(parsed, exemptHeaders(parsed.value))',
      replacement: 'const clean = parsed.text',
      why: "a card number in the NCCO's headers is stored",
      tests: ['dialects/vonage/receive'],
    },
    {
      name: 'a key in an unknown event goes on',
      source: "if (hidesDigit(parsed.value)) violate('digit-malformed', out)\n    else ",
      replacement: '',
      why: 'a new event of Vonage tells the recorder the keys',
      tests: ['dialects/vonage/receive'],
    },
  ]),
  ...inFile('dialects/vonage/messages.ts', [
    {
      name: 'any number under caller-id is a telephone',
      source: 'const TELEPHONE = /^\\+?\\d{5,13}$/',
      replacement: 'const TELEPHONE = /^\\+?\\d{5,19}$/',
      why: 'a card number in a telephone header is stored',
      tests: ['dialects/vonage/messages'],
    },
  ]),
  ...inFile('dialects/vonage/token.ts', [
    {
      name: 'the signature of a token is not looked at',
      source: '|| !equalSecrets(signature!, expected)',
      replacement: '',
      why: 'anyone forks calls into the recorder',
      tests: ['dialects/vonage/token'],
    },
    {
      name: 'a token is good for ever',
      source: ' || iat < nowS - AGE_S_MAX',
      replacement: '',
      why: 'a token from an old log opens the port',
      tests: ['dialects/vonage/token'],
    },
  ]),
  ...inFile('dialects/audiocodes/receive.ts', [
    {
      name: 'formats that nobody can judge are offered on',
      source: '{ supportedMediaFormats: this.offered }',
      replacement: '{}',
      why: 'the recorder chooses one, and the call is refused',
      tests: ['dialects/audiocodes/receive'],
    },
    {
      name: 'a chunk goes on with whatever else it says',
      source: 'Object.keys(value).every((key) => chunkKeys.has(key))',
      replacement: 'true',
      why: 'a key or a card beside the audio is stored',
      tests: ['dialects/audiocodes/receive'],
    },
  ]),
  ...inFile('dialects/audiocodes/connection.ts', [
    {
      name: 'a bot does as it likes',
      source: 'return isAnswer || isAllowed ?',
      replacement: 'return group !== null || isAnswer ?',
      why: 'a recorder hangs up, or transfers, the call',
      tests: ['dialects/audiocodes/connection'],
    },
  ]),
]
