/** The package's folder: this file runs as it is compiled, three folders below it. */
const PACKAGE = new URL('../../../', import.meta.url)

/** A file of the package that is not compiled, from its path there ('public/payment-page.js'); a folder's ends with a slash. */
export const inPackage = (path: string): URL => new URL(path, PACKAGE)
