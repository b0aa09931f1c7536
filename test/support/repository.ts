/** The repository's folder: tests run as they are compiled, three folders below it. */
const REPOSITORY = new URL('../../../', import.meta.url)

/** A file or folder of the repository, from its path there; a folder's ends with a slash. */
export const inRepository = (path: string): URL => new URL(path, REPOSITORY)
