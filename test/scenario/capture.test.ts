/** The section `capture` of a scenario: how decisions of a balancer that is not ours are seen. */
import { describe, expect, it } from 'vitest'
import { loadScenario, scenarioHash } from '../../src/scenario/index.ts'
import { fileOf, MINIMAL, messageOf, vocabulary } from './scenario-files.ts'

const HEAD_LINES = MINIMAL.split('\n').length - 1

const captureOf = (more: string) => loadScenario(fileOf(MINIMAL + more), { vocabulary }).scenario.capture

/** What the file is told, with lines counted behind the head. */
function complaintOf(more: string): string {
  const file = fileOf(MINIMAL + more)
  return messageOf(() => loadScenario(file, { vocabulary })).replaceAll(
    new RegExp(`^${file}:(\\d+)`, 'gm'),
    (_, line: string) => String(Number(line) - HEAD_LINES),
  )
}

describe('capture', () => {
  it('is not there unless a file has it, and does not change the identity of those that do not', () => {
    const { scenario } = loadScenario(fileOf(MINIMAL), { vocabulary })
    expect('capture' in scenario).toBe(false)
    const captured = loadScenario(fileOf(`${MINIMAL}capture: { instanceHeader: X-A }\n`), { vocabulary })
    expect(scenarioHash(captured.scenario)).not.toBe(scenarioHash(scenario))
  })

  it('is resolved to what a run needs', () => {
    expect(captureOf('capture: { instanceHeader: X-Upstream }\n')).toEqual({
      instanceHeader: 'x-upstream',
      instanceCookie: null,
      instances: {},
      estimatePropensities: false,
      prometheus: null,
      admin: null,
    })
    const full = captureOf(`\
capture:
  instanceCookie: SERVERID
  estimatePropensities: true
  instances:
    cart: [c1, c2]
    user-service: { '10.0.0.1:80': u1, '10.0.0.1:9100': u1 }
  prometheus:
    url: http://prometheus:9090/base/
    pollSeconds: 0.5
    tokenVariable: PROMETHEUS_TOKEN
    queries: { cpu: 'rate(x{job="$service"}[1m])', queueDepth: q }
  admin: { url: http://127.0.0.1:9901 }
`)
    expect(full).toEqual({
      instanceHeader: null,
      instanceCookie: 'SERVERID',
      instances: {
        'cart-service': { c1: 'c1', c2: 'c2' },
        'user-service': { '10.0.0.1:80': 'u1', '10.0.0.1:9100': 'u1' },
      },
      estimatePropensities: true,
      prometheus: {
        url: 'http://prometheus:9090/base',
        pollMs: 500,
        tokenVariable: 'PROMETHEUS_TOKEN',
        instanceLabel: 'instance',
        queries: { cpu: 'rate(x{job="$service"}[1m])', queueDepth: 'q' },
      },
      admin: { url: 'http://127.0.0.1:9901', pollMs: 5000, tokenVariable: null },
    })
  })
})

describe('a broken capture', () => {
  it('is told of all its problems at once, by position', () => {
    expect(
      complaintOf(`\
capture:
  instanceHeder: X-Upstream
  instances: { crat: [a], user: [], cart: [a], cart-service: [b] }
  estimatePropensities: perhaps
  prometheus:
    url: prometheus:9090
    pollSeconds: 0
    queries: { queueDept: x, zebra: y, cpu: 5 }
  admin: { url: 'http://user@host', token: secret }
`),
    ).toMatchInlineSnapshot(`
      "1:1 capture: expected instanceHeader or instanceCookie, got neither
      2:3 capture.instanceHeder: unknown key (did you mean "instanceHeader"?)
      3:16 capture.instances.crat: unknown key (did you mean "cart"?)
      3:33 capture.instances.user: expected list with at least one entry or map, got []
      3:48 capture.instances.cart-service: names the same service as "cart"
      4:25 capture.estimatePropensities: expected true or false, got "perhaps"
      6:10 capture.prometheus.url: expected URL such as http://127.0.0.1:9090, got "prometheus:9090"
      7:18 capture.prometheus.pollSeconds: expected number of at least 0.1, got 0
      8:16 capture.prometheus.queries.queueDept: unknown feature "queueDept" (did you mean "queueDepth"?)
      8:30 capture.prometheus.queries.zebra: unknown feature "zebra": use one of inFlight, cpu, queueDepth
      8:45 capture.prometheus.queries.cpu: expected text, got 5
      9:17 capture.admin.url: expected URL such as http://127.0.0.1:9090, got "http://user@host"
      9:37 capture.admin.token: unknown key: use one of url, pollSeconds, tokenVariable"
    `)
  })

  it.each([
    ['capture: {}', 'expected instanceHeader or instanceCookie, got neither'],
    ['capture: { instances: {} }', 'expected instanceHeader or instanceCookie, got neither'],
    [
      'capture: { instanceHeader: "X Upstream" }',
      'expected name of a header or cookie, such as X-Upstream, got "X Upstream"',
    ],
    [
      'capture: { instanceHeader: X, prometheus: { url: http://p, queries: {} } }',
      'map with at least one query',
    ],
    ['capture: 5', 'expected map, got 5'],
  ])('%s', (text, complaint) => {
    expect(complaintOf(`${text}\n`)).toContain(complaint)
  })
})
