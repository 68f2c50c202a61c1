/** The page on the admin API lists the routes that there are, and the metrics. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { controlRoutes } from '../../../src/worlds/balancer/admin/control-routes.ts'
import { balancerMetrics } from '../../../src/worlds/balancer/admin/metrics.ts'
import type { AdminRoute } from '../../../src/worlds/balancer/admin/route.ts'
import { predecessorRoutes } from '../../../src/worlds/balancer/predecessor.ts'
import { SmallControl } from './small-control.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/admin-api.md'), 'utf8')
const section = (heading: string): string => page.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!
const rows = (heading: string): string[] =>
  section(heading)
    .split('\n')
    .filter((line) => /^\| `(GET|POST|PUT|DELETE) /.test(line))
const rowOf = ({ method, path, summary }: AdminRoute): string => `| \`${method} ${path}\` | ${summary} |`
const control = new SmallControl()

describe('docs/admin-api.md', () => {
  it('has one row for every route of ours, and no other', () => {
    expect(rows('Ours')).toEqual(controlRoutes(control).map(rowOf))
  })

  it('has one row for every route of the predecessor, and no other', () => {
    expect(rows("The predecessor's")).toEqual(predecessorRoutes(control, {}).map(rowOf))
  })

  it('names every metric', () => {
    const text = section('Metrics')
    for (const { name } of balancerMetrics(control)) {
      const family = /^(loadgen_instance_|process_|lb_proxy_|lb_pod_)/.exec(name)?.[0]
      const named = family === undefined ? name : `${family}*`
      expect(text, name).toContain(`\`${named}\``)
      if (family === 'loadgen_instance_') expect(text).toContain(`\`${name.slice(family.length)}\``)
    }
  })
})
