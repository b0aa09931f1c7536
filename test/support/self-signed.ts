import { createPrivateKey } from 'node:crypto'

/**
 * For `localhost` and 127.0.0.1, self-signed, for nothing but tests:
 * openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -addext subjectAltName=...
 */
const cert = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUDwdXGKQJVMXkT1NvmpilQgN7/JswCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjA0MTUyNFoYDzIxMjYxMDI5
MDQxNTI0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASGSxTnPdhF0/jgjefeVrUlK4xklHPvWWChWNJXbfpbACd1TCxIzAX2
t7Lx7qpDMhm2clPSwiZ0R7jc5VLy+Rlno28wbTAdBgNVHQ4EFgQULMdBuqZi4oWP
YEDt21kshl+ZQzMwHwYDVR0jBBgwFoAULMdBuqZi4oWPYEDt21kshl+ZQzMwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAOE9A4JM+xwz0+VtQgduJZXGhF2aLBnoxf9oZzCOZHM0AiAl
cHXj2XGJ7xHZoXeljB08YfRiOA5WI463q90TpI8uNg==
-----END CERTIFICATE-----
`

const renewedCert = `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUH4jGBAe0yKjlgqVqpXVyQskl5n0wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjEwMzQxOFoYDzIxMjYxMDI5
MTAzNDE4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQh3HA+ur/VVUampCR84AOKTdr7uO1a7Vfs+womJjYRb6nIrFs420UV
hiWE+T6UOu/Of+hgDNLLxH3sEs//GJheo28wbTAdBgNVHQ4EFgQUqgGdwDF3bdXI
plcxWTjOwW54uL0wHwYDVR0jBBgwFoAUqgGdwDF3bdXIplcxWTjOwW54uL0wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhAPOgZQwsOU1FL1bUAj7OI3pJyAoRVveJ9IILPi88QctpAiEA
jv/4sDlckwrwBpVwCgp9SaNRF8vheyekEONqmNwKWc4=
-----END CERTIFICATE-----
`

const key = createPrivateKey({
  format: 'jwk',
  key: {
    kty: 'EC',
    x: 'hksU5z3YRdP44I3n3la1JSuMZJRz71lgoVjSV236WwA',
    y: 'J3VMLEjMBfa3svHuqkMyGbZyU9LCJnRHuNzlUvL5GWc',
    crv: 'P-256',
    d: 'kz3VtPzSw5F8llTjaqkrtLqv3_PJICoEujkvjv9YTWY',
  },
})

const renewedKey = createPrivateKey({
  format: 'jwk',
  key: {
    kty: 'EC',
    x: 'IdxwPrq_1VVGpqQkfOADik3a-7jtWu1X7PsKJiY2EW8',
    y: 'qcisWzjbRRWGJYT5PpQ6785_6GAM0svEfewSz_8YmF4',
    crv: 'P-256',
    d: 'NQEqKw8I87_OPlzwxzCeGN1O9jmnUDX4fEfujWrveLw',
  },
})

/** A certificate that nobody vouches for, and its key. */
export const selfSigned = {
  cert: Buffer.from(cert),
  key: Buffer.from(key.export({ type: 'pkcs8', format: 'pem' })),
}

/** Another one of the same names, as a renewal brings it. */
export const renewedSelfSigned = {
  cert: Buffer.from(renewedCert),
  key: Buffer.from(renewedKey.export({ type: 'pkcs8', format: 'pem' })),
}
