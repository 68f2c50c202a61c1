import { describe, expect, it } from 'vitest'
import { loadScenario, requireServices } from '../../../src/scenario/index.ts'
import { fileOf, folderOf, messageOf, vocabulary } from '../scenario-files.ts'
import { flowFile, flowOf, loadFlow } from './flow-files.ts'

describe('a flow', () => {
  it('needs a name and a path: everything else has a default', () => {
    expect(flowOf('- { name: home, get: / }')).toEqual({
      kind: 'flow',
      name: 'smoke',
      description: 'Requests by script',
      tags: { team: 'catalogue' },
      requests: [
        {
          name: 'home',
          method: 'GET',
          service: '',
          path: '/',
          headers: {},
          tags: {},
          expect: {},
          checks: {},
          capture: {},
          metrics: {},
          thinkTimeSeconds: [0, 0],
        },
      ],
    })
  })

  it('resolves short forms, names of headers and values of tags', () => {
    const [login, item] = flowOf(`
- name: login
  post: /login
  headers: { X-Api-Key: k }
  body: { user: "\${user}" }
  capture: { id: user.id, cookie: { header: Set-Cookie }, csrf: { text: 'csrf=(\\w+)' } }
- name: item
  delete: /items/\${id}
  service: cart
  tags: { weight: 3, hot: true }
  thinkTimeSeconds: [1, 2]
  expect: { status: 2xx, json: { 'a.b': 4, c: { exists: false } }, headers: { X-Cache: HIT } }
  checks: { quick: { status: [200, 4xx], contains: ok } }
  metrics: { size: { type: trend, json: total }, seen: { type: counter }, hit: { type: rate, header: X-Cache, equals: HIT } }
`).requests
    expect(login).toMatchObject({
      method: 'POST',
      headers: { 'x-api-key': 'k' },
      capture: { id: { json: 'user.id' }, cookie: { header: 'set-cookie' }, csrf: { text: 'csrf=(\\w+)' } },
    })
    expect(item).toMatchObject({
      method: 'DELETE',
      service: 'cart-service',
      tags: { weight: '3', hot: 'true' },
      thinkTimeSeconds: [1, 2],
      expect: {
        status: ['2xx'],
        json: { 'a.b': { equals: 4 }, c: { exists: false } },
        headers: { 'x-cache': { equals: 'HIT' } },
      },
      checks: { quick: { status: [200, '4xx'], contains: 'ok' } },
      metrics: {
        size: { type: 'trend', source: { json: 'total' } },
        seen: { type: 'counter', source: null },
        hit: { type: 'rate', source: { header: 'x-cache' }, equals: 'HIT' },
      },
    })
  })

  it('can be a file of its own, beside the scenario', () => {
    const folder = folderOf({
      'behaviors/ping.yaml': 'name: ping\ndescription: One call\nrequests: [{ name: home, get: / }]\n',
      's.yaml': flowFile('- { name: home, get: / }').replace('smoke: 1', 'ping: 1'),
    })
    const { scenario } = loadScenario(`${folder}/s.yaml`, { vocabulary })
    expect(scenario.behaviors.ping).toMatchObject({ kind: 'flow', name: 'ping' })
  })

  it('may come with tags of its phase', () => {
    expect(loadFlow('- { name: home, get: / }').phases[0]!.tags).toEqual({ stage: 'early' })
  })

  it('has all that is wrong with it told at once', () => {
    const message = messageOf(() =>
      loadScenario(
        fileOf(
          flowFile(`- name: login
  post: /login
  get: /other
  expect: { statsu: 200, json: { 'items[*]': 1 } }
  capture: { token: { json: a, header: b }, user: id }
- name: login
  path: /x
- name: item
  get: items/\${tokne}
  body: { a: 1 }
  tags: { status: nice }
  metrics: { size: { type: trend }, hits: { type: ratio } }
- name: last
  put: /last/\${id}
  metrics: { size: { type: counter, equals: 3 } }
`),
        ),
        { vocabulary },
      ),
    )
    expect(message.replaceAll(/^.*?:(?=\d+:)/gm, '').split('\n')).toMatchInlineSnapshot(`
      [
        "12:9 behaviors.smoke.requests[0].post: expected exactly one of get, head, post, put, patch, delete, options, got get too",
        "14:19 behaviors.smoke.requests[0].expect.statsu: unknown key (did you mean "status"?)",
        "14:40 behaviors.smoke.requests[0].expect.json.items[*]: expected path into JSON, such as items.0.sku or $.items[0].sku, got "items[*]"",
        "15:27 behaviors.smoke.requests[0].capture.token: expected one of json, header, text, got json and header",
        "15:51 behaviors.smoke.requests[0].capture.user: "user" is built in: choose another name",
        "16:9 behaviors.smoke.requests[1]: expected exactly one of get, head, post, put, patch, delete, options, got none",
        "16:15 behaviors.smoke.requests[1].name: expected a name of its own, got "login" twice in one flow",
        "17:9 behaviors.smoke.requests[1].path: unknown key (did you mean "patch"?)",
        "19:14 behaviors.smoke.requests[2].get: expected path that begins with / (or is one variable), such as /api/cart, got "items/\${tokne}"",
        "19:14 behaviors.smoke.requests[2].get: nothing before it captures \${tokne} (did you mean "token"?); $\${ is the text \${ itself",
        "20:9 behaviors.smoke.requests[2].body: expected none: a request with "get" has no body",
        "21:17 behaviors.smoke.requests[2].tags.status: expected name of letters, digits, - and _ that begins with a letter, and is none of phase, profile, action, service, status, failure, expected, got "status"",
        "22:26 behaviors.smoke.requests[2].metrics.size: expected one of json, header, text, got none",
        "22:49 behaviors.smoke.requests[2].metrics.hits: expected one of json, header, text, got none",
        "22:57 behaviors.smoke.requests[2].metrics.hits.type: expected one of "counter", "gauge", "rate", "trend", got "ratio" (did you mean "rate"?)",
        "24:14 behaviors.smoke.requests[3].put: nothing before it captures \${id}: known here are user, iteration, random, token; $\${ is the text \${ itself",
        "25:34 behaviors.smoke.requests[3].metrics.size.type: expected "trend" as before: it is one metric, got "counter"",
        "25:43 behaviors.smoke.requests[3].metrics.size.equals: expected none: only a rate compares its value",
      ]
    `)
  })

  it('that is misspelt is still taken for a flow', () => {
    const broken = flowFile('- { name: home, get: / }').replace('requests:', 'request:')
    const message = messageOf(() => loadScenario(fileOf(broken), { vocabulary }))
    expect(message).toContain('behaviors.smoke.request: unknown key (did you mean "requests"?)')
  })

  it('whose requests name no service is refused where there is only the shop', () => {
    const scenario = loadFlow('- { name: home, get: / }\n- { name: cart, get: /api/cart, service: cart }')
    expect(messageOf(() => requireServices(scenario))).toBe(
      'small: requests without a service can only be made of a real target: smoke/home: ' +
        'give each a service, or run live ("world: live", or --target URL)',
    )
    requireServices(loadFlow('- { name: cart, get: /api/cart, service: cart }'))
  })
})
