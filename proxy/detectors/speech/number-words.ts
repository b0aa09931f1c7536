/**
 * How many numbers a word stands for, where nothing but the word is known. A digit, a teen and a ten are one; "double" is one
 * more than the digit behind it, "triple" two; digits as a recogniser writes them are as many as there are.
 */
const counts: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    (
      'zero oh o nought naught nil one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen ' +
      'sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety teen tens double'
    )
      .split(' ')
      .map((word) => [word, 1]),
  ),
  triple: 2,
}

/** 0 for what is no number. */
export const numbersIn = (text: string): number =>
  Object.hasOwn(counts, text) ? counts[text]! : text.replace(/\D/g, '').length
