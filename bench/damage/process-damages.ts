import type { Damage } from './damages.js'
import { inFile } from './in-file.js'

/** Faults in what the processes of one host know of each other: what would let a step be heard, or hide that it was. */
export const processDamages: readonly Damage[] = [
  ...inFile('directory/host.ts', [
    {
      name: 'a step is not told to the other processes of the host',
      source: 'workers.tell(word, except)',
      replacement: '',
      why: 'a call whose process is killed in a payment step is heard where it comes back',
      tests: ['directory/host'],
    },
    {
      name: 'a step is not told to other hosts',
      source: "if (word.kind === 'kept') outside.kept(word.record, word.leftMs)\n    else",
      replacement: "if (word.kind === 'over')",
      why: 'a call whose host is lost in a payment step is heard at another one',
      tests: ['directory/host'],
    },
    {
      name: 'the primary does not keep what holds',
      source: "if (word.kind === 'kept') this.#kept.adopt(",
      replacement: "if (word.kind === 'kept' && word.leftMs < 0) this.#kept.adopt(",
      why: 'a process that begins in the middle of a step takes its call as any other',
      tests: ['directory/host'],
    },
    {
      name: 'a process that has gone still has its calls',
      source:
        'for (const key of [...(this.#byWorker.get(worker)?.keys() ?? [])]) this.withdrawn(worker, key)',
      replacement: '',
      why: 'a start for a call between two streams is answered unavailable for ever',
      tests: ['directory/host'],
    },
  ]),
  ...inFile('edge/cluster/worker-directory.ts', [
    {
      name: 'a process begins without what holds',
      source: "for (const [record, leftMs] of this.setup.kept) this.hear({ kind: 'kept', record, leftMs })",
      replacement: '',
      why: 'a payment step is heard after a rolling restart, where the PBX connects anew',
      tests: ['edge/cluster/worker-directory'],
    },
    {
      name: 'what holds does not outlive its process',
      source: 'Math.max(leftMs, LEASE_MS_MIN + RENEW_MS)',
      replacement: 'leftMs',
      why: 'a step with a short heartbeat is over before the PBX has redialled',
      tests: ['edge/cluster/worker-directory'],
    },
    {
      name: 'what has just ended is taken up again',
      source: 'else if (!this.#justEnded.has(nameOf(word.record), nowMs))',
      replacement: 'else',
      why: 'a call stays silent whose payment is over',
      tests: ['edge/cluster/worker-directory'],
    },
    {
      name: 'a call that begins in a split is heard against its policy',
      source: "if (whenSplit === 'start-silent' && this.#isSplit)",
      replacement: "if (whenSplit === 'start-silent' && !this.#isSplit)",
      why: 'a step that is open at another host is heard',
      tests: ['edge/cluster/worker-directory'],
    },
  ]),
  ...inFile('edge/cluster/worker-directory.ts', [
    {
      name: 'an end that came before its start is told to nobody',
      source: "this.tell({ kind: 'ended-early', end })",
      replacement: '',
      why: 'an older start that reaches another process keeps its call silent to the end',
      tests: ['edge/cluster/worker-directory'],
    },
    {
      name: 'a process begins without the ends that came early',
      source: 'for (const end of this.setup.earlyEnds) control.noteEarlyEnd(end)',
      replacement: '',
      why: 'the same, after a rolling restart',
      tests: ['edge/cluster/worker-directory'],
    },
  ]),
  ...inFile('directory/host.ts', [
    {
      name: 'the primary does not hand on an end that came early',
      source: 'else this.#kept.noteEarlyEnd(word.end)',
      replacement: '',
      why: 'an older start keeps its call silent to the end, whoever has it',
      tests: ['directory/host'],
    },
  ]),
  ...inFile('edge/cluster/member.ts', [
    {
      name: 'every look finds a process that is well',
      source: 'return this.#silentLooks++',
      replacement: 'return 0',
      why: 'a process that stands still keeps its calls, and its connections, for ever',
      tests: ['edge/cluster/member'],
    },
    {
      name: 'a process that is well is taken for one that hangs',
      source: 'this.#silentLooks = 0\n',
      replacement: '',
      why: 'every process is killed after some seconds, and its calls with it',
      tests: ['edge/cluster/member'],
    },
    {
      name: 'a process that is killed while it is handed a connection has never gone',
      source:
        'while (this.worker.isConnected()) await new Promise((resolve) => setTimeout(resolve, CHANNEL_LOOK_MS))',
      replacement: "await once(this.worker, 'disconnect')",
      why: 'nobody takes its place, and its calls are asked for ever',
      tests: ['edge/cluster/member'],
    },
  ]),
  ...inFile('edge/certificates.ts', [
    {
      name: 'a certificate that cannot be used takes the place of one that can',
      source: '  createSecureContext(context)\n',
      replacement: '',
      why: 'a mistake in a file leaves the ports without a certificate, and no call is taken',
      tests: ['edge/certificates'],
    },
    {
      name: 'a renewed certificate is shown by one port alone',
      source: '(servers.get(files) ?? new Set()).add(server)',
      replacement: 'new Set([server])',
      why: 'the others go on with one that expires',
      tests: ['edge/certificates'],
    },
  ]),
  ...inFile('edge/cluster/handed-on.ts', [
    {
      name: 'a connection goes with the process that had not taken it',
      source: "if (cmd === CLUSTER && act === 'newconn' && typeof seq === 'number')",
      replacement: "if (cmd === CLUSTER && act === 'listen' && typeof seq === 'number')",
      why: 'a PBX waits for ever, and its call is not recorded',
      tests: ['edge/cluster/handed-on'],
    },
  ]),
  ...inFile('edge/prometheus.ts', [
    {
      name: 'a histogram that has been read stays as it was',
      source: 'told?.count === count ? told.text',
      replacement: 'told !== undefined ? told.text',
      why: 'latencies stand still on the dashboard while calls are late',
      tests: ['edge/prometheus'],
    },
  ]),
  ...inFile('metrics/page.ts', [
    {
      name: 'what a process has counted goes with it',
      source: "metrics[name as MetricName].type !== 'gauge'",
      replacement: "metrics[name as MetricName].type === 'gauge'",
      why: 'late audio and suspected leaks vanish from the page with the process that counted them',
      tests: ['metrics/page'],
    },
    {
      name: 'one process counts for all',
      source: 'sum: (a, b) => a + b',
      replacement: 'sum: (a) => a',
      why: 'an alarm of every process but one is not seen',
      tests: ['metrics/page'],
    },
  ]),
  ...inFile('edge/auth-context.ts', [
    {
      name: 'a signed request is not told to the other processes',
      source: 'if (isNew) tell(nonce, ttlMs)',
      replacement: '',
      why: 'a replayed connection is taken by another process and fills a recorder',
      tests: ['edge/auth-context'],
    },
  ]),
]
