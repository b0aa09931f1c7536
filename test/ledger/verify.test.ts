// Every single thing that can be done to a line is found and named: one byte flipped, a line removed, doubled, moved.
import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { bodyAfter, type ChainHead, emptyChain, seal } from '../../proxy/ledger/chain.js'
import type { LedgerEntry, OwnEntry } from '../../proxy/ledger/entry.js'
import { keyIdOf, publicKeyText, signatureOf } from '../../proxy/ledger/signing.js'
import { LedgerVerifier, type Verdict, type Witness } from '../../proxy/ledger/verify.js'

const { privateKey } = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519').privateKey
const publicKey = publicKeyText(privateKey)
const CHECKPOINT = { kind: 'checkpoint', key: keyIdOf(publicKey) } as const
const START_MS = Date.UTC(2026, 0, 1)

const failed = (detector: string): LedgerEntry => ({
  kind: 'detector-failed',
  callId: 'CA1',
  streamId: 'MZ1',
  tenant: 'default',
  detector,
})

const chained = (
  entries: readonly (LedgerEntry | OwnEntry)[],
  signingKey = privateKey,
  from: ChainHead = emptyChain,
): string[] => {
  let head = from
  return entries.map((entry) => {
    const body = bodyAfter(head, entry, START_MS)
    const isSigned = entry.kind === 'checkpoint' || entry.kind === 'signing-key'
    const { record, line } = seal(isSigned ? { ...body, signature: signatureOf(body, signingKey) } : body)
    head = record
    return line
  })
}

const opening: readonly OwnEntry[] = [
  { kind: 'file-opened', format: 1, ledgerId: 'ab', publicKey },
  { kind: 'ledger-opened', version: '0.0.0', tornBytes: 0 },
  CHECKPOINT,
]
const entries = [...opening, failed('a'), failed('b'), failed('c'), CHECKPOINT]
const lines = chained(entries)

/** The ledger with other lines in the place of `count` of its own. */
const replaced = (at: number, count: number, ...others: readonly string[]): string[] => [
  ...lines.slice(0, at),
  ...others,
  ...lines.slice(at + count),
]

const verified = (text: readonly string[], witness: Witness = {}, cut = false): Verdict => {
  const verifier = new LedgerVerifier(witness)
  verifier.file('ledger-000000000001.jsonl', 1)
  text.forEach((line, i) => {
    verifier.line(line, !(cut && i === text.length - 1))
  })
  return verifier.end()
}

const headOf = (line: string): ChainHead => JSON.parse(line)

t.test('a ledger as it was written is sound, and its newest checkpoint vouches for it', async (t) => {
  t.match(verified(lines, { publicKey }), { fault: null, entries: 7, firstSeq: 1, lastSeq: 7, vouchedSeq: 7 })
})

t.test('any byte of any line, with one bit flipped, is found on that line', async (t) => {
  let found = 0
  for (const [at, line] of lines.entries()) {
    const bytes = Buffer.from(line, 'utf8')
    for (let i = 0; i < bytes.length; i++) {
      const flipped = Buffer.from(bytes)
      flipped[i]! ^= 1 << ((at + i) % 8)
      const { fault } = verified(replaced(at, 1, flipped.toString('utf8')))
      if (fault?.kind === 'changed' && fault.line === at + 1 && fault.seq === at + 1) found++
      else t.fail(`line ${at + 1}, byte ${i}: ${JSON.stringify(fault)}`)
    }
  }
  t.equal(found, lines.join('').length)
})

t.test('any line that is removed is found and named', async (t) => {
  for (let at = 0; at < lines.length - 1; at++)
    t.match(verified(replaced(at, 1)).fault, { kind: 'missing', seq: at + 1, line: at + 1 })
  const checkpointLine = lines.at(-1)!
  t.match(verified(lines.slice(0, -1), { checkpointLine }).fault, { kind: 'cut', seq: 7 })
  t.match(verified(lines.slice(0, -1), { last: 7 }).fault, { kind: 'cut', seq: 7 })
})

t.test('any two neighbours that change places are found and named', async (t) => {
  for (let at = 0; at < lines.length - 1; at++) {
    const { fault } = verified(replaced(at, 2, lines[at + 1]!, lines[at]!))
    t.match(fault, { kind: 'reordered', seq: at + 1, line: at + 1 })
  }
})

t.test('any two lines that change places are found where the first of them was', async (t) => {
  for (let at = 0; at < lines.length; at++)
    for (let other = at + 1; other < lines.length; other++) {
      const moved = [...lines]
      moved[at] = lines[other]!
      moved[other] = lines[at]!
      t.match(verified(moved).fault, { line: at + 1 }, `${at + 1} and ${other + 1}`)
    }
})

t.test('a line that is there twice is found', async (t) => {
  for (let at = 0; at < lines.length; at++)
    t.match(verified(replaced(at, 0, lines[at]!)).fault, {
      kind: 'repeated',
      seq: at + 1,
      line: at + 2,
    })
})

t.test('an entry written anew, with a hash of its own, no longer carries the next', async (t) => {
  const [forged] = chained([failed('x')], privateKey, headOf(lines[3]!))
  t.match(verified(replaced(4, 1, forged!)).fault, { kind: 'rewritten', seq: 5, line: 6 })
})

