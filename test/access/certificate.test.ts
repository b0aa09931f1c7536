import t from 'tap'
import { certificateNames } from '../../proxy/access/certificate.js'

const names = (subjectAltName: string | undefined, subject = '') =>
  certificateNames({ subject, subjectAltName })

t.test('a certificate is known by its alternative names and its common name', async (t) => {
  t.same(
    names('DNS:desk.example, URI:spiffe://acme/desk, email:desk@acme.example', 'C=DE\nO=Acme\nCN=desk 7'),
    ['DNS:desk.example', 'URI:spiffe://acme/desk', 'email:desk@acme.example', 'CN:desk 7'],
  )
})

t.test('a name that pretends to be two is neither (CVE-2021-44532)', async (t) => {
  t.same(names('DNS:"a.example, DNS:desk.example", DNS:b.example'), ['DNS:b.example'])
  t.same(names('URI:"x\\", DNS:desk.example"'), [])
})

t.test('a certificate without names has none', async (t) => {
  t.same(names(undefined), [])
  t.same(names(undefined, 'O=CN=desk'), [])
})
