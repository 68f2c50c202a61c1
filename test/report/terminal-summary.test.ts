import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createStyle } from '../../src/report/style.ts'
import { terminalSummary } from '../../src/report/terminal-summary.ts'
import { EMPTY_RUN_SUMMARY, FAILING_COMPARISON, fault, RUN_SUMMARY } from './run-summary-fixture.ts'

const FILES = [
  { what: 'records', path: 'logs/flash-sale-20261121-101500/experiences.jsonl' },
  { what: 'report', path: 'logs/flash-sale-20261121-101500/report.html' },
]
const plain = { style: createStyle(false), files: FILES }

describe('terminalSummary', () => {
  it('shows the whole run', async () => {
    await expect(`${terminalSummary(RUN_SUMMARY, plain)}\n`).toMatchFileSnapshot(
      'golden/terminal-summary.txt',
    )
  })

  it('leaves out what there is nothing to tell of', async () => {
    const text = terminalSummary(EMPTY_RUN_SUMMARY, { ...plain, files: [] })
    await expect(`${text}\n`).toMatchFileSnapshot('golden/terminal-summary-empty.txt')
  })

  it('adds nothing but escape codes when colour is on', () => {
    const coloured = terminalSummary(RUN_SUMMARY, { style: createStyle(true), files: FILES })
    expect(coloured).not.toBe(terminalSummary(RUN_SUMMARY, plain))
    expect(stripVTControlCharacters(coloured)).toBe(terminalSummary(RUN_SUMMARY, plain))
  })

  it('tells a stopped run from a whole one', () => {
    const text = terminalSummary({ ...RUN_SUMMARY, stopped: 'deadlock at 3.000 s of the run' }, plain)
    expect(text).toContain(
      'stopped: deadlock at 3.000 s of the run\nthe numbers are of the part that was run\n',
    )
  })

  it('shows what a failure costs a policy, and no bound, where requests failed', () => {
    const text = terminalSummary({ ...RUN_SUMMARY, comparison: FAILING_COMPARISON }, plain)
    expect(text).toMatch(/learned\(cql\) +270 ms +71.2 ms +206 ms +328 ms +2.00%/)
    expect(text).not.toMatch(/bound|No policy can/)
    expect(terminalSummary(RUN_SUMMARY, plain)).toMatch(/bound: mean 41.4 ms/)
  })

  it('cuts a long list of faults', () => {
    const faults = Array.from({ length: 60 }, (_, i) => fault(`fault-${i}`, i * 1000, i * 1000 + 500))
    const text = terminalSummary({ ...RUN_SUMMARY, faults }, plain)
    expect(text).toContain('fault-14 ')
    expect(text).not.toContain('fault-15 ')
    expect(text).toContain('and 45 more faults in report.html')
  })

  it('says how much could be seen of a balancer that is not ours', () => {
    const capture = {
      instanceFrom: 'header x-upstream',
      attempts: 1010,
      answered: 1000,
      named: 985,
      retried: 3,
      strangers: {},
      propensities: 'estimated',
      missingFeatures: ['queueDepth', 'memory'],
      polls: [{ source: 'Prometheus', url: 'http://p:9090', asked: 40, failed: 4, problems: {} }],
    } as const
    const text = terminalSummary({ ...RUN_SUMMARY, target: 'http://gate:80', capture }, plain)
    expect(text).toContain('http://gate:80, a policy of its own, seed')
    expect(text).toContain('SERVICES, AS THE CLIENT SAW THEM')
    expect(text).toContain(`CAPTURE
  target: external, 98.5% of 1,000 answers named their instance (header x-upstream)
  3 answers came after others had been tried: the one that answered counts
  propensities: estimated
  not observable: queueDepth, memory
  Prometheus at http://p:9090: 40 questions, 4 of them failed
`)
    expect(terminalSummary(RUN_SUMMARY, plain)).not.toContain('CAPTURE')
  })

  it('says nothing of retries where there were none', () => {
    const { requests } = RUN_SUMMARY
    const retries = { requests, attempts: requests, retried: 0, retries: 0, recovered: 0, hedged: 0 }
    expect(terminalSummary({ ...RUN_SUMMARY, retries }, plain)).not.toContain('RETRIES')
  })

  it('shows the requests that the balancer shed, where it did', () => {
    const services = RUN_SUMMARY.services.map((service, i) => ({ ...service, sheds: i === 0 ? 4321 : 0 }))
    const text = terminalSummary({ ...RUN_SUMMARY, services }, plain)
    expect(text).toMatch(/service +decisions +shed +failed/)
    expect(text).toMatch(new RegExp(`${services[0]!.service} .* 4,?321 `))
    expect(terminalSummary(RUN_SUMMARY, plain)).not.toContain(' shed ')
  })

  it('tells a live run by its target and wall time', () => {
    const live = { ...RUN_SUMMARY, world: 'live' as const, target: 'http://localhost:8080' }
    const [first, second] = terminalSummary(live, plain).split('\n')
    expect(first).toContain('live world, http://localhost:8080')
    expect(second).not.toContain('simulated')
  })
})