t.test('everything written anew behind a checkpoint lacks the signature of the next', async (t) => {
  const forged = chained([failed('x'), failed('b'), failed('c'), CHECKPOINT], other, headOf(lines[2]!))
  t.match(verified([...lines.slice(0, 3), ...forged]).fault, { kind: 'bad-signature', seq: 7 })
})

t.test(
  'a ledger written anew with a key of its own is not the one that the right key vouches for',
  async (t) => {
    const forged = chained(
      [
        { kind: 'file-opened', format: 1, ledgerId: 'ab', publicKey: publicKeyText(other) },
        ...entries.slice(1),
      ],
      other,
    )
    t.match(verified(forged), { fault: null })
    t.match(verified(forged, { publicKey }).fault, { kind: 'wrong-key' })
  },
)

const next = publicKeyText(other)
/** Another key signs from the eighth entry on, which this key has signed. */
const handedOver = (appointing: typeof privateKey): string[] => {
  const appointed: OwnEntry = { kind: 'signing-key', publicKey: next, key: keyIdOf(publicKey) }
  const handed = chained([appointed], appointing, headOf(lines.at(-1)!))
  const after = [failed('d'), { kind: 'checkpoint', key: keyIdOf(next) }] as const
  return [...lines, ...handed, ...chained(after, other, headOf(handed[0]!))]
}

t.test('the key in force appoints the next one, which vouches for what follows', async (t) => {
  t.match(verified(handedOver(privateKey), { publicKey }), {
    fault: null,
    vouchedSeq: 10,
    keys: [keyIdOf(publicKey), keyIdOf(next)],
  })
})

t.test('a key that appoints itself is none, but for who knows it from elsewhere', async (t) => {
  t.match(verified(handedOver(other), { publicKey }).fault, { kind: 'wrong-key', seq: 8 })
  t.match(verified(handedOver(other)).fault, { kind: 'wrong-key', seq: 8 })
  t.match(verified(handedOver(other), { publicKey: next }), { fault: null, vouchedSeq: 10 })
})

t.test('nobody appoints the right key without having it', async (t) => {
  const forged = chained(
    [
      { kind: 'file-opened', format: 1, ledgerId: 'ab', publicKey: publicKeyText(other) },
      ...entries.slice(1),
      { kind: 'signing-key', publicKey, key: keyIdOf(publicKeyText(other)) },
    ],
    other,
  )
  t.match(verified(forged, { publicKey }).fault, { kind: 'wrong-key' })
})

t.test('who opens a ledger signs, and nothing is added to one that was closed', async (t) => {
  const closed = chained([...entries, { kind: 'ledger-closed' }, CHECKPOINT])
  const from = headOf(closed.at(-1)!)
  t.match(verified([...closed, ...chained([failed('x')], privateKey, from)]).fault, {
    kind: 'rewritten',
    seq: 10,
  })
  const unsigned = chained([opening[1]!, failed('x')], other, from)
  t.match(verified([...closed, ...unsigned]).fault, { kind: 'bad-signature', seq: 10 })
})

t.test('a file that ends within a line is cut', async (t) => {
  const cut = replaced(6, 1, lines[6]!.slice(0, 40))
  t.match(verified(cut, {}, true).fault, { kind: 'cut', seq: 7, line: 7 })
  t.match(verified(lines, {}, true).fault, { kind: 'cut', seq: 7, line: 7 })
})

t.test('a checkpoint beside the ledger must be in it, and be undamaged', async (t) => {
  const [checkpointLine] = chained([CHECKPOINT], privateKey, headOf(lines[4]!))
  t.match(verified(lines, { checkpointLine: checkpointLine! }).fault, { kind: 'rewritten', seq: 6 })
  t.match(verified(lines, { checkpointLine: '{}' }).fault, { kind: 'changed', file: 'checkpoint.json' })
})

t.test(
  'files are in the order of their names, begin with their first entry, and none is missing',
  async (t) => {
    const second = chained(
      [{ kind: 'file-opened', format: 1, ledgerId: 'ab', publicKey }, failed('d')],
      privateKey,
      headOf(lines.at(-1)!),
    )
    const over = (files: readonly (readonly [number, readonly string[]])[], witness: Witness = {}) => {
      const verifier = new LedgerVerifier(witness)
      for (const [firstSeq, text] of files) {
        verifier.file(`ledger-${firstSeq}`, firstSeq)
        for (const line of text) verifier.line(line, true)
      }
      return verifier.end().fault
    }
    t.equal(
      over([
        [1, lines],
        [8, second],
      ]),
      null,
    )
    t.match(
      over([
        [1, second],
        [8, lines],
      ]),
      { kind: 'reordered', seq: 1 },
    )
    t.match(over([[8, second]]), { kind: 'missing', seq: 1 })
    t.equal(over([[8, second]], { first: 8 }), null, 'unless retention has removed what was before')
    t.match(
      over([
        [1, lines],
        [9, second],
      ]),
      { kind: 'reordered', seq: 8 },
    )
    t.match(
      over([
        [1, lines],
        [9, second.slice(1)],
      ]),
      { kind: 'missing', seq: 8 },
    )
  },
)
