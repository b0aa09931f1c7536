/**
 * Secrets that are too short to be known by their digits, and are known by what they are called: security codes, PINs, keys
 * that somebody pressed. In JSON as `"cvv":"737"`, in free text as "security code is 737".
 */

/** What such a secret is called. `pin`, `keys` and `digits` only as words of their own: a `spin` or a `hotkeys` is none. */
const names = `(?:cvv2?|cvc2?|csc|cvn|security[ _-]?code|(?<![A-Za-z])(?:pin|dtmf|digits?|keys)(?![a-z]))`

/** The name, up to a word more, punctuation, and the digits: in one piece or in groups. */
const named = new RegExp(
  `(${names}(?:[ _-]?(?:code|number|value|no|num))?(?:\\W{0,4}|\\W{1,3}(?:is|was)\\W{1,3}))(\\d(?:[ -]?\\d)*)`,
  'gi',
)

/**
 * The same text with those digits masked by `*`, by 9 where they are a bare number in JSON. Length and everything else stay;
 * the identical string comes back when there is nothing. Linear in the length of the text.
 */
export const scrubNamedSecrets = (text: string): string =>
  text.replace(
    named,
    (_, name: string, digits: string) => name + digits.replace(/\d/g, /":\s*$/.test(name) ? '9' : '*'),
  )
