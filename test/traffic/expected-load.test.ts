import { expect, it } from 'vitest'
import { policyFactory } from '../../src/routing/index.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import { RunStatistics, vocabulary } from '../../src/study/index.ts'
import { expectedLoad } from '../../src/traffic/index.ts'
import { DecisionStatistics, runVirtual } from '../../src/worlds/index.ts'

it('x', async () => {
  for (const [ks, ku] of [[1,1],[1,4],[2,4],[4,4]]) {
  const { scenario: full } = loadScenario('scenarios/comprehensive.yaml', { vocabulary })
  const scenario = { ...full, phases: full.phases.map(p => ({...p, startMs: p.startMs/ks!, durationMs: p.durationMs/ks!, rampUpMs: p.rampUpMs/ks!, users: p.users/ku!|0})) }
  const statistics = new RunStatistics(scenario)
  await runVirtual({ scenario, seed: 1, policies: policyFactory('least-outstanding'), observer: statistics, decisions: new DecisionStatistics() })
  const e = expectedLoad(scenario)
  console.log(ks, ku, e.requests, statistics.total.requests, e.sessions, statistics.sessions.started, statistics.phases.map((p,i)=>(p.counts.requests/e.phases[i]!.requests).toFixed(3)).join(' '))
  }
  const { scenario } = loadScenario('scenarios/validation.yaml', { vocabulary })
  const statistics = new RunStatistics(scenario)
  await runVirtual({ scenario, seed: 1, policies: policyFactory('least-outstanding'), observer: statistics, decisions: new DecisionStatistics() })
  const e = expectedLoad(scenario)
  console.log(e.requests, statistics.total.requests, e.sessions, statistics.sessions.started, statistics.phases.map((p,i)=>(p.counts.requests/e.phases[i]!.requests).toFixed(3)).join(' '))
})
