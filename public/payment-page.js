/*! hushfork: the call is silent while this page is open (docs/payment-page.md). Apache-2.0 */
;(() => {
  const script = document.currentScript
  if (!script || window.hushfork) return
  const data = script.dataset
  const url = `${data.endpoint || new URL(script.src).origin}/v1/payment`
  const beatMs = 1000 * (data.heartbeatSeconds || 5)
  // Browsers wake a hidden tab once a minute: a shorter lease would raise alarms over pages that are well.
  const ttlSeconds = Math.ceil(data.leaseSeconds || 90)
  let view = null // names what has started and not ended; another each time, so that no tab ends another's silence
  let timer = 0
  let state = ''
  let settle
  const silent = new Promise((resolve, reject) => {
    settle = { resolve, reject }
  })
  silent.catch(() => {})

  const bodyOf = (signal) => {
    const body = { token: data.token, view, state: signal, issuedAt: new Date().toISOString() }
    return JSON.stringify(signal === 'started' ? Object.assign(body, { ttlSeconds }) : body)
  }

  // Plain text: no preflight, so one round trip, and none that could fail on the way out.
  const post = (body) => {
    const abort = new AbortController()
    const timeout = setTimeout(() => abort.abort(), 10000)
    const init = { method: 'POST', body, keepalive: true, credentials: 'omit', signal: abort.signal }
    return fetch(url, init).then((response) => {
      clearTimeout(timeout)
      return response.json()
    })
  }

  const tell = (name, answer) => {
    if (name === state) return
    state = window.hushfork.state = name
    document.dispatchEvent(new CustomEvent(`hushfork:${name}`, { detail: answer }))
  }

  const isSilent = { applied: 1, late: 1, ambiguous: 1 }

  const beat = (attempt) => {
    const mine = view
    const again = (ms, next) => {
      if (view !== mine) return
      clearTimeout(timer)
      timer = setTimeout(beat, ms, next)
    }
    post(bodyOf('started')).then(
      (answer) => {
        if (view !== mine) return
        const result = answer.result
        tell(isSilent[result] || result === 'pending' ? result : 'failed', answer)
        if (isSilent[result]) settle.resolve(answer)
        if (result === 'forbidden') settle.reject(answer)
        else again(isSilent[result] ? beatMs : Math.min(beatMs, 1000), 0)
      },
      () => {
        if (view === mine && !isSilent[state]) tell('failed', { result: 'unreachable' })
        again(Math.min(beatMs, 250 * 2 ** attempt), attempt + 1)
      },
    )
  }

  const start = () => {
    if (view) return
    view = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16)).join('')
    state = ''
    beat(0)
  }

  const end = () => {
    if (!view) return
    const body = bodyOf('ended')
    view = null
    clearTimeout(timer)
    tell('ended', {})
    if (!navigator.sendBeacon(url, body)) post(body).catch(() => {})
  }

  window.hushfork = { silent, start, end, state }
  addEventListener('pagehide', end)
  addEventListener('pageshow', (event) => event.persisted && start())
  addEventListener('online', () => view && beat(0))
  start()
})()
