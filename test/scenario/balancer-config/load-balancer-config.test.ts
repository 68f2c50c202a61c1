import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../src/core/index.ts'
import { type BalancerConfig, loadBalancerConfig } from '../../../src/scenario/index.ts'
import { fileOf } from '../scenario-files.ts'

const checkPolicy = (text: string): string | undefined =>
  text.startsWith('bad-') ? `unknown policy "${text}" (did you mean "good")` : undefined

const load = (text: string): BalancerConfig => loadBalancerConfig(fileOf(text, 'balancer.yaml'), checkPolicy)

/** The problems of a file, without the folder that it is in. */
function problemsOf(text: string): string[] {
  try {
    load(text)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).exitCode).toBe(3)
    return (error as ConfigError).message.split('\n').map((line) => line.replace(/^.*balancer\.yaml:/, ''))
  }
  return []
}

const SMALLEST = 'services: { cart: { instances: [{ url: "http://10.0.0.1:8081/" }] } }'

describe('the smallest file', () => {
  const config = load(SMALLEST)

  it('has one service at /proxy/<name>, as the predecessor has it, and defaults for the rest', () => {
    expect(config.services).toEqual([
      {
        name: 'cart',
        match: { path: '/proxy/cart', host: null },
        stripPrefix: true,
        policy: 'power-of-two-choices',
        instances: [{ id: 'cart-1', url: 'http://10.0.0.1:8081', weight: 1 }],
        health: null,
        passiveFailures: 0,
        probePath: null,
        routes: [],
        affinity: { by: 'path' },
      },
    ])
    expect(config.listen).toEqual({ host: '127.0.0.1', port: 8080 })
    expect(config.admin).toEqual({ host: '127.0.0.1', port: 9901, token: null, rlAgent: null })
    expect([config.recording, config.compat, config.seed]).toEqual([null, false, null])
    expect(config.timeouts).toMatchObject({ connectMs: 5_000, answerMs: 60_000, drainMs: 10_000 })
    expect(config.retries).toEqual({ most: 1, budget: 0.2, on: ['connect', 'reset'] })
    expect(config.headers.instance).toBe('X-Loadgen-Instance')
  })
})

describe('a file', () => {
  it('may say everything', () => {
    const config = load(`
listen: "[::1]:0"
admin: { listen: 0.0.0.0:9000, token: 0123456789abcdef, rlAgent: peak-ewma }
policy: round-robin
seed: 7
timeouts: { answerSeconds: 1.005 }
headers: { instance: false, via: edge }
recording: { directory: logs/edge, sample: 0.1 }
services:
  cart:
    match: { path: /cart, host: shop.example }
    policy: random
    health: { path: /health, intervalSeconds: 1 }
    passiveFailures: 3
    probePath: /probe
    affinity: "cookie:session"
    routes: [{ name: items, method: GET, path: "/items/{id}" }]
    instances:
      - { id: a, url: http://10.0.0.1, weight: 2 }
      - { url: https://10.0.0.2 }
`)
    expect(config.listen).toEqual({ host: '::1', port: 0 })
    expect(config.admin).toEqual({
      host: '0.0.0.0',
      port: 9000,
      token: '0123456789abcdef',
      rlAgent: 'peak-ewma',
    })
    const [cart] = config.services
    expect(cart).toMatchObject({
      match: { path: '/cart', host: 'shop.example' },
      stripPrefix: false,
      policy: 'random',
      health: {
        path: '/health',
        intervalMs: 1_000,
        timeoutMs: 2_000,
        rise: 1,
        fall: 1,
        statuses: [],
        report: false,
      },
      affinity: { by: 'cookie', name: 'session' },
      instances: [
        { id: 'a', url: 'http://10.0.0.1', weight: 2 },
        { id: 'cart-2', url: 'https://10.0.0.2', weight: 1 },
      ],
    })
    expect(config.timeouts.answerMs).toBe(1_005)
    expect(config.headers).toMatchObject({ instance: null, via: 'edge' })
    expect(config.recording).toMatchObject({ directory: 'logs/edge', sample: 0.1 })
  })

  it.each([
    ['path', { by: 'path' }],
    ['client', { by: 'client' }],
    ['header:X-User-ID', { by: 'header', name: 'x-user-id' }],
    ['cookie:Session', { by: 'cookie', name: 'Session' }],
  ])('may keep requests together by %s', (affinity, resolved) => {
    const text = `services: { a: { affinity: "${affinity}", instances: [{ url: http://b }] } }`
    expect(load(text).services[0]!.affinity).toEqual(resolved)
  })

  it('that is to be as the predecessor does not tell the instance', () => {
    expect(load(`compat: true\n${SMALLEST}`).headers.instance).toBe(null)
  })
})

