/** Some releases of the module run texts together that were queued at the same time: one message, several documents. */

export interface JsonDocuments {
  /** Every object and array, as it was spelled. */
  readonly documents: readonly string[]
  /** Whether there was anything else but white space. */
  readonly hasRest: boolean
}

/** Most documents looked for in one message; a handful is queued between two writes of the module. The others are rest. */
const DOCUMENTS_MAX = 256

/** The JSON objects and arrays in a text, in order. Never fails; linear in the length. */
export function splitDocuments(text: string): JsonDocuments {
  const documents: string[] = []
  let hasRest = false
  let at = 0
  for (let count = 0; at < text.length; count++) {
    const start = count < DOCUMENTS_MAX ? nextOpening(text, at) : text.length
    hasRest ||= text.slice(at, start).trim() !== ''
    if (start === text.length) break
    const end = closingBehind(text, start)
    const document = text.slice(start, end)
    if (end > 0 && isJson(document)) documents.push(document)
    else hasRest = true
    if (end < 0) break
    at = end
  }
  return { documents, hasRest }
}

function nextOpening(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '{' && text[at] !== '[') at++
  return at
}

/** The index behind the bracket that closes the one at `start`; -1 when none does. */
function closingBehind(text: string, start: number): number {
  let depth = 0
  let isInString = false
  for (let at = start; at < text.length; at++) {
    const char = text[at]
    if (isInString) {
      if (char === '\\') at++
      else if (char === '"') isInString = false
    } else if (char === '"') isInString = true
    else if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') {
      depth--
      if (depth === 0) return at + 1
    }
  }
  return -1
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
