/**
 * Which names a client certificate carries, in the form in which admin.certificates names them: `DNS:desk.example`,
 * `URI:spiffe://example/desk`, `email:desk@example`, `CN:desk`. Whether it is genuine is TLS' business, and comes first.
 */

/** What Node tells of a certificate: `subject` a line for each attribute, `subjectAltName` joined by commas. */
export interface CertificateText {
  readonly subject: string
  readonly subjectAltName: string | undefined
}

/** What may be written: a kind, a colon, a name. */
export const CERTIFICATE_NAME_PATTERN = /^(DNS|URI|email|CN):[\x21-\x7e]{1,253}$/

/** A name in quotes holds characters that could pass for the next name: Node quotes it, and we take none of those. */
const ALTERNATIVE_NAME = /(\w+(?: \w+)*):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g

export const certificateNames = ({ subject, subjectAltName }: CertificateText): string[] => [
  ...[...(subjectAltName ?? '').matchAll(ALTERNATIVE_NAME)].flatMap(([, kind, name]) =>
    name!.startsWith('"') ? [] : [`${kind}:${name}`],
  ),
  ...subject.split('\n').flatMap((line) => (line.startsWith('CN=') ? [`CN:${line.slice(3)}`] : [])),
]
