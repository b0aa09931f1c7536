/** Sequences of words, found by the longest that begins at a place. */
interface Node<V> {
  readonly next: Map<string, Node<V>>
  value: V | undefined
}

export interface Match<V> {
  readonly value: V
  /** How many words it took. */
  readonly length: number
}

export class WordTrie<V> {
  readonly #root: Node<V> = { next: new Map(), value: undefined }

  /** Words between spaces. Of two values for the same words the first stays. */
  add(phrase: string, value: V): void {
    let node = this.#root
    for (const word of phrase.split(' ')) {
      let next = node.next.get(word)
      if (next === undefined) {
        next = { next: new Map(), value: undefined }
        node.next.set(word, next)
      }
      node = next
    }
    node.value ??= value
  }

  /** The longest phrase whose words are those from `index` on; `wordAt` gives undefined where there is none, or no more. */
  longest(index: number, wordAt: (index: number) => string | undefined): Match<V> | null {
    let node = this.#root
    let found: Match<V> | null = null
    for (let length = 1; ; length++) {
      const word = wordAt(index + length - 1)
      const next = word === undefined ? undefined : node.next.get(word)
      if (next === undefined) return found
      node = next
      if (node.value !== undefined) found = { value: node.value, length }
    }
  }
}

/** A trie of phrases that all mean the same. */
export const trieOf = (phrases: readonly string[]): WordTrie<true> => {
  const trie = new WordTrie<true>()
  for (const phrase of phrases) trie.add(phrase, true)
  return trie
}
