// The script tag in a real Chromium, on a page of another origin, against calls that are under way: two hums at 8,000 Hz,
// eight times as fast as people speak, look-back 100 ms, pad after 500 ms. A call waits while the browser does its part, so
// that it is known to the sample what is silent; the hold-back of 10 s is longer than any of these waits.
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { integrityOf, paymentPageScript } from '../../proxy/edge/http/payment-page.js'
import { policySchema } from '../../proxy/policy/options.js'
import {
  calmCall,
  isSilence,
  type LiveProxy,
  liveProxy,
  RATE_HZ,
  type Recording,
  until,
} from '../support/live-proxy.js'

const CHROMIUM = '/usr/bin/chromium'
const KEY = 'correct-horse-battery-staple'
const CALL_SECONDS = 4
const policy = policySchema.parse({ holdBackMs: 10_000, payment: { lookBackMs: 100 } })

/** What is silent at least when the page opens at 1 s, and is left at 2 s: as long as its signal was on its way, it begins earlier. */
const FROM = 0.9 * RATE_HZ
const TO = 2.5 * RATE_HZ

/** Without the look at the network that a browser takes by itself. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const isAbsent = !existsSync(CHROMIUM) && `needs ${CHROMIUM} (Debian: apt-get install chromium)`

/** What the page's own event listeners and script have seen. */
interface Seen {
  readonly events: string[]
  readonly answer: { readonly firstSilentSample: number } | null
}

/** Pages of a shop: the payment page, a page that frames it, and another one. */
const shop = async (t: Test) => {
  let admin = ''
  const tag = (token: string, attributes: string) =>
    `<script src="${admin}/payment-page.js" integrity="${integrityOf(paymentPageScript())}" crossorigin ` +
    `data-token="${token}" ${attributes}></script>`
  const listeners = `<script nonce="n">
    window.seen = { events: [], answer: null }
    for (const name of ['applied', 'late', 'pending', 'failed', 'ended'])
      document.addEventListener('hushfork:' + name, ({ detail }) => {
        seen.events.push(name)
        if (name === 'applied') seen.answer = detail
      })
  </script>`
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop')
    const token = decodeURIComponent(request.headers.cookie?.replace(/^token=/, '') ?? '')
    response.setHeader('content-type', 'text/html')
    response.setHeader('content-security-policy', `script-src ${admin} 'nonce-n'; connect-src ${admin}`)
    if (pathname === '/pay')
      response.end(`${listeners}${tag(token, searchParams.get('attributes') ?? '')}<h1>Pay</h1>`)
    else if (pathname === '/frame') response.end('<iframe src="/pay"></iframe>')
    else response.end('<h1>Thank you</h1>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const proxyIs = (url: string): void => {
    admin = url
  }
  return { origin, proxyIs }
}

/** What the browser does at 1 s and at 2 s of the call, while that waits. */
interface Scene {
  begin(page: Page): Promise<void>
  end?(page: Page): Promise<void>
  readonly attributes?: string
}

type Frame = Pick<Page, 'evaluate' | 'waitForFunction'>

const seenBy = (page: Frame): Promise<Seen> =>
  page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen)

/** Waits until the page has heard these events, in this order. */
const heard = async (page: Frame, ...events: string[]): Promise<void> => {
  await page.waitForFunction(
    (all) => (globalThis as unknown as { seen?: Seen }).seen?.events.join() === all,
    events.join(),
  )
}

const stage = (live: LiveProxy, browser: Browser, origin: string) => {
  const ask = async (path: string, body?: object): Promise<Record<string, never>> => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
    const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) }
    return (await fetch(`http://127.0.0.1:${live.proxy.adminPort}${path}`, init)).json() as never
  }

  /** Plays one call, and returns its recording. No request has shown the token to anybody, but in its body. */
  const play = async (t: Test, callId: string, { begin, end }: Scene): Promise<Recording> => {
    const { token } = await ask('/v1/tokens', { call: { callId } })
    const context = await browser.newContext()
    await context.addCookies([{ name: 'token', value: token!, url: origin }])
    const asked: string[] = []
    context.on('request', (request) => asked.push(`${request.url()} ${request.headers()['referer'] ?? ''}`))
    const page = await context.newPage()
    const isOver = async (): Promise<boolean> => {
      const { streams } = (await ask(`/v1/calls/${callId}`)) as { streams?: readonly { payment: string }[] }
      return streams?.[0]?.payment === 'off'
    }
    const leave = async (): Promise<void> => {
      await end!(page)
      await until(isOver, 'the call is heard again')
    }
    const cues = [
      { atMs: 1000, run: () => begin(page) },
      ...(end === undefined ? [] : [{ atMs: 2000, run: leave }]),
    ]
    await live.play(callId, calmCall(CALL_SECONDS), { speed: 8, cues })
    await context.close()
    t.notOk(
      asked.some((line) => line.includes(token!)),
      'no URL and no referrer has the token',
    )
    await until(() => live.recordings().has(callId), 'the recording is kept')
    return live.recordings().get(callId)!
  }
  return {
    play,
    pay: (page: Page, attributes = 'data-heartbeat-seconds="0.2"') =>
      page.goto(`${origin}/pay?attributes=${encodeURIComponent(attributes)}`),
    leave: (page: Page) => page.goto(`${origin}/thanks`),
  }
}