describe('what is wrong', () => {
  it('is told all at once, with its place and the nearest right word', () => {
    const problems = problemsOf(`
listen: 8080
polcy: random
retries: { most: 1.5, on: [connct] }
services:
  cart:
    polic: random
    policy: bad-one
    instances:
      - { url: 10.0.0.1:80 }
      - { url: http://10.0.0.1:80/path, weight: 0 }
`)
    expect(problems).toEqual([
      '2:9 listen: expected host and port, such as 127.0.0.1:8080 or "[::1]:8080", got 8080',
      '3:1 polcy: unknown key (did you mean "policy"?)',
      '4:18 retries.most: expected integer from 0 to 10, got 1.5',
      expect.stringMatching(
        /^4:28 retries\.on\[0\]: expected one of .*, got "connct" \(did you mean "connect"\?\)$/,
      ),
      '7:5 services.cart.polic: unknown key (did you mean "policy"?)',
      '8:13 services.cart.policy: unknown policy "bad-one" (did you mean "good")',
      '10:16 services.cart.instances[0].url: expected scheme, host and port such as http://10.0.0.1:8080, got "10.0.0.1:80"',
      '11:16 services.cart.instances[1].url: expected scheme, host and port such as http://10.0.0.1:8080, got "http://10.0.0.1:80/path"',
      '11:49 services.cart.instances[1].weight: expected number above 0, got 0',
    ])
  })

  it.each<[string, string, RegExp]>([
    [
      'an unknown key where null may stand',
      `admin: { tokn: x }\n${SMALLEST}`,
      /admin\.tokn: unknown key \(did you mean "token"\?\)/,
    ],
    ['no service', 'services: {}', /services: expected map with at least one service/],
    ['no instance', 'services: { a: { instances: [] } }', /instances: expected list with at least one entry/],
    [
      'an id twice',
      'services: { a: { instances: [{ url: http://a, id: x }, { url: http://b, id: x }] } }',
      /instances\[1\]\.id: "x" is there twice/,
    ],
    [
      'an instance twice',
      'services: { a: { instances: [{ url: http://a }, { url: "http://a:80" }] } }',
      /instances\[1\]\.url: http:\/\/a is there twice/,
    ],
    [
      'two services for the same requests',
      'services: { a: { match: { path: / }, instances: [{ url: http://a }] }, b: { match: {}, instances: [{ url: http://b }] } }',
      /services\.b\.match: the same requests as those of a/,
    ],
    [
      'an admin API for all without a token',
      `admin: { listen: 0.0.0.0:1 }\n${SMALLEST}`,
      /admin\.listen: .* add admin\.token/,
    ],
    [
      'a token that no header can carry',
      `admin: { token: "with blanks in its middle" }\n${SMALLEST}`,
      /admin\.token: expected token of 16 characters or more, without blanks/,
    ],
    ['an agent that is no policy', `admin: { rlAgent: bad-one }\n${SMALLEST}`, /admin\.rlAgent: /],
    [
      'one address twice',
      `listen: 127.0.0.1:1\nadmin: { listen: 127.0.0.1:1 }\n${SMALLEST}`,
      /admin\.listen: expected another/,
    ],
    [
      'a port that there is not',
      `listen: 127.0.0.1:70000\n${SMALLEST}`,
      /listen: expected a port from 0 to 65535, got 70000/,
    ],
    [
      'nobody who would bring an instance back',
      'services: { a: { passiveFailures: 3, instances: [{ url: http://a }] } }',
      /passiveFailures: expected health beside it/,
    ],
    [
      'a class of requests twice',
      'services: { a: { routes: [{ name: x, path: / }, { name: x, path: /a }], instances: [{ url: http://a }] } }',
      /routes\[1\]\.name: "x" is there twice/,
    ],
    [
      'an affinity by nothing',
      'services: { a: { affinity: ip, instances: [{ url: http://a }] } }',
      /affinity: expected path, client/,
    ],
  ])('%s', (_, text, problem) => {
    const problems = problemsOf(text)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(problem)
  })
})
