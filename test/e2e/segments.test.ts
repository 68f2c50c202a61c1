/** The segments of a run, started by a real Slurm where there is one, and merged: equal to the run as a whole. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { folderOf } from '../scenario/scenario-files.ts'
import { LAUNCHER, loadgen, until } from './loadgen-process.ts'

const run = promisify(execFile)
const SEGMENTS = 3
const SCENARIO = `
name: shared-out
description: Closed and open users, in the virtual world
world: virtual
accounts: 60
phases:
  - { name: closed, durationMinutes: 20, users: 10, behaviors: { quick-browser: 1 } }
  - { name: open, durationMinutes: 10, sessionsPerSecond: 0.1, startMinute: 5, behaviors: { careful-shopper: 1 } }
thresholds: { errorRate: < 0.5 }
`
/** As it stands in the documentation. */
const SCRIPT = /```sh\n(#!\/bin\/sh\n#SBATCH[\s\S]*?)```/
  .exec(readFileSync(new URL('../../docs/distributed.md', import.meta.url), 'utf8'))![1]!
  .replace('0-3', `0-${SEGMENTS - 1}`)

const started: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const stop of started.reverse()) await stop()
})

function has(...programs: string[]): boolean {
  try {
    for (const program of programs) execFileSync('which', [program], { stdio: 'ignore', env: withSbin() })
    return process.getuid?.() === 0
  } catch {
    return false
  }
}

function withSbin(): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '' } = process.env
  return { PATH: `${PATH}:/usr/sbin:/sbin`, HOME }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  for (const server of servers) server.close()
  return ports
}

/** A cluster of this machine alone. Returns the environment in which `sbatch` finds it. */
async function startSlurm(folder: string): Promise<NodeJS.ProcessEnv> {
  const [controlPort, nodePort] = await freePorts(2)
  const name = hostname().split('.')[0]!
  const file = join(folder, 'slurm.conf')
  for (const part of ['state', 'spool']) mkdirSync(join(folder, part))
  const settings = {
    ClusterName: 'loadgen',
    SlurmctldHost: `${name}(127.0.0.1)`,
    SlurmctldPort: controlPort,
    SlurmdPort: nodePort,
    SlurmUser: 'root',
    SlurmdUser: 'root',
    AuthType: 'auth/none',
    CredType: 'cred/none',
    StateSaveLocation: join(folder, 'state'),
    SlurmdSpoolDir: join(folder, 'spool'),
    SlurmctldPidFile: join(folder, 'slurmctld.pid'),
    SlurmdPidFile: join(folder, 'slurmd.pid'),
    ProctrackType: 'proctrack/linuxproc',
    TaskPlugin: 'task/none',
    SelectType: 'select/cons_tres',
    SelectTypeParameters: 'CR_Core',
    MpiDefault: 'none',
    ReturnToService: 2,
  }
  const nodes = [
    `NodeName=${name} NodeAddr=127.0.0.1 CPUs=1 State=UNKNOWN`,
    `PartitionName=main Nodes=${name} Default=YES State=UP OverSubscribe=FORCE:8`,
  ]
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`)
  writeFileSync(file, `${[...lines, ...nodes].join('\n')}\n`)
  const env = { ...withSbin(), SLURM_CONF: file }
  for (const program of ['slurmctld', 'slurmd']) {
    const daemon = spawn(program, ['-D', '-f', file], { stdio: 'ignore', env })
    const gone = new Promise<void>((resolve) => daemon.once('exit', () => resolve()))
    started.push(() => {
      daemon.kill('SIGKILL')
      return gone
    })
  }
  await slurmSays('sinfo', ['-h', '-o', '%t'], 'idle', env)
  return env
}

/** Asks until that is the answer. (`sbatch --wait` asks too, at longer and longer intervals.) */
async function slurmSays(
  program: string,
  args: string[],
  answer: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  let said: string | undefined
  const ask = setInterval(() => {
    run(program, args, { env }).then(
      ({ stdout }) => (said = stdout.trim()),
      () => {},
    )
  }, 250)
  await until(() => said === answer, `${program} to say "${answer}"`).finally(() => clearInterval(ask))
}

/** What Slurm would do, by its variables alone. */
async function byHand(script: string, env: NodeJS.ProcessEnv): Promise<void> {
  for (let i = 0; i < SEGMENTS; i++) {
    const array = {
      SLURM_ARRAY_TASK_ID: String(i),
      SLURM_ARRAY_TASK_MIN: '0',
      SLURM_ARRAY_TASK_COUNT: String(SEGMENTS),
    }
    await run('sh', [script], { env: { ...env, ...array } })
  }
}

/** Of a run directory: its lines in any order, and what it measured. */
function contentOf(path: string) {
  const read = (name: string): string => readFileSync(join(path, name), 'utf8')
  const { startedAt: _, wallMs: __, ...statistics } = JSON.parse(read('statistics.json'))
  const lines = (name: string): string[] => read(name).split('\n').sort()
  return { statistics, requests: lines('requests.jsonl'), experiences: lines('experiences.jsonl') }
}

it('are the run, by an array of Slurm', async () => {
  const folder = folderOf({ 'shared-out.yaml': SCENARIO, 'loadgen.sbatch': SCRIPT })
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  symlinkSync(LAUNCHER, join(bin, 'loadgen'))
  const out = join(folder, 'segments')
  const { PATH, HOME } = withSbin()
  const env = { PATH: `${bin}:${PATH}`, HOME, SCENARIO: join(folder, 'shared-out.yaml'), OUT: out }
  const script = join(folder, 'loadgen.sbatch')
  if (has('slurmctld', 'slurmd', 'sbatch')) {
    const slurm = await startSlurm(folder)
    await run('sbatch', [script], { env: { ...slurm, ...env }, cwd: folder })
    await slurmSays('squeue', ['-h'], '', slurm)
  } else {
    console.warn('slurmctld, slurmd and sbatch are not installed, or this is not root: Slurm is NOT tested')
    await byHand(script, env)
  }
  const segments = readdirSync(out).map((name) => join(out, name))
  expect(segments).toHaveLength(SEGMENTS)
  const merged = join(folder, 'merged')
  const whole = join(folder, 'whole')
  const [merging, running] = await Promise.all([
    loadgen(['merge', ...segments, '--out', merged, '--quiet'], { cwd: folder }),
    loadgen(['run', '--config', env.SCENARIO, '--no-train', '--out', whole, '--quiet'], { cwd: folder }),
  ])
  expect(merging).toMatchObject({ code: 0 })
  expect(running).toMatchObject({ code: 0 })
  const alone = contentOf(join(whole, readdirSync(whole)[0]!))
  expect(alone.requests.length).toBeGreaterThan(100)
  expect(contentOf(merged)).toEqual(alone)
  // A share is a share: none of them is the run.
  for (const segment of segments) {
    expect(contentOf(segment).requests.length).toBeLessThan(alone.requests.length / 2)
  }
})
