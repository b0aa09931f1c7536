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

/** A certificate that nobody vouches for, and its key. */
export const selfSigned = {
  cert: Buffer.from(cert),
  key: Buffer.from(key.export({ type: 'pkcs8', format: 'pem' })),
}
