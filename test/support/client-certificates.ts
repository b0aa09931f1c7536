import { createPrivateKey, type JsonWebKey } from 'node:crypto'

/** For nothing but tests: made by openssl req -x509 and openssl x509 -req, P-256, good for a hundred years. */
const identity = (cert: string, key: JsonWebKey) => ({
  cert: Buffer.from(cert),
  key: Buffer.from(createPrivateKey({ format: 'jwk', key }).export({ type: 'pkcs8', format: 'pem' })),
})

/** Whom the proxy of a test believes. */
export const clientCa = Buffer.from(`-----BEGIN CERTIFICATE-----
MIIBjTCCATOgAwIBAgIUTDfrteOiaOkhlBdOeWLHyCjmkcYwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQY2xpZW50cyBvZiB0ZXN0czAgFw0yNjExMjIwNTAwNDhaGA8y
MTI2MTAyOTA1MDA0OFowGzEZMBcGA1UEAwwQY2xpZW50cyBvZiB0ZXN0czBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABMtdqEWCWFpHS0MFlnmK/VelvRWswMuU8BRH
L6Px6lpPisaoGLYebBjMZSEUxKM+vczudcP+rjV5TjqrDfbec/2jUzBRMB0GA1Ud
DgQWBBS/esrMrTU6Y//nBdkmulNqirfPGjAfBgNVHSMEGDAWgBS/esrMrTU6Y//n
BdkmulNqirfPGjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDI
VnMjzs0Wm1ZQ/+3Vtq7xVRujksj5UwAHg4PCAWrqSgIgChX2sMFDkVBklxxnunkX
uNOvWb5+yGtfV1K5xxa+da0=
-----END CERTIFICATE-----
`)

/** Signed by it: CN=desk, DNS:desk.example, URI:spiffe://acme/desk. */
export const deskIdentity = identity(
  `-----BEGIN CERTIFICATE-----
MIIBtDCCAVqgAwIBAgIUFW9CZDv/ujSbBRoLpVdsRhVWCq4wCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQY2xpZW50cyBvZiB0ZXN0czAgFw0yNjExMjIwNTAwNDhaGA8y
MTI2MTAyOTA1MDA0OFowDzENMAsGA1UEAwwEZGVzazBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABIwvpUEJUE2dFwsRPWgMmPMJDH2CKWVYWthc8rHIw27FYQS4qP4M
BJKbaTbypCwyLGQiS6CECpaiQpqkT9W+qkCjgYUwgYIwKwYDVR0RBCQwIoIMZGVz
ay5leGFtcGxlhhJzcGlmZmU6Ly9hY21lL2Rlc2swEwYDVR0lBAwwCgYIKwYBBQUH
AwIwHQYDVR0OBBYEFPKKgy2dgBnlOVfm+QZ5/Shu0d9tMB8GA1UdIwQYMBaAFL96
ysytNTpj/+cF2Sa6U2qKt88aMAoGCCqGSM49BAMCA0gAMEUCIQCSTJCL9aEHQ/hG
j90i73Wo+0bNpSXFYaM3CBNiDUPNtgIgPRdVjnZ2MfD32ydnCDwVQZmrMHg5dIAx
KNoE4oXFCW0=
-----END CERTIFICATE-----
`,
  {
    kty: 'EC',
    crv: 'P-256',
    x: 'jC-lQQlQTZ0XCxE9aAyY8wkMfYIpZVha2FzyscjDbsU',
    y: 'YQS4qP4MBJKbaTbypCwyLGQiS6CECpaiQpqkT9W-qkA',
    d: 'ariE0biRsux-b4V6U4kZoFZpnQKfBpv507xmFiZ4Vyg',
  },
)

/** The same names, signed by nobody but itself. */
export const strangerIdentity = identity(
  `-----BEGIN CERTIFICATE-----
MIIBjjCCATSgAwIBAgIUWpPoMG/TQpWO1IazuGB2AxUbLAcwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEZGVzazAgFw0yNjExMjIwNTAwNDhaGA8yMTI2MTAyOTA1MDA0
OFowDzENMAsGA1UEAwwEZGVzazBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABP90
x05Xg682+lnT2lu6bblyYOZXrL6p4TlicxjHw+4FJkamrCY4wTGxp7fPZoUGfAur
DZTftzh/J2OUSE7ZV6GjbDBqMB0GA1UdDgQWBBTB4Z0/kQNqJFcjVr2AjakrLL3C
GjAfBgNVHSMEGDAWgBTB4Z0/kQNqJFcjVr2AjakrLL3CGjAPBgNVHRMBAf8EBTAD
AQH/MBcGA1UdEQQQMA6CDGRlc2suZXhhbXBsZTAKBggqhkjOPQQDAgNIADBFAiBb
Jytn+y1/zF3tcXJdhsdAc/lX1314/ugwgMj7WRIYHwIhANtHZO/ZAC5w2xbtFLUx
rEyeOZpPHwvkh21pcw38Ug9R
-----END CERTIFICATE-----
`,
  {
    kty: 'EC',
    crv: 'P-256',
    x: '_3THTleDrzb6WdPaW7ptuXJg5lesvqnhOWJzGMfD7gU',
    y: 'JkamrCY4wTGxp7fPZoUGfAurDZTftzh_J2OUSE7ZV6E',
    d: 'UIZYldOd_VdrFbp1iXfN_C7VUJVC-4kE500qqNGlslE',
  },
)