/** Silent from `FROM` at the latest to `to` and heard around it, on both tracks, from the first step on without a gap. */
const checkSpan = (t: Test, { pcm, sidecar }: Recording, to = TO): void => {
  const spans = sidecar.spans.filter(({ reason }) => reason === 'payment')
  const from = Math.min(...spans.map(({ startSample }) => startSample))
  t.ok(from <= FROM, 'it looks back')
  t.equal(Math.max(...spans.map(({ endSample }) => endSample)), to)
  for (const track of pcm) {
    t.ok(isSilence(track.subarray(from, to)), 'silent')
    if (from >= 400) t.notOk(isSilence(track.subarray(from - 400, from)), 'heard before')
    if (to < track.length) t.notOk(isSilence(track.subarray(to, to + 400)), 'heard after')
  }
}

t.test('the payment page in Chromium', { skip: isAbsent }, async (t) => {
  const { origin, proxyIs } = await shop(t)
  const live = await liveProxy(t, {
    policy,
    admin: {
      apiKeys: [{ name: 'desk', key: KEY }],
      mintKeys: [{ name: 'mint', secret: 'a-mint-key-of-thirty-two-characters' }],
      origins: [origin],
    },
  })
  proxyIs(`http://127.0.0.1:${live.proxy.adminPort}`)
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  t.teardown(() => browser.close())
  const { play, pay, leave } = stage(live, browser, origin)

  await t.test('the call is silent from when the page loads until it is left', async (t) => {
    let beats = 0
    const recording = await play(t, 'plain', {
      async begin(page) {
        page.on('request', (request) => {
          if (request.url().endsWith('/v1/payment')) beats++
        })
        await pay(page)
        await heard(page, 'applied')
        const { answer } = await seenBy(page)
        t.match(answer, { lateMs: 0 })
        t.ok(answer!.firstSilentSample <= FROM)
      },
      async end(page) {
        await until(() => beats >= 3, 'it beats')
        await heard(page, 'applied')
        await leave(page)
      },
    })
    checkSpan(t, recording)
  })

  await t.test('in a frame, until the frame is gone', async (t) => {
    const recording = await play(t, 'frame', {
      async begin(page) {
        await page.goto(`${origin}/frame`)
        const frame = page.frames().find((frame) => frame.url().endsWith('/pay'))!
        await heard(frame, 'applied')
      },
      end: (page) => page.evaluate(() => document.querySelector('iframe')!.remove()),
    })
    checkSpan(t, recording)
  })

  await t.test('a page that crashes leaves the call silent, and its lease says so', async (t) => {
    const recording = await play(t, 'crash', {
      async begin(page) {
        await pay(page, 'data-heartbeat-seconds="0.2" data-lease-seconds="1"')
        await heard(page, 'applied')
        const crashed = page.waitForEvent('crash')
        const session = await page.context().newCDPSession(page)
        session.send('Page.crash').catch(() => {})
        await crashed
        await until(
          async () => (await live.figure('hushfork_leases_expired_total{reason="payment"}')) === 1,
          'the lease expires',
        )
      },
    })
    checkSpan(t, recording, CALL_SECONDS * RATE_HZ)
  })

  await t.test('with two tabs, until both are left', async (t) => {
    const recording = await play(t, 'tabs', {
      async begin(page) {
        await pay(page)
        await heard(page, 'applied')
        const other = await page.context().newPage()
        await pay(other)
        await heard(other, 'applied')
        await leave(other)
      },
      end: async (page) => void (await leave(page)),
    })
    checkSpan(t, recording)
  })

  await t.test(
    'a network that fails and dawdles blocks no page, and the call is silent in the end',
    async (t) => {
      let attempts = 0
      let letGo = (): void => {}
      const held = new Promise<void>((resolve) => {
        letGo = resolve
      })
      const recording = await play(t, 'slow', {
        async begin(page) {
          await page.route('**/v1/payment', async (route) => {
            attempts++
            if (attempts <= 2) return route.abort()
            await held
            return route.continue()
          })
          await pay(page)
          await until(() => attempts === 3, 'it tries again')
          t.same(await seenBy(page), { events: ['failed'], answer: null }, 'the page has loaded, and knows')
          letGo()
          await heard(page, 'failed', 'applied')
        },
        end: async (page) => void (await leave(page)),
      })
      checkSpan(t, recording)
    },
  )

  await t.test('a reload goes on, and so does a page that comes back from the cache', async (t) => {
    const recording = await play(t, 'reload', {
      async begin(page) {
        await pay(page)
        await heard(page, 'applied')
        await page.reload()
        await heard(page, 'applied')
        await page.evaluate(() => {
          dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
          dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
        })
        await heard(page, 'applied', 'ended', 'applied')
      },
      end: async (page) => void (await leave(page)),
    })
    t.ok(recording.pcm.every((track) => isSilence(track.subarray(FROM, TO))))
    t.ok(recording.pcm.every((track) => !isSilence(track.subarray(TO, TO + 400))))
  })
})
