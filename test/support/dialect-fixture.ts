import { readFileSync } from 'node:fs'
import { inPackage } from '../../proxy/base/package-file.js'
import type { Side } from '../../proxy/dialects/dialect.js'
import { textMessage, type WireMessage } from '../../proxy/media/wire.js'

export interface FixtureLine {
  readonly side: Side
  readonly message: WireMessage
}

/** A recorded or written exchange: `fixtures/dialects/<folder>/<name>.jsonl`, one message a line. */
export const readFixture = (folder: string, name: string): FixtureLine[] =>
  readFileSync(inPackage(`fixtures/dialects/${folder}/${name}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .map(({ side, text, binary }: { side: Side; text?: string; binary?: string }) => ({
      side,
      message:
        text === undefined
          ? { data: new Uint8Array(Buffer.from(binary ?? '', 'base64')), isBinary: true }
          : textMessage(text),
    }))

/** A message of its own bytes, for whoever hands messages to someone who will overwrite them. */
export const copyOf = ({ data, isBinary }: WireMessage): WireMessage => ({ data: data.slice(), isBinary })
